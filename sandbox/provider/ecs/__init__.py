"""The table entries of ECS."""
