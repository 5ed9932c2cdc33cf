"""The shipper: what it gives up, so that the rest comes through, and what it does not."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError

from tests.support.shipping import ACL, GROUP, Missing, Shipping, refusal
from tests.unit.test_dataplane_waf_events import LINE

LOST = f"the firewall log of {GROUP} is lost: "


@pytest.fixture
def shipping(tmp_path: Path) -> Shipping:
    return Shipping(tmp_path)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Missing(), f"the log group {GROUP} is not there: its firewall log is lost"),
        (refusal("InvalidParameterException", 400), LOST),
        (refusal("AccessDeniedException", 403), LOST),
        (ParamValidationError(report="Invalid length for parameter logEvents"), LOST),
    ],
    ids=["no-group", "invalid", "denied", "not-sent"],
)
def test_what_is_refused_for_good_is_lost(
    shipping: Shipping, caplog: pytest.LogCaptureFixture, failure: Exception, said: str
) -> None:
    """The data plane's log names the log group, once, and what comes after it is shipped."""
    for path in ("/a", "/b"):
        shipping.write(path)
        shipping.failures = [failure]
        with caplog.at_level(logging.WARNING):
            shipping.ship()
    assert caplog.text.count(said) == 1
    shipping.write("/c")
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/c"]]


@pytest.mark.parametrize(
    "failure",
    [
        refusal("ThrottlingException", 400),
        refusal("ServiceUnavailableException", 503),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
    ids=["throttled", "unavailable", "no-answer"],
)
def test_what_fails_for_a_while_is_sent_again(shipping: Shipping, failure: Exception) -> None:
    """An emulator that is away, or says later, loses nothing."""
    shipping.write("/a")
    shipping.failures = [failure] * 2
    for _ in shipping.failures.copy():
        with pytest.raises(type(failure)):
            shipping.ship()
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/a"]]


def test_a_configuration_that_is_refused_stops_no_other(
    shipping: Shipping, caplog: pytest.LogCaptureFixture
) -> None:
    """A web ACL whose logging cannot be asked for is named; the others' decisions are shipped."""
    bad = ACL.format("bad")
    shipping.logs[bad] = refusal("WAFInvalidParameterException", 400)
    shipping.write("/a", acl="bad")
    shipping.write("/b")
    with caplog.at_level(logging.WARNING):
        shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/b"]]
    assert f"the firewall log of {bad} is lost: " in caplog.text


@pytest.mark.parametrize(
    "broken",
    [
        {"timestamp": "yesterday"},
        {"timestamp": 7},
        {"webaclId": "arn:aws:wafv2"},
        {"webaclId": None},
        {"countedRules": 3},
    ],
)
def test_a_line_that_is_no_decision_is_skipped(
    shipping: Shipping, caplog: pytest.LogCaptureFixture, broken: dict[str, Any]
) -> None:
    """It would be none at the next look either: it is said once, and the next ones go on."""
    for path in ("/a", "/b"):
        with shipping.file.open("a") as out:
            out.write(json.dumps({**LINE, **broken}) + '\n{"uri": "/"}\nno decision\n')
        shipping.write(path)
        with caplog.at_level(logging.WARNING):
            shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/a"], ["/b"]]
    assert caplog.text.count("that are no decisions are skipped") == 1
    assert "the first time 3 of 4" in caplog.text
