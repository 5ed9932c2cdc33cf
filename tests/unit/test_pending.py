"""What a killed update has left in a stack's state: known, done by now or not, and struck off."""

import json
from pathlib import Path
from typing import Any

from sandbox import pending, stack
from sandbox.paths import Root
from sandbox.stack import NAME, Stack

VPC = "urn:pulumi:staging::evenkeel::aws:ec2/vpc:Vpc::a"
ROLE = "urn:pulumi:staging::evenkeel::aws:iam/role:Role::b"


def latest(has: list[str], *pending: tuple[str, str]) -> dict[str, Any]:
    """A state with the resources *has*, and what was going on when the engine was killed."""
    notes = [{"resource": {"urn": urn}, "type": kind} for urn, kind in pending]
    return {"resources": [{"urn": urn} for urn in has], "pending_operations": notes}


def root(folder: Path, state: dict[str, Any]) -> Root:
    """A sandbox's folder whose stack of staging is in *state*."""
    at = Root(folder)
    file = at.stacks / ".pulumi" / "stacks" / NAME / "staging.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"checkpoint": {"latest": state}}))
    return at


def test_creates_alone_are_unknown_to_a_stack() -> None:
    """An update or a delete that was interrupted names what the stack has."""
    state = latest([ROLE], (VPC, "creating"), (ROLE, "updating"))
    assert pending.creates(state) == [VPC]
    assert pending.creates({"resources": None}) == []


def test_done_is_every_one_of_them() -> None:
    """One that no later update has taken up is enough."""
    assert pending.are_done(latest([VPC], (VPC, "creating"), (VPC, "creating")))
    assert not pending.are_done(latest([VPC], (VPC, "creating"), (ROLE, "creating")))


def test_interrupted_stacks_are_found(tmp_path: Path) -> None:
    """By the note in the state that the engine left."""
    assert stack.interrupted(root(tmp_path / "a", latest([], (VPC, "creating")))) == ["staging"]
    assert stack.interrupted(root(tmp_path / "b", latest([VPC], (VPC, "updating")))) == []


def test_what_no_update_takes_up_stays_noted(tmp_path: Path) -> None:
    """The stage has it no more: AWS may, so the note stays, and the next step is said."""
    said: list[str] = []
    at = root(tmp_path, latest([ROLE], (VPC, "creating")))
    Stack(at, "staging", "http://127.0.0.1:1", said.append)._strike_off()
    assert len(said) == 1
    assert "no part of the stage any more" in said[0]
    assert "make down" in said[0]
    assert stack.interrupted(at) == ["staging"]
