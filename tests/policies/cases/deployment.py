"""Deployments that nothing stops, that nobody judges, or that are given up too early."""

from tests.policies.cases import Case

SERVICE = "evenkeel-production"

CASES: list[Case] = [
    Case(
        policy="deployment-circuit-breaker",
        shows="a service that keeps starting a broken revision",
        program="deployment_circuit_breaker_off.py",
        fires=frozenset({("deployment-circuit-breaker", SERVICE)}),
        says=(
            "deploymentCircuitBreaker: enable is false and rollback is false",
            "{enable: true, rollback: true} passes",
        ),
        fix_program=(
            ('{"enable": False, "rollback": False}', '{"enable": True, "rollback": True}'),
        ),
    ),
    Case(
        policy="deployment-rollout-checked",
        shows="a rollout that does not wait for the service",
        program="deployment_without_rollout.py",
        fires=frozenset({("deployment-rollout-checked", SERVICE)}),
        says=("no Rollout depends on it", "A Rollout with depends_on of this service passes"),
        fix_program=(("depends_on = []", "depends_on = [*options.depends_on]"),),
    ),
    Case(
        policy="deployment-timeout-fits",
        shows="a rollout that is given up one second before the longest drain ends",
        edits={"deployment.timeoutSeconds": 514},
        fires=frozenset({("deployment-timeout-fits", SERVICE)}),
        says=(
            "timeoutSeconds 514 s < 515 s, which a deploy of 8 tasks takes",
            "185 s until a new one is healthy, up to 330 s until an old one has drained",
            "A timeoutSeconds of 515 passes",
        ),
        fix={"deployment.timeoutSeconds": 515},
    ),
    Case(
        policy="deployment-timeout-fits",
        shows="a longer drain than the rollout waits for",
        stage="staging",
        edits={"routing.websocket.deregistrationDelay": 800, "scaling.targets": []},
        fires=frozenset({("deployment-timeout-fits", "evenkeel-staging")}),
        says=(
            "timeoutSeconds 900 s < 1015 s, which a deploy of 2 tasks takes",
            "A timeoutSeconds of 1015 passes",
        ),
        fix={"deployment.timeoutSeconds": 1015},
    ),
    Case(
        policy="deployment-no-sigint-rollback",
        shows="a provider that rolls back when it is interrupted",
        program="deployment_sigint_rollback.py",
        fires=frozenset({("deployment-no-sigint-rollback", SERVICE)}),
        says=("sigintRollback true", "false passes"),
        fix_program=(("sigint_rollback=True", "sigint_rollback=False"),),
    ),
]
