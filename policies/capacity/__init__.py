"""Capacity: enough tasks to survive, and never more than database and account can hold."""

from policies.capacity.bounds import FLOOR, RANGE
from policies.capacity.database import DB_STEADY, DB_SURGE
from policies.capacity.desired_count import DESIRED_COUNT_LEFT_ALONE
from policies.capacity.event import EVENT_NOT_EXPIRED, EVENT_SURVIVES_SCHEDULES
from policies.capacity.movement import DEPLOY_CAN_MOVE
from policies.capacity.predictive import PREDICTIVE_HONORS_MAX
from policies.capacity.purchase import ON_DEMAND
from policies.capacity.quota import FARGATE_QUOTA
from policies.capacity.task_size import TASK_SIZE
from policies.capacity.workers import WORKERS_FIT
from policies.capacity.zones import TWO_ZONES
from policies.rules import Rule

RULES: list[Rule] = [
    FLOOR,
    RANGE,
    DB_STEADY,
    DB_SURGE,
    FARGATE_QUOTA,
    PREDICTIVE_HONORS_MAX,
    EVENT_SURVIVES_SCHEDULES,
    EVENT_NOT_EXPIRED,
    DESIRED_COUNT_LEFT_ALONE,
    ON_DEMAND,
    TASK_SIZE,
    WORKERS_FIT,
    TWO_ZONES,
    DEPLOY_CAN_MOVE,
]
