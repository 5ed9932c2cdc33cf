"""Fixtures that every test may ask for, and how property tests run."""

from hypothesis import settings

from tests.support.engine import running, workspace
from tests.support.whole import whole

__all__ = ["running", "whole", "workspace"]

# How long one example takes says more about the machine than about the code.
settings.register_profile("evenkeel", deadline=None)
settings.load_profile("evenkeel")
