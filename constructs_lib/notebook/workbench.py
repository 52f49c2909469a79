"""SageMaker notebook instance: encrypted, without root access, stopped when idle and at night."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib.access.log_group_arns import log_group_arns
from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.network.company_network import authority_file
from constructs_lib.notebook.company_settings import company_variables
from constructs_lib.notebook.nightly_stop import NightlyStop
from constructs_lib.notebook.notebook_lifecycle import NotebookLifecycle
from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_iam as iam

    from config.schema import EnvironmentConfig
    from constructs_lib.network.company_network import AuthorityFile
    from constructs_lib.network.vpc_access import VpcAccess
    from constructs_lib.storage.key_grants import KeyGrants

ImdsProperty = sagemaker.CfnNotebookInstance.InstanceMetadataServiceConfigurationProperty

PLATFORM = "notebook-al2023-v1"
"""JupyterLab 4 on Amazon Linux 2023, with which every notebook is created.

CloudFormation replaces an instance for another one, and its volume is lost: it stays as it is, and
`kiban notebook upgrade` changes a running one. CloudFormation's schema knows no newer one.
"""


class Workbench(Construct):
    """One notebook instance, named `<stage>-workbench`.

    With `vpc` it runs in the first subnet and has no internet access. `variables` are environment
    variables of its terminals and kernels. It may pass the role `experiments` to its trainings.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: KeyGrants,
        experiments: ServiceRole,
        variables: Mapping[str, str],
        vpc: VpcAccess | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = f"{config.stage}-workbench"
        trusted = authority_file(self, config)
        self._role = ServiceRole(
            self,
            "Role",
            service="sagemaker",
            purpose="What a data scientist may do from a notebook",
            permissions=self._permissions(stack_of(scope), key, experiments, trusted),
        )
        lifecycle = NotebookLifecycle(
            self,
            "Lifecycle",
            idle_minutes=config.workbench.idle_minutes,
            variables={**variables, **company_variables(config)},
            authorities_uri=None if trusted is None else trusted.uri,
        )
        self._instance = self._notebook(config, key, lifecycle, vpc)
        stop = Permissions(stack_of(scope))
        self.grant_stop(stop)
        NightlyStop(
            self,
            "NightlyStop",
            config=config.workbench,
            notebook_name=self._name,
            permissions=stop,
        )

    @property
    def notebook_instance_name(self) -> str:
        return self._instance.attr_notebook_instance_name

    def grant_stop(self, grantee: Permissions) -> None:
        """Let `grantee` stop this notebook."""
        # By name: a reference to the instance would make it depend on its own role's policy.
        notebook = format_arn(
            grantee.stack, service="sagemaker", resource=f"notebook-instance/{self._name}"
        )
        grantee.allow(["sagemaker:StopNotebookInstance"], [notebook])

    def add_policy(self, policy: iam.ManagedPolicy) -> None:
        """Attach `policy` to the notebook's role."""
        self._role.role.add_managed_policy(policy)

    def _notebook(
        self,
        config: EnvironmentConfig,
        key: KeyGrants,
        lifecycle: NotebookLifecycle,
        vpc: VpcAccess | None,
    ) -> sagemaker.CfnNotebookInstance:
        instance = sagemaker.CfnNotebookInstance(
            self,
            "Resource",
            direct_internet_access="Enabled" if vpc is None else "Disabled",
            instance_metadata_service_configuration=ImdsProperty(
                minimum_instance_metadata_service_version="2"
            ),
            instance_type=config.workbench.instance_type,
            kms_key_id=key.arn,
            lifecycle_config_name=lifecycle.config_name,
            notebook_instance_name=self._name,
            platform_identifier=PLATFORM,
            role_arn=self._role.role_arn,
            root_access="Disabled",
            security_group_ids=None if vpc is None else vpc.security_group_ids,
            subnet_id=None if vpc is None else vpc.subnet_ids[0],
            volume_size_in_gb=config.workbench.volume_gb,
        )
        if vpc is None:
            _acknowledge_internet(instance)
        return instance

    def _permissions(
        self,
        stack: Stack,
        key: KeyGrants,
        experiments: ServiceRole,
        trusted: AuthorityFile | None,
    ) -> Permissions:
        permissions = Permissions(stack)
        if trusted is not None:
            trusted.grant_read(permissions)
        experiments.grant_pass(permissions)
        self.grant_stop(permissions)
        key.grant_use(permissions)
        _allow_lifecycle_logs(permissions, self._name)
        permissions.allow(["cloudwatch:GetMetricData"], ["*"])
        permissions.acknowledge_wildcard(
            "*",
            "cloudwatch:GetMetricData takes no resource; it reads what jobs and endpoints report",
        )
        return permissions


def _allow_lifecycle_logs(permissions: Permissions, notebook_name: str) -> None:
    # SageMaker writes the notebook's logs with the notebook's own role.
    group, empty_stream = log_group_arns(permissions.stack, "/aws/sagemaker/NotebookInstances")
    streams = f"{empty_stream}{notebook_name}/*"
    permissions.allow(["logs:CreateLogGroup"], [group, empty_stream])
    permissions.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
    permissions.acknowledge_wildcard(
        streams, "PutLogEvents names a stream, and SageMaker chooses this notebook's stream names"
    )


def _acknowledge_internet(instance: sagemaker.CfnNotebookInstance) -> None:
    acknowledge(
        instance,
        "CreateNotebookInstance refuses DirectInternetAccess Disabled without a subnet, and the "
        'managed network mode has no subnet; network.mode = "private" gives it one',
        "AwsSolutions-SM1",
        "AwsSolutions-SM3",
        *in_frameworks("SageMakerNotebookNoDirectInternetAccess"),
    )
