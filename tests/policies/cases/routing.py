"""Routing: each way in which requests and connections would be lost."""

from tests.policies.cases import Case

HTTP, WEBSOCKET, BALANCER = "production-http", "production-ws", "production"

SECOND_GROUP = """    load_balancing_algorithm_type="least_outstanding_requests",
    slow_start=0,
    health_check=CHECK,
)

aws.lb.TargetGroup(
    "websocket",
    vpc_id="vpc-0a1b2c3d",
    port=3000,
    protocol="HTTP",
    target_type="ip",
    load_balancing_algorithm_type="round_robin",
    slow_start=60,
    health_check=CHECK,
)
"""

CASES: list[Case] = [
    Case(
        policy="routing-lor-xor-slow-start",
        shows="slow start beside least outstanding requests on the http group",
        program="routing_lor_with_slow_start.py",
        fires=frozenset({("routing-lor-xor-slow-start", HTTP)}),
        says=(
            "slowStart 60 s together with least_outstanding_requests",
            "Use two groups: least_outstanding_requests with slowStart 0 for requests",
        ),
        fix_program=(("SLOW_START = 60", "SLOW_START = 0"),),
    ),
    Case(
        policy="routing-lor-xor-slow-start",
        shows="one target group of another program is to have both",
        program="routing_one_group.py",
        fires=frozenset({("routing-lor-xor-slow-start", "web")}),
        says=("and round_robin with slowStart 30 to 900 for the websocket path",),
        fix_program=(
            (
                '    load_balancing_algorithm_type="least_outstanding_requests",\n'
                "    slow_start=60,\n    health_check=CHECK,\n)\n",
                SECOND_GROUP,
            ),
        ),
    ),
    Case(
        policy="routing-http-least-outstanding",
        shows="requests go around in turn",
        program="routing_round_robin.py",
        fires=frozenset({("routing-http-least-outstanding", HTTP)}),
        says=(
            "loadBalancingAlgorithmType round_robin",
            "A loadBalancingAlgorithmType of least_outstanding_requests with slowStart 0 passes",
        ),
        fix_program=(('"round_robin"', '"least_outstanding_requests"'),),
    ),
    Case(
        policy="routing-websocket-slow-start",
        shows="the websocket group has no slow start",
        program="routing_no_slow_start.py",
        fires=frozenset({("routing-websocket-slow-start", WEBSOCKET)}),
        says=(
            "round_robin with slowStart 0 s on the websocket path",
            "round_robin with 30 to 900 s",
            "round_robin with slowStart 60 passes",
        ),
        fix_program=(("slow_start=0", "slow_start=60"),),
    ),
    Case(
        policy="routing-websocket-slow-start",
        shows="no listener rule has the websocket path",
        program="routing_no_websocket_rule.py",
        fires=frozenset(
            {
                ("routing-websocket-slow-start", HTTP),
                ("routing-websocket-slow-start", WEBSOCKET),
            }
        ),
        says=(
            "no listener rule has the websocket path /socket.io",
            "Add a rule of /socket.io and /socket.io/* that forwards to a group of its own with "
            "round_robin and slowStart 60",
        ),
        fix_program=(('["/socket", "/socket/*"]', '["/socket.io", "/socket.io/*"]'),),
    ),
    Case(
        policy="routing-polling-sticky",
        shows="long polling without stickiness; the group is made sticky",
        edits={"routing.websocket.transport": "polling"},
        program="routing_not_sticky.py",
        fires=frozenset({("routing-polling-sticky", WEBSOCKET)}),
        says=("stickiness of type lb_cookie with enabled true passes",),
        fix_program=(('"enabled": False', '"enabled": True'),),
    ),
    Case(
        policy="routing-polling-sticky",
        shows="long polling without stickiness; the clients stop polling",
        edits={"routing.websocket.transport": "polling"},
        program="routing_not_sticky.py",
        fires=frozenset({("routing-polling-sticky", WEBSOCKET)}),
        says=("routing.websocket.transport is polling", "so does transport: websocket"),
        fix={"routing.websocket.transport": "websocket"},
    ),
    Case(
        policy="routing-drain-fits",
        shows="the http drain is shorter than a request",
        edits={"routing.http.deregistrationDelay": 29},
        fires=frozenset({("routing-drain-fits", HTTP)}),
        says=(
            "deregistrationDelay 29 s < requestTimeoutSeconds 30 s",
            "A deregistrationDelay of 30 passes",
        ),
        fix={"routing.http.deregistrationDelay": 30},
    ),
    Case(
        policy="routing-drain-fits",
        shows="requests longer than every drain; the cooldowns follow",
        edits={"service.requestTimeoutSeconds": 400},
        fires=frozenset({("routing-drain-fits", HTTP), ("routing-drain-fits", WEBSOCKET)}),
        says=(
            "deregistrationDelay 60 s < requestTimeoutSeconds 400 s",
            "deregistrationDelay 300 s < requestTimeoutSeconds 400 s",
            "A deregistrationDelay of 400 with every scaleInCooldown below 400 raised to 400 "
            "passes",
        ),
        fix={
            "routing.http.deregistrationDelay": 400,
            "routing.websocket.deregistrationDelay": 400,
            "scaling.targets[0].scaleInCooldown": 400,
            "scaling.targets[1].scaleInCooldown": 400,
        },
    ),
    Case(
        policy="routing-drain-fits",
        shows="requests so long that no deployment could wait for them",
        edits={"service.requestTimeoutSeconds": 3900},
        fires=frozenset({("routing-drain-fits", HTTP), ("routing-drain-fits", WEBSOCKET)}),
        says=(
            "deregistrationDelay 60 s < requestTimeoutSeconds 3900 s",
            "A deregistrationDelay of 685 with a service.requestTimeoutSeconds of 685 and every "
            "scaleInCooldown below 685 raised to 685 passes",
        ),
        fix={
            "service.requestTimeoutSeconds": 685,
            "routing.http.deregistrationDelay": 685,
            "routing.websocket.deregistrationDelay": 685,
            "scaling.targets[0].scaleInCooldown": 685,
            "scaling.targets[1].scaleInCooldown": 685,
        },
    ),
    Case(
        policy="routing-drain-fits",
        shows="a container that wants longer to stop than Fargate gives",
        program="routing_long_stop.py",
        fires=frozenset({("routing-drain-fits", "evenkeel-production")}),
        says=("stopTimeout 300 s", "outside 2 to 120 s", "A stopTimeout of 120 passes"),
        fix_program=(('"stopTimeout": 300\'', '"stopTimeout": 120\''),),
    ),
    Case(
        policy="routing-idle-above-ping",
        shows="pings are a minute apart",
        edits={"routing.websocket.pingIntervalSeconds": 60},
        program="routing_idle_timeout.py",
        fires=frozenset({("routing-idle-above-ping", BALANCER)}),
        says=(
            "idleTimeout 60 s < max(60, requestTimeoutSeconds 30 + 5, "
            "2 × pingIntervalSeconds 60 + 10) = 130 s",
            "An idleTimeout of 130 passes",
        ),
        fix_program=(("idle_timeout=60", "idle_timeout=130"),),
    ),
    Case(
        policy="routing-tls",
        shows="AWS's default security policy, with TLS 1.0",
        program="routing_old_tls.py",
        fires=frozenset({("routing-tls", BALANCER)}),
        says=(
            "sslPolicy ELBSecurityPolicy-2016-08 of listener evenkeel-production-https",
            "A sslPolicy of ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 passes",
        ),
        fix_program=(("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"),),
    ),
    Case(
        policy="routing-tls",
        shows="plain HTTP is answered",
        program="routing_plain_http.py",
        fires=frozenset({("routing-tls", BALANCER)}),
        says=(
            "defaultActions of evenkeel-production-http answers over plain HTTP with "
            "fixed-response",
            "of type redirect with redirect.protocol HTTPS, port 443 and statusCode HTTP_301",
        ),
        fix_program=(
            (
                '    "type": "fixed-response",\n'
                '    "fixed_response": {"content_type": "text/plain", "status_code": "200"},',
                '    "type": "redirect",\n'
                '    "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},',
            ),
        ),
    ),
    Case(
        policy="routing-health-check",
        shows="no health check of its own",
        program="routing_no_health_check.py",
        fires=frozenset({("routing-health-check", HTTP)}),
        says=(
            "5 × 30 = 150 s",
            "A healthCheck with path /health, interval 30, timeout 5, healthyThreshold 2, "
            "unhealthyThreshold 2 and matcher 200-399 passes",
        ),
        fix_program=(
            (
                "health_check=None",
                'health_check={"path": "/health", "interval": 30, "timeout": 5, "healthy_threshold"'
                ': 2, "unhealthy_threshold": 2, "matcher": "200-399"}',
            ),
        ),
    ),
    Case(
        policy="routing-health-check",
        shows="a check that waits longer than until the next",
        program="routing_slow_health_check.py",
        fires=frozenset({("routing-health-check", HTTP)}),
        says=(
            "healthCheck.timeout 45 s is not less than interval 30 s",
            "A timeout of 5 passes",
        ),
        fix_program=(('"timeout": 45', '"timeout": 5'),),
    ),
    Case(
        policy="routing-grace-covers-warm-up",
        shows="tasks are judged while they start",
        program="routing_short_grace.py",
        fires=frozenset({("routing-grace-covers-warm-up", "evenkeel-production")}),
        says=(
            "healthCheckGracePeriodSeconds 60 s < warmUpSeconds 60 + healthyThreshold 2 × "
            "intervalSeconds 30 + timeoutSeconds 5 = 125 s",
            "A healthCheckGracePeriodSeconds of 125 passes",
        ),
        fix_program=(
            (
                "health_check_grace_period_seconds=60",
                "health_check_grace_period_seconds=125",
            ),
        ),
    ),
]
