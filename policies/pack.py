"""The catalogue: every policy, area by area, in the order that a preview judges them."""

from policies import (
    capacity,
    cooldowns,
    deployment,
    exposure,
    migrations,
    observability,
    routing,
    scaling,
    suppression_rules,
    waf,
)
from policies.rules import Rule

JUDGING: list[Rule] = [
    *capacity.RULES,
    *cooldowns.RULES,
    *scaling.RULES,
    *routing.RULES,
    *waf.RULES,
    *migrations.RULES,
    *deployment.RULES,
    *exposure.RULES,
    *observability.RULES,
]
CATALOGUE: list[Rule] = [*JUDGING, *suppression_rules.rules(JUDGING)]
