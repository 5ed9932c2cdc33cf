"""From the internet to the target groups: network, load balancer and web ACL of a stage."""

import pulumi
import pulumi_aws as aws

from infra import capacity, settings
from infra.access_logs import AccessLogs
from infra.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.network import GivenVpc, Network, NetworkArgs, OwnVpc
from infra.target_groups import HealthCheck, Websocket
from infra.waf import Waf, WafArgs
from infra.waf_rules import ManagedRules
from infra.wiring.place import Place


def network(place: Place) -> Network:
    """The network of *place*; zones are looked up."""
    given = place.settings.network
    if isinstance(given, settings.OwnNetwork):
        vpc: OwnVpc | GivenVpc = OwnVpc(
            cidr=given.cidr, zones=_zones(place.region, given.zones), egress=given.egress
        )
    else:
        vpc = GivenVpc(
            vpc_id=given.vpc_id,
            public_subnet_ids=given.public_subnet_ids,
            private_subnet_ids=given.private_subnet_ids,
        )
    return Network(
        place.name,
        NetworkArgs(
            vpc=vpc,
            region=place.region,
            service_port=place.settings.service.port,
            listener_ports=(80, 443) if place.settings.routing.certificate_arn else (80,),
        ),
    )


def _zones(region: str, count: int) -> tuple[str, ...]:
    """The first *count* availability zones, by name; Local Zones and the like are left out.

    Raises pulumi.RunError when the region has fewer.
    """
    names = aws.get_availability_zones(
        state="available", filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    ).names
    if len(names) < count:
        raise pulumi.RunError(
            f"network.zones is {count}, allowed in {region}: 2 to {len(names)}; "
            "next: lower network.zones"
        )
    return tuple(sorted(names)[:count])


def load_balancer(place: Place, network: Network) -> LoadBalancer:
    """The load balancer in *network*."""
    stage, routing = place.settings, place.settings.routing
    websocket = routing.websocket
    return LoadBalancer(
        place.name,
        LoadBalancerArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.public_subnet_ids,
            security_group_id=network.load_balancer_security_group_id,
            health_check=_health_check(stage),
            idle_timeout_seconds=capacity.idle_timeout(
                stage.service.request_timeout_seconds,
                websocket.ping_interval_seconds if websocket else None,
            ),
            # Without "evenkeel-": a stack name of 19 characters, which the bucket allows, fits.
            short_name=stage.stage,
            http_deregistration_delay_seconds=routing.http.deregistration_delay,
            websocket=_websocket(websocket),
            allowed_paths=stage.firewall.allow,
            certificate_arn=routing.certificate_arn,
            access_logs=AccessLogs(
                bucket=f"{place.name}-access-logs-{place.account}-{place.region}",
                retention_days=stage.observability.log_retention_days,
                region=place.region,
                account=place.account,
                keep=place.is_production,
            ),
            deletion_protection=place.is_production,
        ),
    )


def _health_check(stage: settings.Settings) -> HealthCheck:
    check = stage.service.health_check
    return HealthCheck(
        path=check.path,
        interval_seconds=check.interval_seconds,
        timeout_seconds=check.timeout_seconds,
        healthy_threshold=check.healthy_threshold,
        unhealthy_threshold=check.unhealthy_threshold,
        success_codes=check.success_codes,
    )


def _websocket(given: settings.Websocket | None) -> Websocket | None:
    if given is None:
        return None
    return Websocket(
        path=given.path,
        polling=given.transport == "polling",
        slow_start_seconds=given.slow_start,
        deregistration_delay_seconds=given.deregistration_delay,
    )


def waf(place: Place, balancer: LoadBalancer) -> Waf:
    """The web ACL of *balancer*."""
    firewall = place.settings.firewall
    return Waf(
        place.name,
        WafArgs(
            load_balancer_arn=balancer.arn,
            requests_per_five_minutes=firewall.requests_per_five_minutes,
            managed=ManagedRules(
                mode=firewall.managed_rules.mode, groups=firewall.managed_rules.groups
            ),
            websocket_path=place.websocket_path,
            allowed_paths=firewall.allow,
            log_group=f"aws-waf-logs-{place.name}",
            log_retention_days=place.settings.observability.log_retention_days,
        ),
    )
