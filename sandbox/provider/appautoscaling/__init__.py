"""The table entries of Application Auto Scaling."""
