"""Security groups of a network stack, by their description."""

from typing import Any

from tests.constructs_lib.conftest import Stacks


def groups(stacks: Stacks) -> dict[str, dict[str, Any]]:
    """Security groups by the first word of their description."""
    found = stacks.resources("Network", "AWS::EC2::SecurityGroup")
    return {one["GroupDescription"].split(" ")[0].strip(",:"): one for one in found}
