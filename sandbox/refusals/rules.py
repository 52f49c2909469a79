"""Which rules over what exists hold for which operations, beside the constraints of the models."""

from __future__ import annotations

from sandbox.refusals import (
    endpoint_rules,
    event_rules,
    gate,
    invocation_rules,
    job_rules,
    policy_rules,
    registry_rules,
    storage_rules,
)

_MACHINE = (event_rules.check_machine, event_rules.check_logging, event_rules.check_definition)
RULES: dict[str, dict[str, tuple[gate.Rule, ...]]] = {
    "ecr": {"PutImage": (registry_rules.check_tag,)},
    "events": {
        "PutRule": (event_rules.check_rule,),
        "PutTargets": (event_rules.check_targets,),
    },
    "iam": {
        "AttachRolePolicy": (policy_rules.check_attachment,),
        "CreateOpenIDConnectProvider": (policy_rules.check_provider,),
        "CreatePolicy": (policy_rules.check_managed_policy,),
        "CreatePolicyVersion": (policy_rules.check_managed_policy,),
        "CreateRole": (policy_rules.check_trust,),
        "DeletePolicy": (policy_rules.check_unattached,),
        "PutRolePolicy": (policy_rules.check_inline_policy,),
        "SimulatePrincipalPolicy": (policy_rules.check_simulation,),
        "UpdateAssumeRolePolicy": (policy_rules.check_trust,),
    },
    "kms": {
        "CreateKey": (policy_rules.check_key_policy,),
        "PutKeyPolicy": (policy_rules.check_key_policy,),
    },
    "logs": {
        "AssociateKmsKey": (storage_rules.check_log_key,),
        "CreateLogGroup": (storage_rules.check_log_key,),
        "PutRetentionPolicy": (storage_rules.check_retention,),
    },
    "sagemaker": {
        "CreateEndpoint": (endpoint_rules.check_creation,),
        "CreateEndpointConfig": (endpoint_rules.check_configuration,),
        "CreateModel": (job_rules.check_role, job_rules.check_network, job_rules.check_model),
        "CreateModelPackage": (registry_rules.check_version,),
        "CreateModelPackageGroup": (registry_rules.check_group,),
        "CreateMonitoringSchedule": (job_rules.check_monitoring,),
        "CreateNotebookInstance": (job_rules.check_notebook,),
        "CreateProcessingJob": (job_rules.check_role, job_rules.check_network),
        "CreateTrainingJob": (
            job_rules.check_role,
            job_rules.check_network,
            job_rules.check_training,
        ),
        "UpdateEndpoint": (endpoint_rules.check_update,),
    },
    "sagemaker-runtime": {
        "InvokeEndpoint": (invocation_rules.check_invocation,),
        "InvokeEndpointAsync": (invocation_rules.check_asynchronous,),
        "InvokeEndpointWithResponseStream": (invocation_rules.check_invocation,),
    },
    "scheduler": {
        "CreateSchedule": (event_rules.check_schedule,),
        "UpdateSchedule": (event_rules.check_schedule,),
    },
    "ssm": {"PutParameter": (storage_rules.check_value,)},
    "stepfunctions": {
        "CreateStateMachine": _MACHINE,
        "UpdateStateMachine": _MACHINE,
    },
}


def install() -> None:
    """Have the gate ask these rules."""
    for service, operations in RULES.items():
        for operation, rules in operations.items():
            gate.RULES[service, operation] = rules
