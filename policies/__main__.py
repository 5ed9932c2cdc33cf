"""Starts the policy pack; PolicyPack serves until it is ended, so nothing follows it."""

from pulumi_policy import EnforcementLevel, PolicyPack

from policies.pack import POLICIES

PolicyPack("evenkeel", [*POLICIES], enforcement_level=EnforcementLevel.MANDATORY)
