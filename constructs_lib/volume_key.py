"""Machines with local disks encrypt those themselves, and SageMaker refuses a key for them."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

_PACKS = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")


def acknowledge_missing_key(config: IConstruct, instance_type: str) -> None:
    """Record why this endpoint configuration carries no key."""
    for pack in _PACKS:
        Validations.of(config).acknowledge(
            Acknowledgment(
                id=f"{pack}::{pack}-SageMakerEndpointConfigurationKMSKeyConfigured",
                reason=f"CreateEndpointConfig refuses KmsKeyId for {instance_type}: its NVMe disks "
                "are encrypted by a key in the machine itself",
            )
        )
