"""Deletion protection, which a production stage puts on: taken off where all of it is to go."""

from collections.abc import Callable
from typing import Any

from sandbox.environment import ACCOUNT

PROTECTED = {"Key": "deletion_protection.enabled", "Value": "true"}


def take_off(url: str, region: str, say: Callable[[str], None]) -> None:
    """Lets every load balancer of the sandbox's account be deleted. Never for a real account."""
    import boto3  # here: `evenkeel explain` imports this module, and has to be quick

    elb: Any = boto3.client(
        "elbv2",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="sandbox",
    )
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        arn = balancer["LoadBalancerArn"]
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        if PROTECTED in attributes:
            say(f"sandbox: taking deletion protection off {balancer['LoadBalancerName']}")
            elb.modify_load_balancer_attributes(
                LoadBalancerArn=arn, Attributes=[{**PROTECTED, "Value": "false"}]
            )
