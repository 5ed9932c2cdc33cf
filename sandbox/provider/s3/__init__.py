"""The table entries of S3."""
