"""The table entries of WAF."""
