"""Handlers of security groups and VPC endpoints: the API changes them by additions and removals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.handlers.resource import (
    StackResource,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from sandbox.handlers.aws import Aws

_ALL_TRAFFIC = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]

# rule property -> (list in the API, member of its items)
_PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
}


def permission(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a template's rule as the API's IpPermission."""
    result: dict[str, Any] = {
        key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule
    }
    for name, (items, member) in _PEERS.items():
        if name in rule:
            peer = {member: rule[name]}
            if "Description" in rule:
                peer["Description"] = rule["Description"]
            result[items] = [peer]
    return result


class SecurityGroup:
    """A security group with the rules written into it."""

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the group, and give it exactly the rules of the template."""
        properties = resource.properties
        resource.name = properties.get("GroupName") or resource.generated_name(length=255)
        arguments = {"GroupName": resource.name, "Description": properties["GroupDescription"]}
        if "VpcId" in properties:
            arguments["VpcId"] = properties["VpcId"]
        group = aws.call("ec2", "create_security_group", arguments)["GroupId"]
        resource.physical_id = group
        resource.attributes = {"GroupId": group, "Id": group}
        if "VpcId" in properties:
            resource.attributes["VpcId"] = properties["VpcId"]
        if properties.get("SecurityGroupEgress"):
            self._change(aws, group, "revoke_security_group_egress", _ALL_TRAFFIC)
        self._apply(aws, resource, "authorize")

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Change the rules in place; other changes make a new group."""
        if changed(new, old) & {"GroupName", "GroupDescription", "VpcId"}:
            refuse_named_replacement(new, "GroupName", old.properties)
            self.create(aws, new)
            return True
        keep_identity(new, old)
        self._apply(aws, old, "revoke")
        self._apply(aws, new, "authorize")
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the group."""
        aws.forget("ec2", "delete_security_group", {"GroupId": resource.physical_id})

    def _apply(self, aws: Aws, resource: StackResource, verb: str) -> None:
        for direction in ("Ingress", "Egress"):
            rules = resource.properties.get(f"SecurityGroup{direction}", [])
            operation = f"{verb}_security_group_{direction.lower()}"
            if rules:
                self._change(aws, resource.physical_id, operation, [permission(r) for r in rules])

    def _change(self, aws: Aws, group: str, operation: str, rules: list[dict[str, Any]]) -> None:
        arguments = {"GroupId": group, "IpPermissions": rules}
        if operation.startswith("revoke"):
            aws.forget("ec2", operation, arguments)
        else:
            aws.call("ec2", operation, arguments)


class SecurityGroupRule:
    """One rule of a security group as a resource of its own."""

    def __init__(self, direction: str) -> None:
        self._direction = direction

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Add the rule to its group."""
        resource.physical_id = resource.identity()
        resource.attributes["Id"] = resource.physical_id
        aws.call("ec2", f"authorize_security_group_{self._direction}", self._arguments(resource))

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Take the old rule out and put the new one in."""
        keep_identity(new, old)
        self.delete(aws, old)
        self.create(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Take the rule out."""
        aws.forget("ec2", f"revoke_security_group_{self._direction}", self._arguments(resource))

    def _arguments(self, resource: StackResource) -> dict[str, Any]:
        rule = permission(resource.properties)
        return {"GroupId": resource.properties["GroupId"], "IpPermissions": [rule]}


class VpcEndpoint:
    """A VPC endpoint; subnets, groups and route tables come and go without another endpoint."""

    # Create-only: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
    # aws-resource-ec2-vpcendpoint.html; PrivateDnsEnabled may change there, moto cannot change it.
    _IMMUTABLE = frozenset({"VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled"})
    _LISTS = ("SubnetIds", "SecurityGroupIds", "RouteTableIds")

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the endpoint and tag it."""
        arguments = {key: value for key, value in resource.properties.items() if key != "Tags"}
        answer = aws.call("ec2", "create_vpc_endpoint", arguments)
        resource.physical_id = answer["VpcEndpoint"]["VpcEndpointId"]
        resource.attributes["Id"] = resource.physical_id
        self._tag(aws, resource)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Add and remove what differs; another service or VPC needs another endpoint."""
        if changed(new, old) & self._IMMUTABLE:
            self.create(aws, new)
            return True
        keep_identity(new, old)
        arguments: dict[str, Any] = {"VpcEndpointId": new.physical_id}
        for name in self._LISTS:
            was, now = (one.properties.get(name, []) for one in (old, new))
            arguments[f"Add{name}"] = [one for one in now if one not in was]
            arguments[f"Remove{name}"] = [one for one in was if one not in now]
        arguments["PolicyDocument"] = new.properties.get("PolicyDocument")
        used = {key: value for key, value in arguments.items() if value}
        aws.call("ec2", "modify_vpc_endpoint", used)
        self._tag(aws, new)
        return False

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the endpoint."""
        aws.forget("ec2", "delete_vpc_endpoints", {"VpcEndpointIds": [resource.physical_id]})

    def _tag(self, aws: Aws, resource: StackResource) -> None:
        if tags := resource.properties.get("Tags"):
            aws.call("ec2", "create_tags", {"Resources": [resource.physical_id], "Tags": tags})
