"""The whole table of mistakes, area by area."""

from tests.policies.cases import (
    Case,
    capacity,
    cooldowns,
    deployment,
    exposure,
    migrations,
    observability,
    routing,
    scaling,
    suppressions,
    waf,
)

CASES: list[Case] = [
    *capacity.CASES,
    *cooldowns.CASES,
    *scaling.CASES,
    *routing.CASES,
    *waf.CASES,
    *migrations.CASES,
    *deployment.CASES,
    *exposure.CASES,
    *observability.CASES,
    *suppressions.CASES,
]
