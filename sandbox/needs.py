"""What a stage takes for granted on AWS, planted in the sandbox before the stage is built."""

import json
import urllib.request
from pathlib import Path

from infra.settings import Settings
from sandbox.control import DIRECT
from sandbox.emulator.images import Images, ImagesError
from sandbox.errors import SandboxError, WrongUseError


def check_image(settings: Settings, images: Path) -> None:
    """Refuses an image that the sandbox does not know. Raises WrongUseError."""
    image = settings.service.image
    try:
        known = Images(images).knows(image)
    except ImagesError as error:
        raise WrongUseError(str(error)) from error
    if not known:
        raise WrongUseError(
            f"evenkeel:service.image is {image}, which the sandbox does not know; "
            f"allowed is an image that an entry of {images} matches. "
            "Add an entry that says what this image does."
        )


def seed(settings: Settings, url: str) -> None:
    """Plants the certificate and the secrets that `settings` name. Raises SandboxError."""
    certificate = settings.routing.certificate_arn
    wanted = {
        "certificates": [certificate] if certificate else [],
        "secrets": {arn: f"sandbox {name}" for name, arn in settings.service.secrets.items()},
    }
    request = urllib.request.Request(
        f"{url}/_evenkeel/seed",
        data=json.dumps(wanted).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        DIRECT.open(request, timeout=30).close()
    except OSError as error:  # urllib's own errors are OSErrors
        raise SandboxError(f"sandbox: the emulator refused the stage's ARNs: {error}") from error
