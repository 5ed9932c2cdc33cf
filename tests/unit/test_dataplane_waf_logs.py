"""The shipper: what it does with decisions, and when the emulator is away."""

from pathlib import Path

import pytest

from tests.support.shipping import ACL, DESTINATION, GROUP, Shipping


@pytest.fixture
def shipping(tmp_path: Path) -> Shipping:
    return Shipping(tmp_path)


def test_decisions_reach_the_log_group_at_their_time(shipping: Shipping) -> None:
    """Ten seconds ago are 200 of the sandbox's at speed 20; the stream is named as on AWS."""
    shipping.write("/a", "/b")
    shipping.ship()
    assert shipping.sent == [(GROUP, "eu-west-1_web_0", ["/a", "/b"])]


def test_what_was_sent_is_not_sent_again(shipping: Shipping) -> None:
    """While the emulator is away the file keeps what is to come; then all of it goes, once."""
    shipping.logs[ACL.format("zeta")] = {"LogDestinationConfigs": [DESTINATION]}
    shipping.write("/a")
    shipping.write("/z", acl="zeta")
    shipping.failures = [ConnectionRefusedError()]
    with pytest.raises(ConnectionRefusedError):
        shipping.ship()
    shipping.write("/b")
    shipping.ship()
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/a"], ["/z"], ["/b"]]


def test_a_web_acl_without_a_log_tells_nothing(shipping: Shipping) -> None:
    """Neither one that logs nothing nor a target that no firewall saw is in a log group."""
    shipping.write("/a", acl="silent")
    shipping.write("/b", terminatingRuleId="Malformed:target")
    shipping.write("/c")
    shipping.ship()
    assert [paths for _, _, paths in shipping.sent] == [["/c"]]


def test_many_decisions_go_in_several_calls(shipping: Shipping) -> None:
    """No call is larger than CloudWatch Logs takes; the order stays."""
    paths = [f"/{number}" for number in range(1201)]
    shipping.write(*paths)
    shipping.ship()
    assert all(len(sent) <= 500 for _, _, sent in shipping.sent)
    assert [path for _, _, sent in shipping.sent for path in sent] == paths


def test_a_deleted_file_is_opened_anew(shipping: Shipping) -> None:
    """Envoy is told, once, to write where the file was."""
    shipping.write("/a")
    shipping.ship()
    shipping.file.unlink()
    shipping.ship()
    shipping.ship()
    assert shipping.reopened == 1
