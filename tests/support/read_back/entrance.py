"""Readers of the load balancer, its web ACL and its log bucket."""

from typing import Any

from tests.support.read_back.answers import (
    Account,
    Properties,
    Reader,
    Resource,
    attributes,
    only,
    renamed,
    tags,
    told,
)


def load_balancer(account: Account, resource: Resource) -> Properties:
    elb = account("elbv2")
    found = only(elb.describe_load_balancers(LoadBalancerArns=[resource.id])["LoadBalancers"])
    set_to = attributes(
        elb.describe_load_balancer_attributes(LoadBalancerArn=resource.id)["Attributes"]
    )
    return {
        "name": found["LoadBalancerName"],
        "internal": found["Scheme"] == "internal",
        "loadBalancerType": found["Type"],
        "securityGroups": found["SecurityGroups"],
        "subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "accessLogs": {
            "bucket": set_to["access_logs.s3.bucket"],
            "enabled": set_to["access_logs.s3.enabled"],
        },
        "desyncMitigationMode": set_to["routing.http.desync_mitigation_mode"],
        "dropInvalidHeaderFields": set_to["routing.http.drop_invalid_header_fields.enabled"],
        "enableDeletionProtection": set_to["deletion_protection.enabled"],
        "enableWafFailOpen": set_to["waf.fail_open.enabled"],
        "idleTimeout": set_to["idle_timeout.timeout_seconds"],
        "tags": _tags(account, resource.id),
    }


def target_group(account: Account, resource: Resource) -> Properties:
    elb = account("elbv2")
    found = told(only(elb.describe_target_groups(TargetGroupArns=[resource.id])["TargetGroups"]))
    set_to = attributes(
        elb.describe_target_group_attributes(TargetGroupArn=resource.id)["Attributes"]
    )
    return {
        **renamed(found, name="targetGroupName"),
        "healthCheck": {
            "enabled": found["healthCheckEnabled"],
            "healthyThreshold": found["healthyThresholdCount"],
            "interval": found["healthCheckIntervalSeconds"],
            "matcher": found["matcher"]["httpCode"],
            "path": found["healthCheckPath"],
            "port": found["healthCheckPort"],
            "protocol": found["healthCheckProtocol"],
            "timeout": found["healthCheckTimeoutSeconds"],
            "unhealthyThreshold": found["unhealthyThresholdCount"],
        },
        "deregistrationDelay": set_to["deregistration_delay.timeout_seconds"],
        "loadBalancingAlgorithmType": set_to["load_balancing.algorithm.type"],
        "slowStart": set_to["slow_start.duration_seconds"],
        "stickiness": {
            "enabled": set_to["stickiness.enabled"],
            "type": set_to["stickiness.type"],
            "cookieDuration": set_to["stickiness.lb_cookie.duration_seconds"],
        },
        "tags": _tags(account, resource.id),
    }


def listener(account: Account, resource: Resource) -> Properties:
    answer = account("elbv2").describe_listeners(ListenerArns=[resource.id])
    found = told(only(answer["Listeners"]))
    certificates = [each["certificateArn"] for each in found.get("certificates", [])]
    return {
        **found,
        **({"certificateArn": only(certificates)} if certificates else {}),
        "defaultActions": _actions(found["defaultActions"]),
        "tags": _tags(account, resource.id),
    }


def listener_rule(account: Account, resource: Resource) -> Properties:
    declared = resource.inputs["listenerArn"]
    rules = told(account("elbv2").describe_rules(ListenerArn=declared)["Rules"])
    found = only([rule for rule in rules if rule["ruleArn"] == resource.id])
    return {
        "listenerArn": declared,  # AWS lists the rule below this listener
        "priority": int(found["priority"]),
        "actions": _actions(found["actions"]),
        "conditions": [{"pathPattern": each["pathPatternConfig"]} for each in found["conditions"]],
        "tags": _tags(account, resource.id),
    }


