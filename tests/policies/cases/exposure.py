"""Tasks that others reach, rights that nobody uses, and secrets in plain text."""

from tests.policies.cases import Case

SERVICE = "evenkeel-production"
TASKS = (SERVICE, "evenkeel-production-migration-migrate")
EXECUTION = "evenkeel-production-migration-execution"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:evenkeel/production/"
DATABASE = f"{SECRET}database-AbCdEf"

CASES: list[Case] = [
    Case(
        policy="exposure-tasks-private",
        shows="tasks with an address on the internet",
        program="exposure_public_address.py",
        fires=frozenset({("exposure-tasks-private", SERVICE)}),
        says=("assignPublicIp true", "An assignPublicIp of false passes"),
        fix_program=(("assign_public_ip=True", "assign_public_ip=False"),),
    ),
    Case(
        policy="exposure-tasks-private",
        shows="a subnet of the tasks that gives addresses on the internet",
        program="exposure_public_subnet.py",
        fires=frozenset({("exposure-tasks-private", SERVICE)}),
        says=(
            "its subnet evenkeel-production-private-1 has mapPublicIpOnLaunch true",
            "mapPublicIpOnLaunch false passes",
        ),
        fix_program=(("map_public_ip_on_launch=True", "map_public_ip_on_launch=False"),),
    ),
    Case(
        policy="exposure-only-from-load-balancer",
        shows="a rule that lets every private network reach the tasks",
        program="exposure_open_to_the_network.py",
        fires=frozenset({("exposure-only-from-load-balancer", SERVICE)}),
        says=(
            "evenkeel-production-tasks-3000 lets cidrIpv4 10.0.0.0/8 reach the tasks",
            "The load balancer's security group in referencedSecurityGroupId passes",
        ),
        fix_program=(
            ('"10.0.0.0/8"', "None"),
            ("lambda _: None", "lambda group: group"),
        ),
    ),
    Case(
        policy="exposure-only-from-load-balancer",
        shows="a rule that lets another security group reach the tasks",
        program="exposure_open_to_another_group.py",
        fires=frozenset({("exposure-only-from-load-balancer", SERVICE)}),
        says=(
            "lets referencedSecurityGroupId sg-0123456789abcdef0, no group of a load balancer "
            "made here, reach the tasks",
            "The load balancer's security group in referencedSecurityGroupId passes",
        ),
        fix_program=(('lambda _: "sg-0123456789abcdef0"', "lambda group: group"),),
    ),
    Case(
        policy="exposure-least-privilege",
        shows="every right to a secret that is only read",
        program="exposure_every_right_to_secrets.py",
        fires=frozenset({("exposure-least-privilege", EXECUTION)}),
        says=(
            "policy, statement 1: Action secretsmanager:*: all of a service",
            "The actions that are called pass",
        ),
        fix_program=(('"secretsmanager:*"', '"secretsmanager:GetSecretValue"'),),
    ),
    Case(
        policy="exposure-least-privilege",
        shows="the right to read every secret",
        program="exposure_every_secret.py",
        fires=frozenset({("exposure-least-privilege", EXECUTION)}),
        says=(
            "secret:* with secretsmanager:GetSecretValue, which can be kept to what is used",
            "The ARNs of the resources that are used pass",
        ),
        fix_program=((r'r"\1*"', r'r"\1web-AbCdEf"'),),
    ),
    Case(
        policy="exposure-least-privilege",
        shows="a role that every AWS account may take",
        program="exposure_role_for_everybody.py",
        fires=frozenset({("exposure-least-privilege", "evenkeel-production-task")}),
        says=("assumeRolePolicy, statement 0: Principal *", "The service's own name passes"),
        fix_program=(('{"AWS": "*"}', '{"Service": "ecs-tasks.amazonaws.com"}'),),
    ),
    Case(
        policy="exposure-no-plain-secrets",
        shows="a password in the URL of the cache",
        edits={"service.environment": {"CACHE_URL": "rediss://:hunter2@cache.internal:6379"}},
        fires=frozenset(("exposure-no-plain-secrets", task) for task in TASKS),
        says=(
            "container service, environment.CACHE_URL: a password in a URL, in plain text",
            "its ARN in `secrets` passes",
        ),
        fix={
            "service.environment": {},
            "service.secrets": {"DATABASE_URL": DATABASE, "CACHE_URL": f"{SECRET}cache-AbCdEf"},
        },
    ),
    Case(
        policy="exposure-no-plain-secrets",
        shows="a token by its name",
        edits={"service.environment": {"SESSION_SECRET": "hunter2"}},
        fires=frozenset(("exposure-no-plain-secrets", task) for task in TASKS),
        says=("environment.SESSION_SECRET: a value whose name says that it is secret",),
        fix={
            "service.environment": {},
            "service.secrets": {"DATABASE_URL": DATABASE, "SESSION_SECRET": f"{SECRET}key-AbCdEf"},
        },
    ),
    Case(
        policy="exposure-no-plain-secrets",
        shows="a token on the command line",
        edits={"service.command": ["app", "--api-token", "hunter2"]},
        fires=frozenset({("exposure-no-plain-secrets", SERVICE)}),
        says=("container service, command.2: a value whose name says that it is secret",),
        fix={
            "service.command": ["app"],
            "service.secrets": {"DATABASE_URL": DATABASE, "API_TOKEN": f"{SECRET}token-AbCdEf"},
        },
    ),
    Case(
        policy="exposure-image-pinned",
        shows="an image by tag",
        program="exposure_image_by_tag.py",
        fires=frozenset(("exposure-image-pinned", task) for task in TASKS),
        says=(
            "image registry.example.com/web:1.4 is not by digest",
            "registry.example.com/web:1.4@sha256: with the 64 hex digits of the digest passes",
        ),
        fix_program=(('":1.4"', '":1.4@sha256:" + "0" * 64'),),
    ),
]
