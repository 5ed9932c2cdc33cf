"""The TLS policies of application load balancers.

Names: AWS's list of security policies (Application Load Balancer user guide, "Security policies").
"""

DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"  # AWS's default outside its console

_TLS13 = (
    "1-3-2021-06",
    "1-2-2021-06",
    "1-2-Res-2021-06",
    "1-2-Ext1-2021-06",
    "1-2-Ext2-2021-06",
    "1-1-2021-06",
    "1-0-2021-06",
    "1-3-FIPS-2023-04",
    "1-2-FIPS-2023-04",
    "1-2-Res-FIPS-2023-04",
    "1-2-Ext0-FIPS-2023-04",
    "1-2-Ext1-FIPS-2023-04",
    "1-2-Ext2-FIPS-2023-04",
    "1-1-FIPS-2023-04",
    "1-0-FIPS-2023-04",
    "1-3-PQ-2025-09",
    "1-2-PQ-2025-09",
    "1-2-Res-PQ-2025-09",
    "1-2-Ext1-PQ-2025-09",
    "1-2-Ext2-PQ-2025-09",
    "1-0-PQ-2025-09",
    "1-3-FIPS-PQ-2025-09",
    "1-2-FIPS-PQ-2025-09",
    "1-2-Res-FIPS-PQ-2025-09",
    "1-2-Ext0-FIPS-PQ-2025-09",
    "1-2-Ext1-FIPS-PQ-2025-09",
    "1-2-Ext2-FIPS-PQ-2025-09",
)
_OLDER = (
    "2016-08",
    "2015-05",
    "TLS-1-0-2015-04",
    "TLS-1-1-2017-01",
    "TLS-1-2-2017-01",
    "TLS-1-2-Ext-2018-06",
    "FS-2018-06",
    "FS-1-1-2019-08",
    "FS-1-2-2019-08",
    "FS-1-2-Res-2019-08",
    "FS-1-2-Res-2020-10",
)

POLICIES = frozenset(
    [f"ELBSecurityPolicy-TLS13-{name}" for name in _TLS13]
    + [f"ELBSecurityPolicy-{name}" for name in _OLDER]
)