def _actions(actions: Any) -> list[Properties]:
    return [
        renamed(action, fixedResponse="fixedResponseConfig", redirect="redirectConfig")
        for action in actions
    ]


def _tags(account: Account, arn: str) -> dict[str, str]:
    answer = account("elbv2").describe_tags(ResourceArns=[arn])
    return tags(only(answer["TagDescriptions"])["Tags"])


def web_acl(account: Account, resource: Resource) -> Properties:
    waf = account("wafv2")
    summaries = waf.list_web_acls(Scope="REGIONAL")["WebACLs"]
    own = only([each for each in summaries if each["Id"] == resource.id])
    acl = waf.get_web_acl(Name=own["Name"], Scope="REGIONAL", Id=own["Id"])["WebACL"]
    bodies = acl.pop("CustomResponseBodies")  # the keys are the user's own names
    listed = waf.list_tags_for_resource(ResourceARN=acl["ARN"])["TagInfoForResource"]["TagList"]
    return {
        **_visible(told(acl)),
        "scope": "REGIONAL",  # it is listed there
        "customResponseBodies": [{**told(body), "key": key} for key, body in bodies.items()],
        "rules": [_visible(rule) for rule in told(acl["Rules"])],
        "tags": tags(listed),
    }


def _visible(answer: Properties) -> Properties:
    config = answer["visibilityConfig"]
    return {
        **answer,
        "visibilityConfig": renamed(config, cloudwatchMetricsEnabled="cloudWatchMetricsEnabled"),
    }


def web_acl_association(account: Account, resource: Resource) -> Properties:
    guarded = resource.inputs["resourceArn"]
    acl = account("wafv2").get_web_acl_for_resource(ResourceArn=guarded)["WebACL"]
    return {"resourceArn": guarded, "webAclArn": acl["ARN"]}


def web_acl_logging(account: Account, resource: Resource) -> Properties:
    answer = account("wafv2").get_logging_configuration(ResourceArn=resource.id)
    return dict(told(answer["LoggingConfiguration"]))


def bucket(account: Account, resource: Resource) -> Properties:
    s3 = account("s3")
    s3.head_bucket(Bucket=resource.id)
    return {"bucket": resource.id, **told(_tag_set(s3.get_bucket_tagging(Bucket=resource.id)))}


def _tag_set(answer: Any) -> Properties:
    return {"Tags": answer["TagSet"]}


def bucket_policy(account: Account, resource: Resource) -> Properties:
    answer = account("s3").get_bucket_policy(Bucket=resource.id)
    return {"bucket": resource.id, "policy": answer["Policy"]}


def public_access_block(account: Account, resource: Resource) -> Properties:
    answer = account("s3").get_public_access_block(Bucket=resource.id)
    return {"bucket": resource.id, **told(answer["PublicAccessBlockConfiguration"])}


def encryption(account: Account, resource: Resource) -> Properties:
    answer = account("s3").get_bucket_encryption(Bucket=resource.id)
    return {"bucket": resource.id, **told(answer["ServerSideEncryptionConfiguration"])}


def lifecycle(account: Account, resource: Resource) -> Properties:
    answer = account("s3").get_bucket_lifecycle_configuration(Bucket=resource.id)
    return {"bucket": resource.id, "rules": told(answer["Rules"])}


_SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
READERS: dict[str, Reader] = {
    "aws:lb/loadBalancer:LoadBalancer": load_balancer,
    "aws:lb/targetGroup:TargetGroup": target_group,
    "aws:lb/listener:Listener": listener,
    "aws:lb/listenerRule:ListenerRule": listener_rule,
    "aws:wafv2/webAcl:WebAcl": web_acl,
    "aws:wafv2/webAclAssociation:WebAclAssociation": web_acl_association,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": web_acl_logging,
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketPolicy:BucketPolicy": bucket_policy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": public_access_block,
    _SSE: encryption,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
}
