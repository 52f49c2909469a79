"""Reader of each resource type, and the types that need none."""

from cfn.live import access, integration, learning, network, storage
from cfn.live.calls import Reader

READERS: dict[str, Reader] = {
    **access.READERS,
    **integration.READERS,
    **learning.READERS,
    **network.READERS,
    **storage.READERS,
}
# Types whose resources have nothing that could drift: they are there, or their parent is gone.
UNREADABLE: dict[str, str] = {
    "AWS::EC2::SubnetRouteTableAssociation": "only its two ends, of which each is read",
    "AWS::EC2::SecurityGroupIngress": "a rule of its group, which is read",
    "AWS::EC2::SecurityGroupEgress": "a rule of its group, which is read",
    "AWS::CDK::Metadata": "not a thing",
}
