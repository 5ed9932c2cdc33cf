"""The program: read the stage file, build what it describes, export what others need."""

import pulumi

from infra.settings import load
from infra.stack import build

for name, value in build(load()).items():
    pulumi.export(name, value)
