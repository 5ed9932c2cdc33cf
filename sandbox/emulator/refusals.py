"""What an operation raises when AWS would refuse the call."""


class Refusal(Exception):  # noqa: N818 - it is AWS's answer, not our error
    """An AWS error answer: its code, its message and its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
