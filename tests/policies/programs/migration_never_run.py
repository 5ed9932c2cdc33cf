"""A program that builds no migration, whatever the stage says."""

from infra.settings import load
from infra.stack import build

build(load().model_copy(update={"migrations": None}))
