"""Starts the policy pack; it serves until it is ended, so nothing follows."""

from policies.analyzer import serve

serve()
