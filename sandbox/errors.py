"""What goes wrong in a sandbox and is said to the user as one message, without a trace."""


class SandboxError(Exception):
    """The sandbox cannot do what was asked; the message names the cause and the next step."""


class WrongUseError(SandboxError):
    """A value that the user gave is refused; the message names it and what is allowed."""
