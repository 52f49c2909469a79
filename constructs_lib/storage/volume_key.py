"""Machines with local disks encrypt those themselves, and SageMaker refuses a key for them."""

from constructs import IConstruct

from constructs_lib.synthesis.acknowledgments import acknowledge, in_frameworks


def acknowledge_missing_key(config: IConstruct, instance_type: str) -> None:
    """Record why this endpoint configuration carries no key."""
    acknowledge(
        config,
        f"CreateEndpointConfig refuses KmsKeyId for {instance_type}: its NVMe disks are encrypted "
        "by a key in the machine itself",
        *in_frameworks("SageMakerEndpointConfigurationKMSKeyConfigured"),
    )
