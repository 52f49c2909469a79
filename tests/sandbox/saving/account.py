"""An account with something of every service in it, and all that its describing calls answer."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.server.server import Sandbox
from tests.journeys.world import wait_for

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/all"
BUCKET = "kept-objects"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:kept"
TEMPLATE = {
    "Resources": {
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}
    },
    "Outputs": {"Name": {"Value": {"Ref": "Parameter"}, "Export": {"Name": "kept-parameter"}}},
}
_TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {
                "Service": [
                    f"{one}.amazonaws.com"
                    for one in ("states", "sagemaker", "scheduler", "codebuild")
                ]
            },
            "Action": "sts:AssumeRole",
        }
    ]
}
_ANY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def fill(sandbox: Sandbox) -> None:
    """Make something of every service."""
    for make in (_iam, _s3, _keys, _messages, _watching, _network, _sagemaker, _stack, _machine):
        make(sandbox.client)


def _iam(client: Callable[[str], Any]) -> None:
    iam = client("iam")
    iam.create_role(RoleName="all", AssumeRolePolicyDocument=json.dumps(_TRUST), Path="/")
    iam.put_role_policy(RoleName="all", PolicyName="any", PolicyDocument=json.dumps(_ANY))
    made = iam.create_policy(PolicyName="any", PolicyDocument=json.dumps(_ANY))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=made, PolicyDocument=json.dumps(_ANY), SetAsDefault=True)
    iam.attach_role_policy(RoleName="all", PolicyArn=made)
    iam.create_user(UserName="person")
    iam.create_access_key(UserName="person")
    iam.create_open_id_connect_provider(Url="https://example.com", ThumbprintList=["a" * 40])


def _s3(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"first", b"", b"\x00third"):
        s3.put_object(Bucket=BUCKET, Key="a/b", Body=body, Metadata={"Who": "me"})
    s3.put_object(Bucket=BUCKET, Key="gone", Body=b"x", Tagging="k=v")
    s3.delete_object(Bucket=BUCKET, Key="gone")
    begun = s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    s3.upload_part(Bucket=BUCKET, Key="parts", UploadId=begun, PartNumber=1, Body=b"part")
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": rules})


def _keys(client: Callable[[str], Any]) -> None:
    kms = client("kms")
    key = kms.create_key(Description="kept")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/kept", TargetKeyId=key)
    kms.enable_key_rotation(KeyId=key)
    client("ssm").put_parameter(Name="/kept", Value="one", Type="String", Tags=[_tag()])
    client("ssm").put_parameter(Name="/kept", Value="two", Type="String", Overwrite=True)
    client("ecr").create_repository(repositoryName="kept")


def _tag() -> dict[str, str]:
    return {"Key": "who", "Value": "me"}


def _messages(client: Callable[[str], Any]) -> None:
    sqs, sns, events = client("sqs"), client("sns"), client("events")
    queue = sqs.create_queue(QueueName="kept")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="hello", DelaySeconds=0)
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:kept"
    topic = sns.create_topic(Name="kept")["TopicArn"]
    policy = {"FilterPolicy": json.dumps({"kind": ["a"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=policy)
    events.create_event_bus(Name="kept")
    events.put_rule(Name="kept", EventPattern=json.dumps({"source": ["mine"]}))
    events.put_targets(Rule="kept", Targets=[{"Id": "1", "Arn": arn}])
    entry = {"Source": "mine", "DetailType": "kept", "Detail": "{}"}
    events.put_events(Entries=[entry])
    scheduler = client("scheduler")
    scheduler.create_schedule_group(Name="kept")
    scheduler.create_schedule(
        Name="kept",
        GroupName="kept",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": ROLE},
    )


def _watching(client: Callable[[str], Any]) -> None:
    cloudwatch, logs = client("cloudwatch"), client("logs")
    metric = {"MetricName": "m", "Value": 3.0, "Dimensions": [{"Name": "d", "Value": "1"}]}
    cloudwatch.put_metric_data(Namespace="kept", MetricData=[metric])
    cloudwatch.put_metric_alarm(
        AlarmName="kept",
        Namespace="kept",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName="kept", StateValue="ALARM", StateReason="told")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(kept)")
    cloudwatch.put_dashboard(DashboardName="kept", DashboardBody="{}")
    logs.create_log_group(logGroupName="kept", tags={"who": "me"})
    logs.create_log_stream(logGroupName="kept", logStreamName="s")
    line = {"timestamp": 1_790_000_000_000, "message": "a line"}
    logs.put_log_events(logGroupName="kept", logStreamName="s", logEvents=[line])
    logs.put_retention_policy(logGroupName="kept", retentionInDays=7)
    client("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget={
            "BudgetName": "kept",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "5", "Unit": "USD"},
        },
    )


def _network(client: Callable[[str], Any]) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="kept", Description="kept", VpcId=vpc)["GroupId"]
    opened = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    opened["UserIdGroupPairs"] = [{"GroupId": group}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[opened])
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    for kind, more in (
        ("Interface", {"SubnetIds": [subnet], "SecurityGroupIds": [group]}),
        ("Gateway", {"RouteTableIds": [table]}),
    ):
        service = {"Interface": "sagemaker.api", "Gateway": "s3"}[kind]
        name = f"com.amazonaws.us-east-1.{service}"
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType=kind, **more)
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{BUCKET}",
    )
    ec2.create_tags(Resources=[vpc], Tags=[_tag()])


def _sagemaker(client: Callable[[str], Any]) -> None:
    sagemaker = client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="kept", Tags=[_tag()])
    sagemaker.create_experiment(ExperimentName="kept")
    sagemaker.create_trial(TrialName="kept", ExperimentName="kept")
    sagemaker.create_trial_component(TrialComponentName="kept")
    sagemaker.associate_trial_component(TrialName="kept", TrialComponentName="kept")
    number = {"MetricName": "auc", "Timestamp": 1_790_000_000, "Step": 1, "Value": 0.5}
    client("sagemaker-metrics").batch_put_metrics(TrialComponentName="kept", MetricData=[number])
    client("codebuild").create_project(
        name="kept",
        source={"type": "S3", "location": f"{BUCKET}/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=ROLE,
    )


def _stack(client: Callable[[str], Any]) -> None:
    formation = client("cloudformation")
    formation.create_stack(StackName="kept", TemplateBody=json.dumps(TEMPLATE))
    formation.get_waiter("stack_create_complete").wait(StackName="kept", WaiterConfig={"Delay": 1})
    formation.create_change_set(
        StackName="planned",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": TEMPLATE["Resources"]}),
    )


def _machine(client: Callable[[str], Any]) -> None:
    states = client("stepfunctions")
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    states.create_state_machine(name="kept", definition=json.dumps(definition), roleArn=ROLE)
    run = states.start_execution(stateMachineArn=MACHINE, name="one", input='{"a": 1}')

    def ended() -> bool | None:
        found = states.describe_execution(executionArn=run["executionArn"])
        return found["status"] == "SUCCEEDED" or None

    wait_for(ended, "the execution")


_LISTS = {
    "cloudformation": "describe_stacks list_exports list_stacks",
    "cloudwatch": "describe_alarms describe_alarm_history list_metrics list_dashboards",
    "codebuild": "list_projects",
    "ec2": "describe_vpcs describe_subnets describe_security_groups describe_route_tables "
    "describe_internet_gateways describe_vpc_endpoints describe_flow_logs describe_tags "
    "describe_security_group_rules describe_network_interfaces describe_prefix_lists",
    "ecr": "describe_repositories",
    "events": "list_event_buses list_rules",
    "iam": "list_roles list_users list_open_id_connect_providers get_account_summary",
    "kms": "list_keys list_aliases",
    "logs": "describe_log_groups",
    "s3": "list_buckets",
    "sagemaker": "list_endpoints list_models list_endpoint_configs list_training_jobs "
    "list_processing_jobs list_transform_jobs list_model_package_groups list_experiments "
    "list_trials list_trial_components list_notebook_instances",
    "scheduler": "list_schedules list_schedule_groups",
    "sns": "list_topics list_subscriptions",
    "sqs": "list_queues",
    "ssm": "describe_parameters",
    "stepfunctions": "list_state_machines",
}
_ONE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("budgets", "describe_budgets", {"AccountId": ACCOUNT}),
    ("cloudformation", "describe_stack_events", {"StackName": "kept"}),
    ("cloudformation", "list_stack_resources", {"StackName": "kept"}),
    ("cloudformation", "describe_change_set", {"StackName": "planned", "ChangeSetName": "first"}),
    ("codebuild", "batch_get_projects", {"names": ["kept"]}),
    ("events", "list_targets_by_rule", {"Rule": "kept"}),
    ("iam", "list_access_keys", {"UserName": "person"}),
    ("iam", "get_role_policy", {"RoleName": "all", "PolicyName": "any"}),
    ("iam", "list_attached_role_policies", {"RoleName": "all"}),
    ("iam", "list_policies", {"Scope": "Local"}),
    ("kms", "describe_key", {"KeyId": "alias/kept"}),
    ("logs", "get_log_events", {"logGroupName": "kept", "logStreamName": "s"}),
    ("s3", "list_object_versions", {"Bucket": BUCKET}),
    ("s3", "list_multipart_uploads", {"Bucket": BUCKET}),
    ("s3", "get_bucket_lifecycle_configuration", {"Bucket": BUCKET}),
    ("s3", "get_bucket_cors", {"Bucket": BUCKET}),
    ("sagemaker", "describe_trial_component", {"TrialComponentName": "kept"}),
    ("scheduler", "get_schedule", {"Name": "kept", "GroupName": "kept"}),
    ("ssm", "get_parameter_history", {"Name": "/kept"}),
    ("ssm", "list_tags_for_resource", {"ResourceType": "Parameter", "ResourceId": "/kept"}),
    ("stepfunctions", "describe_state_machine", {"stateMachineArn": MACHINE}),
    ("stepfunctions", "list_executions", {"stateMachineArn": MACHINE}),
    (
        "stepfunctions",
        "get_execution_history",
        {"executionArn": MACHINE.replace("stateMachine:", "execution:") + ":one"},
    ),
)


def listed(sandbox: Sandbox) -> dict[str, Any]:
    """What the listing calls of every service answer."""
    calls: list[tuple[str, str, dict[str, Any]]] = [
        (service, name, {}) for service, row in _LISTS.items() for name in row.split()
    ]
    return dict(_answer(sandbox, *call) for call in calls)


def described(sandbox: Sandbox) -> dict[str, Any]:
    """What the calls about everything that `fill` makes answer."""
    return {**listed(sandbox), **dict(_answer(sandbox, *call) for call in _ONE)}


def _answer(sandbox: Sandbox, service: str, name: str, given: dict[str, Any]) -> tuple[str, Any]:
    answer = getattr(sandbox.client(service), name)(**given)
    answer.pop("ResponseMetadata")
    # moto has the whole address in it, with the port.
    text = json.dumps(answer, default=str, sort_keys=True).replace(sandbox.url, "http://here")
    return f"{service} {name} {given}", json.loads(text)
