"""The stage file as frozen, typed settings."""

from infra.settings.capacity import Bounds, Capacity, ScaledUp, Schedule
from infra.settings.database import Database
from infra.settings.deployment import Deployment
from infra.settings.firewall import Firewall, ManagedRules
from infra.settings.migrations import ExpandContract, SingleMigration
from infra.settings.network import GivenNetwork, OwnNetwork
from infra.settings.observability import Observability
from infra.settings.problems import Problem, SettingsError
from infra.settings.routing import Http, Routing, Websocket
from infra.settings.scaling import Adjustment, Predictive, Scaling, Step, Target
from infra.settings.service import HealthCheck, Service, Workers
from infra.settings.sources import load, parse, read
from infra.settings.stage import Settings
from infra.settings.suppressions import Suppression

__all__ = [
    "Adjustment",
    "Bounds",
    "Capacity",
    "Database",
    "Deployment",
    "ExpandContract",
    "Firewall",
    "GivenNetwork",
    "HealthCheck",
    "Http",
    "ManagedRules",
    "Observability",
    "OwnNetwork",
    "Predictive",
    "Problem",
    "Routing",
    "ScaledUp",
    "Scaling",
    "Schedule",
    "Service",
    "Settings",
    "SettingsError",
    "SingleMigration",
    "Step",
    "Suppression",
    "Target",
    "Websocket",
    "Workers",
    "load",
    "parse",
    "read",
]
