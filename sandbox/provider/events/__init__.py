"""The table entries of EventBridge."""
