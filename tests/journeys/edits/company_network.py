"""The network that a company has: subnets and groups with the identifiers that edits name."""

from typing import Any

from moto.ec2.models import ec2_backends

from tests.journeys.edits.edits import BASES, EDITS
from tests.journeys.world import World


def make_network(world: World) -> None:
    """Make what edits of `existing.network` name; EC2 gives out identifiers of its own."""
    ec2 = world.aws("ec2")
    backend: Any = ec2_backends["123456789012"][ec2.meta.region_name]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for number, wanted in enumerate(sorted(_named("existing.network.subnet_ids"))):
        block = f"10.9.{number}.0/24"
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"]["SubnetId"]
        [zone] = [one for one in backend.subnets.values() if made in one]
        _rename(zone, made, wanted)
    for wanted in sorted(_named("existing.network.security_group_ids")):
        made = ec2.create_security_group(GroupName=wanted, Description="own", VpcId=vpc)["GroupId"]
        _rename(backend.groups[vpc], made, wanted)


def _rename(things: dict[str, Any], made: str, wanted: str) -> None:
    thing = things.pop(made)
    thing.id = wanted
    things[wanted] = thing


def _named(setting: str) -> set[str]:
    """Every identifier that an edit or a base has for a setting."""
    lists = [base[setting] for base in BASES.values() if setting in base]
    lists += [edit.after[setting] for edit in EDITS if setting in edit.after]
    return {name for one in lists for name in one}
