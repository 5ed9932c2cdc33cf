"""Policies that are set aside for a while, each with its reason."""

from typing import Annotated

from pydantic import Field

from infra.settings.section import Says, Section
from infra.settings.words import Day, Text


class Suppression(Section):
    """One policy set aside for one resource until a day."""

    policy: Annotated[
        str,
        Field(pattern=r"^[a-z]+(-[a-z0-9]+)+$"),
        Says("a policy's identifier, such as cooldown-asymmetric"),
    ] = Field(description="Which policy.")
    resource: Text = Field(description="Which resource, by its logical name.")
    reason: Text = Field(description="Why it is safe for now.")
    owner: Text = Field(description="Who answers for it.")
    until: Day = Field(description="Last day of it, in UTC.")
