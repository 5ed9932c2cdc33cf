"""What AWS tells about a resource, read with boto3 and set beside what its state declares.

Nothing here comes from the sandbox's provider: the two would share their mistakes.
"""
