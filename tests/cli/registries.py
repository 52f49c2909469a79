"""An image in one account's registry, shared with another account."""

from cli.aws.connection import Connection
from sandbox.server.server import Sandbox

OWN, OTHER = "123456789012", "222233334444"
HERE = f"{OWN}.dkr.ecr.us-east-1.amazonaws.com/models:one"
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def places(sandbox: Sandbox) -> tuple[Connection, Connection]:
    """The other account, looking at the first region and at its own."""
    target = Connection("eu-west-1", sandbox.url, OTHER, secret=sandbox.secret)
    return target.in_region("us-east-1"), target
