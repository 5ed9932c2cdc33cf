"""Images by tag and by digest."""

import pytest

from tests.policies.exposing import container, of_task
from tests.policies.judging import IMAGE, STAGE, fired, stage

PINNED = {("exposure-image-pinned", "web")}


@pytest.mark.parametrize(
    "image",
    [
        "registry.example.com/web",
        "registry.example.com/web:1.4",
        "registry.example.com/web@sha256:" + "0" * 63,
        "registry.example.com/web@sha256:" + "0" * 65,
        "registry.example.com/web@sha256:" + "G" * 64,
        "registry.example.com/web@sha512:" + "0" * 64,
        "@sha256:" + "0" * 64,
    ],
)
def test_an_image_without_its_digest_is_refused(image: str) -> None:
    """A tag, or what is no whole digest, is refused, of a program without a stage file too."""
    for config in ({}, STAGE):
        (found,) = of_task(container(image), config=config)

        assert fired([found]) == PINNED
        assert f"image {image} is not by digest" in found.message
        assert f"{image.split('@')[0]}@sha256: with the 64 hex digits" in found.message


def test_an_image_by_digest_passes() -> None:
    """A digest passes, with a tag before it too."""
    assert of_task(container(), container(IMAGE.replace("web@", "web:1.4@"))) == []


def test_a_test_stage_may_run_a_tag() -> None:
    """Tier test is exempt; staging is not."""
    by_tag = container("registry.example.com/web:1.4")

    assert of_task(by_tag, config=stage(tier="test", service={"image": "web:1"})) == []
    assert fired(of_task(by_tag, config=stage(tier="staging"))) == PINNED


def test_every_image_is_read() -> None:
    """A sidecar by tag is refused, whatever the first container is; none at all is refused too."""
    found = of_task(container(), {"name": "sidecar", "Image": "proxy:2"}, {"name": "empty"})

    assert [f.message.split(" is not")[0] for f in found] == [
        "web: container sidecar: image proxy:2",
        "web: container empty: image None",
    ]
