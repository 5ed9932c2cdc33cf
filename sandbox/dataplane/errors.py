"""What the data plane cannot do as a load balancer of AWS would."""


class NotCoveredError(Exception):
    """A setting that Envoy is not made to follow here; the message names it.

    Requests that it would decide are answered 503 with that message: never guessed.
    """
