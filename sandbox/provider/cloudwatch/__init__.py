"""The table entries of CloudWatch and CloudWatch Logs."""
