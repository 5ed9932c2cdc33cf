"""The web ACL: in front of the load balancer, blocking first, allowing only whole paths."""

from policies.rules import Rule
from policies.waf.attached import ATTACHED
from policies.waf.bad_paths import BAD_PATHS_FIRST
from policies.waf.capacity import FITS_CAPACITY
from policies.waf.logs import LOGS
from policies.waf.order import BLOCKS_BEFORE_ALLOWS, DEFAULT_BLOCK
from policies.waf.refusal import CLEAR_REFUSAL
from policies.waf.socket_io import SOCKET_IO_ALLOWED

RULES: list[Rule] = [
    ATTACHED,
    DEFAULT_BLOCK,
    SOCKET_IO_ALLOWED,
    BAD_PATHS_FIRST,
    BLOCKS_BEFORE_ALLOWS,
    CLEAR_REFUSAL,
    LOGS,
    FITS_CAPACITY,
]
