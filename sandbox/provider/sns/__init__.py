"""The table entries of SNS."""
