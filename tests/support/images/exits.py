"""A release that ends as soon as it starts: exit code 3."""

import sys

print("the release has no configuration for this stage", file=sys.stderr)
sys.exit(3)
