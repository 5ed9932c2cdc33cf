"""WAFv2: web ACLs whole, their associations and logging; the rest stays ministack's.

ministack drops CustomResponseBodies, knows no logging configuration and counts no capacity.
"""

import uuid

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import waf

from sandbox.emulator import elbv2_records, wafv2_logging
from sandbox.emulator.native import NativeService
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wafv2_capacity import capacity
from sandbox.emulator.wafv2_checks import check
from sandbox.emulator.wafv2_records import by_arn, missing
from sandbox.emulator.wire import Record

associations = AccountRegionScopedDict()  # resource ARN -> web ACL ARN
STORES = {"associations": associations, "logging": wafv2_logging.configurations}
_KEPT = (
    "Description",
    "DefaultAction",
    "Rules",
    "VisibilityConfig",
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "DataProtectionConfig",
    "OnSourceDDoSProtectionConfig",
    "ApplicationConfig",
)


def service() -> NativeService:
    """The service over ministack's."""
    return NativeService(
        "wafv2",
        "wafv2",
        {
            "CreateWebACL": _create,
            "GetWebACL": _get,
            "UpdateWebACL": _update,
            "DeleteWebACL": _delete,
            "AssociateWebACL": _associate,
            "DisassociateWebACL": _disassociate,
            "GetWebACLForResource": _of_resource,
            "ListResourcesForWebACL": _resources,
            "CheckCapacity": lambda request: {"Capacity": capacity(request["Rules"])},
            "PutLoggingConfiguration": wafv2_logging.put,
            "GetLoggingConfiguration": wafv2_logging.get,
            "DeleteLoggingConfiguration": wafv2_logging.delete,
            "ListLoggingConfigurations": lambda _: {
                "LoggingConfigurations": wafv2_logging.configurations.values()
            },
        },
        STORES,
        validation_code="WAFInvalidParameterException",
        fallback=waf.handle_request,
    )


def _create(request: Record) -> Record:
    name, scope = request["Name"], request["Scope"]
    if any(a["Name"] == name and a["Scope"] == scope for a in waf._web_acls.values()):
        raise Refusal(
            "WAFDuplicateItemException",
            "AWS WAF couldn't perform the operation because some resource in your request is a"
            " duplicate of an existing one.",
        )
    check(request)
    ident, arn, record = waf.create_web_acl_record(name, scope, request)
    _fill(record, request)
    summary = {"Name": name, "Id": ident, "Description": request.get("Description", "")}
    return {"Summary": {**summary, "LockToken": record["LockToken"], "ARN": arn}}


def _fill(record: Record, request: Record) -> None:
    for member in _KEPT:
        record.pop(member, None)
        if member in request:
            record[member] = request[member]
    record.setdefault("Description", "")
    record.setdefault("Rules", [])
    record["Capacity"] = capacity(record["Rules"])
    record["ManagedByFirewallManager"] = False
    record["LabelNamespace"] = f"awswaf:{record['ARN'].split(':')[4]}:webacl:{record['Name']}:"
    record["LockToken"] = str(uuid.uuid4())


def _found(request: Record) -> Record:
    record: Record | None = waf._resource_from_scope(
        waf._web_acls, request.get("Id", ""), request.get("Scope", "REGIONAL")
    )
    if record is None:
        raise missing()
    return record


def _get(request: Record) -> Record:
    record = _found(request)
    return {"WebACL": record, "LockToken": record["LockToken"]}


def _update(request: Record) -> Record:
    record = _locked(request)
    check(request)
    _fill(record, request)
    return {"NextLockToken": record["LockToken"]}


def _locked(request: Record) -> Record:
    record = _found(request)
    if request["LockToken"] != record["LockToken"]:
        raise Refusal(
            "WAFOptimisticLockException",
            "AWS WAF couldn't save your changes because someone changed the resource after you"
            " started to edit it. Reapply your changes.",
        )
    return record


def _delete(request: Record) -> None:
    record = _locked(request)
    if record["ARN"] in associations.values():
        raise Refusal(
            "WAFAssociatedItemException",
            "AWS WAF couldn't perform the operation because your resource is being used by another"
            " resource or it's associated with another resource.",
        )
    wafv2_logging.configurations.pop(record["ARN"], None)
    waf.delete_web_acl_record(record["Id"], record["Scope"])


def _associate(request: Record) -> None:
    record = by_arn(request["WebACLArn"])
    if request["ResourceArn"] not in elbv2_records.balancers:
        raise missing()
    associations[request["ResourceArn"]] = record["ARN"]


def _disassociate(request: Record) -> None:
    associations.pop(request["ResourceArn"], None)


def _of_resource(request: Record) -> Record:
    arn = associations.get(request["ResourceArn"])
    return {"WebACL": by_arn(arn)} if arn else {}


def _resources(request: Record) -> Record:
    record = by_arn(request["WebACLArn"])
    return {"ResourceArns": [r for r, acl in associations.items() if acl == record["ARN"]]}
