"""The table entries of IAM."""
