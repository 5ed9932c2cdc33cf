"""How much of what is logged stays: a group's oldest events make room for new ones."""

from ministack.services import cloudwatch_logs

# Events of a group: every change of the group writes them all, at about 5 us an event.
KEPT = 5000
# A web ACL logs every request. All of them are in the data plane's file.
_KEPT_OF_FIREWALL, _FIREWALL = 1000, "aws-waf-logs-"


def trim(group: str) -> None:
    """Drop the oldest events of a group's longest stream until it has no more than it may."""
    streams = list(cloudwatch_logs._log_groups[group]["streams"].values())
    kept = _KEPT_OF_FIREWALL if group.startswith(_FIREWALL) else KEPT
    while (over := sum(len(each["events"]) for each in streams) - kept) > 0:
        longest = max(streams, key=lambda each: len(each["events"]))
        with cloudwatch_logs._log_events_lock:
            old = longest["events"][:over]
            del longest["events"][:over]
        for event in old:
            cloudwatch_logs._log_records.pop(event["eventId"], None)
