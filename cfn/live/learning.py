"""Readers of SageMaker's resources, of their scaling, and of what watches and builds them."""

from typing import Any

from cfn.live.calls import Call, Properties, Reader, capitalised, chosen, document, last_part

_ALARM = (
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
    "ActionsEnabled",
    "Threshold",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "ComparisonOperator",
    "TreatMissingData",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
)
_NOTEBOOK = ("InstanceType", "RoleArn", "RootAccess", "DirectInternetAccess", "SubnetId")
# SageMaker names them for every notebook instance.
_ALWAYS_TOLD = ("InstanceMetadataServiceConfiguration", "PlatformIdentifier")


def _name(call: Call, listing: str, kind: str, arn: str) -> str:
    """Return the name of what has an ARN: SageMaker writes it there in small letters.

    `listing` is the operation that lists such things, `kind` what their members begin with.
    """
    more: dict[str, Any] = {}
    while True:
        page = call("sagemaker", listing, {"MaxResults": 100, **more})
        for item in next(value for value in page.values() if isinstance(value, list)):
            if item[f"{kind}Arn"] == arn:
                return str(item[f"{kind}Name"])
        if not page.get("NextToken"):
            raise LookupError(f"{arn} does not exist")
        more = {"NextToken": page["NextToken"]}


def endpoint(call: Call, arn: str) -> Properties:
    """Read an endpoint."""
    found = call("sagemaker", "describe_endpoint", {"EndpointName": last_part(arn)})
    return chosen(found, "EndpointConfigName")


def endpoint_config(call: Call, arn: str) -> Properties:
    """Read an endpoint configuration, which cannot be changed: it is there or not."""
    name = _name(call, "list_endpoint_configs", "EndpointConfig", arn)
    found = call("sagemaker", "describe_endpoint_config", {"EndpointConfigName": name})
    return chosen(found, "KmsKeyId")


def model(call: Call, arn: str) -> Properties:
    """Read a model, which cannot be changed: it is there or not."""
    name = _name(call, "list_models", "Model", arn)
    found = call("sagemaker", "describe_model", {"ModelName": name})
    return chosen(found, "ExecutionRoleArn", "EnableNetworkIsolation")


def model_package_group(call: Call, arn: str) -> Properties:
    """Read a model package group with its policy."""
    name: dict[str, Any] = {"ModelPackageGroupName": last_part(arn)}
    found = call("sagemaker", "describe_model_package_group", name)
    policy = call("sagemaker", "get_model_package_group_policy", name, or_none=True)
    return {
        **chosen(found, "ModelPackageGroupDescription"),
        "ModelPackageGroupPolicy": document(policy.get("ResourcePolicy")),
    }


def notebook_instance(call: Call, arn: str) -> Properties:
    """Read a notebook instance."""
    name = last_part(arn)
    found = call("sagemaker", "describe_notebook_instance", {"NotebookInstanceName": name})
    return {
        **chosen(found, *_NOTEBOOK, "KmsKeyId", "VolumeSizeInGB"),
        **chosen(found, "DefaultCodeRepository", "AdditionalCodeRepositories"),
        **{name: found[name] for name in _ALWAYS_TOLD if name in found},
        "LifecycleConfigName": found.get("NotebookInstanceLifecycleConfigName"),
        "SecurityGroupIds": found.get("SecurityGroups"),
    }


def lifecycle_config(call: Call, arn: str) -> Properties:
    """Read the scripts of a notebook instance."""
    kind = "NotebookInstanceLifecycleConfig"
    name = _name(call, "list_notebook_instance_lifecycle_configs", kind, arn)
    found = call(
        "sagemaker",
        "describe_notebook_instance_lifecycle_config",
        {"NotebookInstanceLifecycleConfigName": name},
    )
    return chosen(found, "OnCreate", "OnStart")


def scalable_target(call: Call, identity: str) -> Properties:
    """Read a scalable target with its scheduled actions; its id is three names in one."""
    resource, dimension, namespace = identity.split("|")
    where: dict[str, Any] = {"ServiceNamespace": namespace, "ScalableDimension": dimension}
    targets = call(
        "application-autoscaling", "describe_scalable_targets", {"ResourceIds": [resource], **where}
    )["ScalableTargets"]
    if not targets:
        raise LookupError(f"{resource} does not exist")
    actions = call(
        "application-autoscaling", "describe_scheduled_actions", {"ResourceId": resource, **where}
    )["ScheduledActions"]
    suspended = targets[0].get("SuspendedState", {})
    return {
        **chosen(targets[0], "MinCapacity", "MaxCapacity"),
        "ScheduledActions": [chosen(one, "ScheduledActionName", "Schedule") for one in actions],
        "SuspendedState": suspended if any(suspended.values()) else None,
    }


def scaling_policy(call: Call, arn: str) -> Properties:
    """Read a scaling policy by its ARN."""
    namespace = arn.partition(":resource/")[2].partition("/")[0]
    found = call(
        "application-autoscaling",
        "describe_scaling_policies",
        {
            "ServiceNamespace": namespace,
            "PolicyNames": [arn.rpartition("policyName/")[2].partition(":")[0]],
        },
    )["ScalingPolicies"]
    one = next((item for item in found if item["PolicyARN"] == arn), None)
    if one is None:
        raise LookupError(f"{arn} does not exist")
    return chosen(one, "PolicyType", "TargetTrackingScalingPolicyConfiguration")


def alarm(call: Call, name: str) -> Properties:
    """Read an alarm."""
    found = call("cloudwatch", "describe_alarms", {"AlarmNames": [name]})["MetricAlarms"]
    if not found:
        raise LookupError(f"{name} does not exist")
    return chosen(found[0], *_ALARM)


def dashboard(call: Call, name: str) -> Properties:
    """Read a dashboard."""
    found = call("cloudwatch", "get_dashboard", {"DashboardName": name})
    return {"DashboardBody": document(found["DashboardBody"])}


def project(call: Call, name: str) -> Properties:
    """Read a build project."""
    found = call("codebuild", "batch_get_projects", {"names": [name]})["projects"]
    if not found:
        raise LookupError(f"{name} does not exist")
    one = capitalised(found[0])
    source = {key: value for key, value in one.get("Source", {}).items() if key != "Buildspec"}
    return {
        **chosen(one, "ServiceRole", "EncryptionKey", "TimeoutInMinutes", "Environment"),
        **(chosen(one, "VpcConfig") if one.get("VpcConfig", {}).get("VpcId") else {}),
        "Source": {**source, "BuildSpec": one.get("Source", {}).get("Buildspec")},
    }


def budget(call: Call, name: str) -> Properties:
    """Read a budget of the caller's account."""
    account = call("sts", "get_caller_identity")["Account"]
    found = call("budgets", "describe_budget", {"AccountId": account, "BudgetName": name})["Budget"]
    return {"Budget": dict(found)}


READERS: dict[str, Reader] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": scaling_policy,
    "AWS::Budgets::Budget": budget,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::CodeBuild::Project": project,
    "AWS::SageMaker::Endpoint": endpoint,
    "AWS::SageMaker::EndpointConfig": endpoint_config,
    "AWS::SageMaker::Model": model,
    "AWS::SageMaker::ModelPackageGroup": model_package_group,
    "AWS::SageMaker::NotebookInstance": notebook_instance,
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": lifecycle_config,
}
