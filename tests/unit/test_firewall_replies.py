"""What a blocked client is answered."""

from typing import Any

from sandbox.dataplane import firewall
from tests.support.firewall import shipped_web_acl
from tests.support.web_acls import ALLOW, BLOCK, COUNT, match, rule, web_acl

REFUSED = "rbac_access_denied_matched_policy"


def replies(acl: Any) -> dict[str, Any]:
    """Each mapper by the details that it is for."""
    found = {}
    for mapper in firewall.local_replies(acl):
        expression = mapper["filter"]["extension_filter"]["typed_config"]["expression"]
        found[expression.removeprefix("response.code_details in ")] = mapper
    return found


def test_the_shipped_refusals_are_answered_in_their_own_words() -> None:
    """403 with the text for bad paths and the default, 429 with its own for the rate (S0-19)."""
    acl = shipped_web_acl("production")
    found = replies(acl)
    said = {
        name: (found[f"['{REFUSED}[{name}]']"]["status_code"],
               found[f"['{REFUSED}[{name}]']"]["body"]["inline_string"])
        for name in ("rate-limit", "bad-paths", "Default_Action")
    }  # fmt: skip
    refused = (403, acl["CustomResponseBodies"]["refused"]["Content"])
    too_many = (429, acl["CustomResponseBodies"]["too-many"]["Content"])
    assert said == {"rate-limit": too_many, "bad-paths": refused, "Default_Action": refused}


def test_headers_and_type_are_those_of_the_response() -> None:
    """The media type is the body's, and a percent sign is no command of Envoy's."""
    body = {"ContentType": "APPLICATION_JSON", "Content": '{"no": "100%"}'}
    custom = {
        "ResponseCode": 418,
        "CustomResponseBodyKey": "no",
        "ResponseHeaders": [{"Name": "x-why", "Value": "100%"}],
    }
    block = {"Block": {"CustomResponse": custom}}
    acl = web_acl(rule("tea", match("a"), block), CustomResponseBodies={"no": body})
    mapper = replies(acl)[f"['{REFUSED}[tea]']"]
    assert mapper["status_code"] == 418
    assert mapper["body"] == {"inline_string": '{"no": "100%"}'}
    assert mapper["body_format_override"]["content_type"] == "application/json"
    (header,) = mapper["headers_to_add"]
    assert header["header"] == {"key": "x-why", "value": "100%%"}


def test_a_block_without_a_response_is_the_load_balancers_403() -> None:
    """AWS answers with its plain page when a rule brings no response."""
    mapper = replies(web_acl())[f"['{REFUSED}[Default_Action]']"]
    assert mapper["status_code"] == 403
    assert "<h1>403 Forbidden</h1>" in mapper["body"]["inline_string"]
    assert mapper["body_format_override"]["content_type"] == "text/html"


def test_only_blocks_have_a_reply() -> None:
    """Rules that allow or count answer nothing; what no filter was asked about is refused too."""
    acl = web_acl(
        rule("a", match("a"), ALLOW), rule("b", match("b"), COUNT), rule("c", match("c"), BLOCK),
        default=ALLOW,
    )  # fmt: skip
    assert list(replies(acl)) == [
        f"['{REFUSED}[c]']",
        "['absolute_path_rejected', 'route_not_found']",
        f"['{REFUSED}[Malformed:target]', 'path_normalization_failed']",
        "['low_version']",
    ]
