"""The table entries of EC2."""
