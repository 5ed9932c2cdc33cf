"""Prefix lists as the peers of security group rules, which ministack neither reads nor shows."""

from itertools import count

from ministack.services import ec2

from sandbox.emulator.wire import Record

_parse_permissions = ec2._parse_ip_permissions
_rule_xml = ec2._sg_rule_xml


def install() -> None:
    """Complete ministack's reading and showing of rules."""
    ec2._parse_ip_permissions = _permissions
    ec2._sg_rule_xml = _shown


def _permissions(params: dict[str, list[str]], prefix: str) -> list[Record]:
    rules: list[Record] = _parse_permissions(params, prefix)
    for number, rule in enumerate(rules, 1):
        place = f"{prefix}.{number}.PrefixListIds"
        for position in count(1):
            name = params.get(f"{place}.{position}.PrefixListId")
            if name is None:
                break
            said = params.get(f"{place}.{position}.Description")
            described = {"Description": said[0]} if said else {}
            rule["PrefixListIds"].append({"PrefixListId": name[0], **described})
    return rules


def _shown(group: str, rule: Record, is_egress: bool = False) -> str:
    text: str = _rule_xml(group, rule, is_egress=is_egress)
    lists = [entry["PrefixListId"] for entry in rule.get("PrefixListIds", [])]
    peers = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs")
    if len(lists) == 1 and not any(rule.get(peer) for peer in peers):
        return text.replace("</item>", f"<prefixListId>{lists[0]}</prefixListId></item>")
    return text
