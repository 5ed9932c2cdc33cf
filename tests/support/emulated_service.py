"""A small load-balanced ECS service in an emulator, made with boto3 alone."""

from typing import Any

from tests.support.emulator import REGION, Account, until

CLUSTER, NAME, LOG_GROUP, PORT = "main", "web", "/web", 3000
IMAGES = """
- match: missing
  pullError: "pull image manifest has been retried 1 time(s): not found"
- match: never
  neverStarts: true
- match: crowded
  noCapacity: true
- match: crash
  exit: 1
  after: 2
- match: ill
  warmUpSeconds: 100000
- match: web
  warmUpSeconds: 5
  command:
    "^fails": {exit: 3, after: 2, log: [first line, last line]}
    "^works": {exit: 0, after: 2, log: [done]}
    "^vanishes": {exit: null, after: 2}
"""


def define(
    account: Account, image: str, *, family: str = "web", command: str = "", **more: Any
) -> str:
    """Register a Fargate task definition with one container; its ARN."""
    container = {
        "name": "service",
        "image": image,
        "command": command.split(),
        "portMappings": [{"containerPort": PORT}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": LOG_GROUP,
                "awslogs-region": REGION,
                "awslogs-stream-prefix": "web",
            },
        },
    }
    found = account.ecs.register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=f"arn:aws:iam::{account.name}:role/execution",
        containerDefinitions=[{**container, **more}],
    )
    return str(found["taskDefinition"]["taskDefinitionArn"])


class Network:
    """A VPC with two subnets and a security group."""

    def __init__(self, account: Account) -> None:
        ec2 = account.ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        self.group = ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)[
            "GroupId"
        ]

    def configuration(self) -> dict[str, Any]:
        """The network as ECS takes it."""
        members = {"subnets": self.subnets, "securityGroups": [self.group]}
        return {"awsvpcConfiguration": members}


class Balancer:
    """An ALB with one HTTP listener and target groups `http` and `websocket` behind rules."""

    def __init__(self, account: Account, network: Network) -> None:
        elbv2 = account.elbv2
        self.arn = elbv2.create_load_balancer(
            Name="web", Subnets=network.subnets, SecurityGroups=[network.group]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.groups = [
            elbv2.create_target_group(
                Name=name,
                Protocol="HTTP",
                Port=PORT,
                VpcId=network.vpc,
                TargetType="ip",
                HealthCheckIntervalSeconds=10,
                HealthCheckTimeoutSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=2,
            )["TargetGroups"][0]["TargetGroupArn"]
            for name in ("http", "websocket")
        ]
        refuse = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        self.listener = elbv2.create_listener(
            LoadBalancerArn=self.arn, Port=80, Protocol="HTTP", DefaultActions=[refuse]
        )["Listeners"][0]["ListenerArn"]
        for priority, group in enumerate(self.groups, 1):
            elbv2.create_rule(
                ListenerArn=self.listener,
                Priority=priority,
                Conditions=[{"Field": "path-pattern", "Values": [f"/{priority}/*"]}],
                Actions=[{"Type": "forward", "TargetGroupArn": group}],
            )


class Service:
    """The ECS service `web` in cluster `main`; `more` goes into CreateService."""

    def __init__(
        self, account: Account, *, image: str = "web:1", desired: int = 2, **more: Any
    ) -> None:
        self.account = account
        self.network = Network(account)
        self.balancer = Balancer(account, self.network)
        account.logs.create_log_group(logGroupName=LOG_GROUP)
        account.ecs.create_cluster(clusterName=CLUSTER)
        self.first = define(account, image)
        parameters: dict[str, Any] = {
            "cluster": CLUSTER,
            "serviceName": NAME,
            "taskDefinition": self.first,
            "desiredCount": desired,
            "launchType": "FARGATE",
            "networkConfiguration": self.network.configuration(),
            "healthCheckGracePeriodSeconds": 60,
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
            },
            "loadBalancers": [
                {"targetGroupArn": group, "containerName": "service", "containerPort": PORT}
                for group in self.balancer.groups
            ],
        }
        answer = account.ecs.create_service(**(parameters | more))
        self.created: dict[str, Any] = answer["service"]

    def read(self) -> dict[str, Any]:
        """The service as DescribeServices has it."""
        found = self.account.ecs.describe_services(cluster=CLUSTER, services=[NAME])
        return dict(found["services"][0])

    def update(self, **parameters: Any) -> None:
        """UpdateService."""
        self.account.ecs.update_service(cluster=CLUSTER, service=NAME, **parameters)

    def deploy(self, image: str) -> str:
        """Update the service to a new revision with this image; its ARN."""
        arn = define(self.account, image)
        self.update(taskDefinition=arn)
        return arn

    def steady(self, definition: str | None = None) -> dict[str, Any]:
        """The service once its PRIMARY deployment (of `definition`) is COMPLETED."""

        def look() -> dict[str, Any] | None:
            found = self.read()
            primary = found["deployments"][0]
            done = primary["rolloutState"] == "COMPLETED" and len(found["deployments"]) == 1
            right = definition in (None, primary["taskDefinition"])
            return found if done and right else None

        return dict(until(look, "the deployment is COMPLETED"))

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        """The service's tasks of a desired status."""
        arns = self.account.ecs.list_tasks(cluster=CLUSTER, serviceName=NAME, desiredStatus=status)[
            "taskArns"
        ]
        if not arns:
            return []
        found = self.account.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
        return list(found)

    def health(self) -> list[list[str]]:
        """The states of every target, by target group."""
        found = [
            self.account.elbv2.describe_target_health(TargetGroupArn=group)
            for group in self.balancer.groups
        ]
        return [
            sorted(t["TargetHealth"]["State"] for t in group["TargetHealthDescriptions"])
            for group in found
        ]

    def events(self) -> str:
        """The messages of the service's events, oldest first, one a line."""
        return "\n".join(e["message"] for e in reversed(self.read()["events"]))
