"""Web ACLs that are not there, let too much through, refuse unclearly, or tell too much."""

from tests.policies.cases import Case

ACL = "evenkeel-production"
BALANCER = "production"

CASES: list[Case] = [
    Case(
        policy="waf-attached",
        shows="the web ACL is attached to another load balancer",
        program="waf_detached.py",
        fires=frozenset({("waf-attached", BALANCER)}),
        says=("no WebAclAssociation names it", "its arn as resourceArn passes"),
        fix_program=(("resource_arn=OTHER", "resource_arn=lambda arn: arn"),),
    ),
    Case(
        policy="waf-attached",
        shows="requests pass while AWS WAF does not answer",
        program="waf_fail_open.py",
        fires=frozenset({("waf-attached", BALANCER)}),
        says=("enableWafFailOpen is true", "enableWafFailOpen false passes"),
        fix_program=(("fail_open=True", "fail_open=False"),),
    ),
    Case(
        policy="waf-default-block",
        shows="what no rule names is let through",
        program="waf_default_allow.py",
        fires=frozenset({("waf-default-block", ACL)}),
        says=("defaultAction is allow", "A defaultAction of block passes"),
        fix_program=(('DEFAULT = "allow"', 'DEFAULT = "block"'),),
    ),
    Case(
        policy="waf-socket-io-allowed",
        shows="a path that only starts like the websocket path is allowed",
        program="waf_lookalike.py",
        fires=frozenset({("waf-socket-io-allowed", ACL)}),
        says=(
            "allow-websocket (priority 5) allows STARTS_WITH /socket.io on uriPath, so "
            "/socket.iox passes",
            "EXACTLY /socket.io and STARTS_WITH /socket.io/ on uriPath with NONE pass",
        ),
        fix_program=(('PREFIX = "/socket.io"', 'PREFIX = "/socket.io/"'),),
    ),
    Case(
        policy="waf-socket-io-allowed",
        shows="the stage has websockets and no rule allows them",
        program="waf_websocket_refused.py",
        fires=frozenset({("waf-socket-io-allowed", ACL)}),
        says=(
            "no allow rule is sure to match EXACTLY /socket.io, and",
            "no allow rule is sure to match STARTS_WITH /socket.io/, and",
        ),
        fix_program=(('{"count": {}}', '{"allow": {}}'),),
    ),
    Case(
        policy="waf-socket-io-allowed",
        shows="the stage has no websockets and a rule still allows them",
        edits={"routing.websocket": None},
        program="waf_websocket_left.py",
        fires=frozenset({("waf-socket-io-allowed", ACL)}),
        says=("old-websocket (priority 50) allows STARTS_WITH /socket.io/", "in firewall.allow"),
        fix={"firewall.allow": ["/api", "/assets", "=/", "/socket.io"]},
    ),
    Case(
        policy="waf-bad-paths-first",
        shows="a path that is encoded twice is not blocked",
        program="waf_second_encoding.py",
        fires=frozenset({("waf-bad-paths-first", ACL)}),
        says=(
            "1 of 14 bad texts are not blocked before rule allow-websocket (priority 5): %25.",
            "CONTAINS on uriPath with LOWERCASE alone, passes",
        ),
        fix_program=(('"%5c", "%00"', '"%5c", "%25", "%00"'),),
    ),
    Case(
        policy="waf-bad-paths-first",
        shows="the path is decoded before it is looked at",
        program="waf_decoded_paths.py",
        fires=frozenset({("waf-bad-paths-first", ACL)}),
        says=("14 of 14 bad texts", "with LOWERCASE alone, passes"),
        fix_program=(('"URL_DECODE"', '"LOWERCASE"'),),
    ),
    Case(
        policy="waf-blocks-before-allows",
        shows="the rate limit comes after the allow rules",
        program="waf_rate_last.py",
        fires=frozenset({("waf-blocks-before-allows", ACL)}),
        says=(
            "rate-limit (priority 99) is not before rule allow-websocket (priority 5)",
            "Allow rules with priorities above 99 pass",
        ),
        fix_program=(
            (
                '{"rate-limit": 99}',
                '{"rate-limit": 99, "allow-websocket": 100, "allow-paths": 101}',
            ),
        ),
    ),
    Case(
        policy="waf-blocks-before-allows",
        shows="a managed group is told to allow",
        program="waf_group_allows.py",
        fires=frozenset({("waf-blocks-before-allows", ACL), ("waf-socket-io-allowed", ACL)}),
        says=(
            "Common (priority 2) cannot be verified: its ruleActionOverrides let "
            "NoUserAgent_HEADER allow",
            "overrideAction count, pass",
        ),
        fix_program=(('= {"none": {}}', '= {"count": {}}'),),
    ),
    Case(
        policy="waf-clear-refusal",
        shows="a refusal looks like an outage",
        program="waf_refused_as_outage.py",
        fires=frozenset({("waf-clear-refusal", ACL)}),
        says=("defaultAction block answers with responseCode 503, not 403", "passes"),
        fix_program=(("CODE = 503", "CODE = 403"),),
    ),
    Case(
        policy="waf-clear-refusal",
        shows="too fast is answered like forbidden",
        program="waf_rate_forbidden.py",
        fires=frozenset({("waf-clear-refusal", ACL)}),
        says=("rate-limit (priority 0) answers with responseCode 403, not 429",),
        fix_program=(("CODE = 403", "CODE = 429"),),
    ),
    Case(
        policy="waf-logs",
        shows="session ids stand in the log",
        program="waf_session_ids_logged.py",
        fires=frozenset({("waf-logs", ACL)}),
        says=("does not redact queryString", "queryString pass"),
        fix_program=(('"cookie"}}]', '"cookie"}}, {"query_string": {}}]'),),
    ),
    Case(
        policy="waf-logs",
        shows="AWS does not take the log group's name",
        program="waf_log_name.py",
        fires=frozenset({("waf-logs", ACL)}),
        says=("logs to web-acl", "A log group named aws-waf-logs-evenkeel-production passes"),
        fix_program=(('GROUP = "web-acl"', 'GROUP = "aws-waf-logs-evenkeel-production"'),),
    ),
    Case(
        policy="waf-logs",
        shows="nothing is logged",
        program="waf_unlogged.py",
        fires=frozenset({("waf-logs", ACL)}),
        says=("0 WebAclLoggingConfigurations name it", "its arn as resourceArn"),
        fix_program=(("resource_arn=OTHER", "resource_arn=lambda arn: arn"),),
    ),
    Case(
        policy="waf-fits-capacity",
        shows="more texts to look for than a web ACL holds",
        program="waf_too_many_units.py",
        fires=frozenset({("waf-fits-capacity", ACL)}),
        says=(
            "6,221 capacity units > 5,000",
            "old-paths 5,000, Common 700",
            "Rules that need 1,221 units less pass",
        ),
        fix_program=(("TEXTS = 250", "TEXTS = 188"),),
    ),
]
