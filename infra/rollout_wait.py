"""Waits until a service really runs the requested revision, and says so if it does not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.account import Account, pauses
from infra.ecs_tasks import stopped_reasons
from infra.rollout_view import ServiceMissingError, View, Watched, events_since, look

# ECS is eventually consistent: for this long after UpdateService an old answer means nothing.
STALE_TOLERATED = timedelta(minutes=1)
EVENTS_SHOWN = 20


class RolloutFailedError(Exception):
    """The service does not run what was asked for; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A rollout that is done: seconds until ECS said COMPLETED, and until all else was true."""

    deployment: str
    running: int
    minimum: int
    completed_seconds: int
    settled_seconds: int
    asked_again: bool


def wait_until_settled(
    watched: Watched, account: Account, *, sleep: Callable[[float], None]
) -> Settled:
    """Return once the requested revision is PRIMARY and COMPLETED and all of it healthy.

    Raises RolloutFailedError: at once when ECS gave the revision up, else at the time limit.
    """
    try:
        return _Rollout(watched, account).settle(sleep)
    except ServiceMissingError:
        raise RolloutFailedError(
            f"There is no service {watched.service} in cluster {watched.cluster}: it was deleted "
            "outside this stack.\nNext: `pulumi refresh`, then run the update again; it makes a "
            "new one."
        ) from None


class _Rollout:
    def __init__(self, watched: Watched, account: Account) -> None:
        self.watched = watched
        self.account = account
        self.begun = account.now
        self.since = self.begun  # what ECS did from here on is this rollout's doing
        self.deployment: str | None = None  # the one that is judged, once it is known
        self.asked: datetime | None = None
        self.completed: datetime | None = None

    def settle(self, sleep: Callable[[float], None]) -> Settled:
        limit = self.begun + timedelta(seconds=self.watched.timeout_seconds)
        for pause in pauses():
            view = look(self.account, self.watched)
            if self._is_under_way(view):
                self.deployment = view.primary["id"]
                # It began with the service's update; ECS may have forgotten it when it fails.
                self.since = min(self.since, view.primary["createdAt"])
                if view.primary.get("rolloutState") == "COMPLETED":
                    self.completed = self.completed or self.account.now
                if not view.missing():
                    return self._settled(view)
            elif self.asked is None and self.deployment is None:
                self._ask()
                limit = self.account.now + timedelta(seconds=self.watched.timeout_seconds)
            elif not self._may_be_stale(view):
                raise self._given_up(view)
            if self.account.now > limit:
                raise self._too_slow(view)
            sleep(pause)
        raise AssertionError("pauses() never ends")

    def _is_under_way(self, view: View) -> bool:
        is_failed = view.primary.get("rolloutState") == "FAILED"
        return view.is_requested and not is_failed and not self._is_replaced(view)

    def _is_replaced(self, view: View) -> bool:
        """Whether ECS put another deployment in the place of ours, which failed or is gone."""
        if self.deployment in (None, view.primary["id"]):
            return False
        ours = view.deployment(self.deployment or "")
        return ours is None or ours.get("rolloutState") == "FAILED"

    def _ask(self) -> None:
        """Ask ECS once for the revision: an earlier update, or a moment ago this one, lost it."""
        self.asked = self.account.now
        self.account.client("ecs").update_service(
            cluster=self.watched.cluster,
            service=self.watched.service,
            taskDefinition=self.watched.task_definition,
            capacityProviderStrategy=[
                {"capacityProvider": self.watched.capacity_provider, "weight": 1}
            ],
            # Another strategy, and the same revision again after a failure, need the force.
            forceNewDeployment=True,
        )

    def _may_be_stale(self, view: View) -> bool:
        """ECS may still show what it had before we asked; not once our deployment was seen."""
        if self.deployment is not None or self.asked is None:
            return False
        failed_since = any(
            each["taskDefinition"] == self.watched.task_definition
            and each.get("rolloutState") == "FAILED"
            and each["createdAt"] > self.asked
            for each in view.service["deployments"]
        )
        return not failed_since and self.account.now - self.asked <= STALE_TOLERATED

    def _settled(self, view: View) -> Settled:
        now = self.account.now
        return Settled(
            deployment=view.primary["id"],
            running=view.primary["runningCount"],
            minimum=view.minimum,
            completed_seconds=round(((self.completed or now) - self.begun).total_seconds()),
            settled_seconds=round((now - self.begun).total_seconds()),
            asked_again=self.asked is not None,
        )

    def _given_up(self, view: View) -> RolloutFailedError:
        ours = view.deployment(self.deployment or "")
        # ECS forgets a failed deployment without tasks; while it rolls back, PRIMARY tells why.
        told = ours or (view.primary if view.primary.get("rolloutState") != "COMPLETED" else {})
        happened = (
            f"ECS gave the revision up: {told.get('rolloutStateReason') or 'see its events.'}"
        )
        if not view.is_requested:
            happened += f"\nThe service runs {view.primary['taskDefinition']} instead."
        return self._message(
            view,
            happened,
            "put right what the reasons above name. For a fault in the stage or the image, set the "
            "new value in the stage file; if the cause has passed by itself, run the same update "
            "again: it asks ECS for this revision once more.",
        )

    def _too_slow(self, view: View) -> RolloutFailedError:
        missing = "; ".join(view.missing()) or "nothing any more"
        return self._message(
            view,
            f"It was not done within {self.watched.timeout_seconds} s. Missing: {missing}.",
            "see the reasons above. If it only needs longer, raise deployment.timeoutSeconds; then "
            "run the same update again: it goes on waiting.",
        )

    def _message(self, view: View, happened: str, advice: str) -> RolloutFailedError:
        events = events_since(view.service, self.since)[-EVENTS_SHOWN:]
        reasons = stopped_reasons(
            task
            for task in view.tasks
            if task.definition == self.watched.task_definition and task.created_at >= self.since
        )
        return RolloutFailedError(
            "\n".join(
                [
                    f"The rollout of {self.watched.task_definition} failed. {happened}",
                    f"Events of service {self.watched.service} since {self.since:%H:%M:%S}:",
                    *(f"  {event}" for event in events or ["(none)"]),
                    "Stopped tasks of this revision:",
                    *(f"  {reason}" for reason in [*reasons] or ["(none)"]),
                    f"Next: {advice}",
                ]
            )
        )
