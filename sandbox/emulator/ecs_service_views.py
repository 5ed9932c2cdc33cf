"""Services as describe and list calls show them."""

from sandbox.emulator.ecs_records import arn, cluster, service, services, short, tag_list
from sandbox.emulator.wire import Record


def describe(request: Record) -> Record:
    """DescribeServices; inactive ones too, as AWS does for a while."""
    home = cluster(request.get("cluster"))
    found, failures = [], []
    for name in request["services"]:
        record = service(home["clusterName"], name)
        if record is None:
            path = f"service/{home['clusterName']}/{short(name)}"
            failures.append({"arn": arn(path), "reason": "MISSING"})
            continue
        seen = dict(record)
        if "TAGS" in request.get("include", []):
            seen["tags"] = tag_list(record["serviceArn"])
        found.append(seen)
    return {"services": found, "failures": failures}


def listed(request: Record) -> Record:
    """ListServices of a cluster that are not inactive."""
    home = cluster(request.get("cluster"))
    found = [
        s["serviceArn"]
        for s in services.values()
        if s["clusterArn"] == home["clusterArn"] and s["status"] != "INACTIVE"
    ]
    start = int(request.get("nextToken", "0"))
    end = start + request.get("maxResults", 10)
    more = {"nextToken": str(end)} if end < len(found) else {}
    return {"serviceArns": found[start:end], **more}
