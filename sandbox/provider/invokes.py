"""The functions of AWS's provider that programs call."""

from sandbox.provider.aws import Aws
from sandbox.provider.values import Properties


def caller_identity(aws: Aws, _arguments: Properties) -> Properties:
    """Who calls: account, ARN and user id."""
    answer = aws.call("sts", "GetCallerIdentity")
    account = answer["Account"]
    return {
        "accountId": account,
        "arn": answer["Arn"],
        "userId": answer["UserId"],
        "id": account,
    }


def availability_zones(aws: Aws, arguments: Properties) -> Properties:
    """The region's zones in order; `state` and the exclusions filter."""
    asked = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    state = arguments.get("state")
    if state:
        asked.append({"Name": "state", "Values": [state]})
    found = aws.call("ec2", "DescribeAvailabilityZones", Filters=asked)["AvailabilityZones"]
    without = {*(arguments.get("excludeNames") or []), *(arguments.get("excludeZoneIds") or [])}
    zones = sorted(
        (zone for zone in found if not {zone["ZoneName"], zone["ZoneId"]} & without),
        key=lambda zone: str(zone["ZoneName"]),
    )
    return {
        **arguments,
        "id": aws.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", aws.region) for zone in zones}),
    }


def parameters_by_path(aws: Aws, arguments: Properties) -> Properties:
    """Parameters below a path, without those of folders in it unless `recursive`."""
    path = arguments["path"]
    given = {"recursive": False, "withDecryption": True, **arguments}
    asked = {
        "Path": path,
        "Recursive": given["recursive"],
        "WithDecryption": given["withDecryption"],
    }
    found, token = [], None
    while token != "":
        page = aws.call("ssm", "GetParametersByPath", **asked, NextToken=token)
        found += page["Parameters"]
        token = page.get("NextToken", "")
    return {
        **given,
        "id": path,
        "region": aws.region,
        "arns": [parameter["ARN"] for parameter in found],
        "names": [parameter["Name"] for parameter in found],
        "types": [parameter["Type"] for parameter in found],
        "values": [parameter["Value"] for parameter in found],
    }


INVOKES = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller_identity,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availability_zones,
    "aws:ssm/getParametersByPath:getParametersByPath": parameters_by_path,
}
