"""Stack of the private network, for environments without internet access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Stage
from constructs import Construct

from config.outputs import VPC_ID
from config.stack_names import NETWORK
from constructs_lib.network.private_network import PrivateNetwork
from constructs_lib.network.vpc_access import VpcAccess
from constructs_lib.synthesis.cross_stack_exports import export_always
from constructs_lib.synthesis.environment_stage import EnvironmentStack

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from stacks.storage import StorageStack


class NetworkStack(EnvironmentStack):
    """Isolated subnets and the VPC endpoints through which AWS is reached."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        storage: StorageStack,
    ) -> None:
        super().__init__(scope, construct_id, config=config)
        self._network = PrivateNetwork(self, "Network", config=config, key=storage.key)
        export_always(self, *self.subnet_ids, *self._network.security_group_ids)

        CfnOutput(self, VPC_ID, value=self._network.vpc_id)

    @property
    def vpc_id(self) -> str:
        return self._network.vpc_id

    @property
    def subnet_ids(self) -> list[str]:
        """One isolated subnet in each zone."""
        return self._network.subnet_ids

    @property
    def job_security_group_id(self) -> str:
        """Security group of jobs, endpoints and notebooks; it reaches the VPC endpoints only."""
        return self._network.job_security_group_id

    @property
    def host_security_group_ids(self) -> list[str]:
        """Additional security groups for multi-instance training; empty when no model uses it."""
        return self._network.host_security_group_ids

    @property
    def vpc_config(self) -> dict[str, list[str]]:
        """`VpcConfig` as SageMaker's API takes it."""
        return {"Subnets": self.subnet_ids, "SecurityGroupIds": [self.job_security_group_id]}


def add_network(
    stage: Stage, config: EnvironmentConfig, storage: StorageStack
) -> NetworkStack | None:
    """Add the stack when the file asks for a private network."""
    if not config.is_private:
        return None
    return NetworkStack(stage, NETWORK, config=config, storage=storage)


def vpc_access(config: EnvironmentConfig, network: NetworkStack | None) -> VpcAccess | None:
    """Return where jobs, endpoints and builds run: an existing network, the own one, or none."""
    existing = config.existing.network
    if existing is not None:
        return VpcAccess(
            [*existing.subnet_ids], [*existing.security_group_ids], vpc_id=existing.vpc_id
        )
    if network is None:
        return None
    return VpcAccess(
        network.subnet_ids,
        [network.job_security_group_id],
        network.host_security_group_ids,
        network.vpc_id,
    )
