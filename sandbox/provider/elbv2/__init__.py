"""The table entries of Elastic Load Balancing."""
