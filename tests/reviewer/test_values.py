"""Values in words, meters in units and networks in a sheet, by examples written by hand."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.finding import Finding
from reviewer.changes.resource_diff import Revision, diff_resources
from reviewer.changes.revision_diff import compare
from reviewer.encryption import encrypted_with
from reviewer.jobs import jobs
from reviewer.markdown import counted, listed
from reviewer.pricing.prices import PriceList
from reviewer.pricing.usage import usages
from reviewer.resolver import Resolver
from reviewer.sheets.network import network
from tests.reviewer.handmade import environment, one, stack
from tests.reviewer.test_cost import prices

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}
HERE, THERE = "us-east-1", "eu-west-1"
TOPIC, ENDPOINT = "AWS::SNS::Topic", "AWS::SageMaker::EndpointConfig"


def text(value: Any, **outputs: Any) -> str:
    """A value of a stack with a role, beside a stack with these outputs."""
    other = stack({"Data": {"Type": "AWS::S3::Bucket"}}, "Other")
    other.template["Outputs"] = outputs
    return Resolver(environment(stack({"Role": ROLE}), other)).text("Storage", value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Role"}, "{Storage/Role}"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "{Storage/Role}"),
        ({"Fn::GetAtt": ["Role", "RoleId"]}, "{Storage/Role.RoleId}"),
        ({"Ref": "Unknown"}, "{Unknown}"),
        ({"Ref": "AWS::AccountId"}, "{account}"),
        ({"Ref": "AWS::Region"}, "{region}"),
        ({"Ref": "AWS::Partition"}, "{partition}"),
        ({"Ref": "AWS::URLSuffix"}, "{suffix}"),
        ({"Ref": "AWS::StackName"}, "{stack}"),
        ({"Ref": "AWS::StackId"}, "{stack}"),
        ({"Ref": "AWS::NoValue"}, ""),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        ({"b": 1, "a": "x"}, "{'a': 'x', 'b': 1}"),
        (f"cdk-{'0' * 64}.zip", "cdk-{asset}.zip"),
        ("arn:aws:s3:::data/x", "s3:data/x"),
        (f"arn:aws:sns:{HERE}::t", "sns:t"),
        (f"arn:aws:sns:{THERE}::t", f"arn:aws:sns:{THERE}::t"),
        ("arn:aws:sns:us-east-1:444455556666:t", "arn:aws:sns:us-east-1:444455556666:t"),
        ("arn:{partition}:sns:{region}:{account}:t", "sns:t"),
        ({"Fn::Select": ["1", {"Fn::GetAZs": ""}]}, "zone 2"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}, "b"),
        ({"Fn::Select": [9, {"Fn::Split": ["/", "a/b"]}]}, "a/b"),
        ({"Fn::Select": [0, ["a"]]}, "{'Fn::Select': [0, ['a']]}"),
        ({"Fn::Select": [1, {"Fn::Split": [":", {"Ref": "Role"}]}]}, "{partition}"),
        ({"Fn::Select": [3, {"Fn::Split": [":", {"Ref": "Role"}]}]}, "{region}"),
        ({"Fn::Select": [4, {"Fn::Split": [":", {"Ref": "Role"}]}]}, "{account}"),
        ({"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Role"}]}]}, "{Storage/Role}"),
        ({"Fn::Select": [1, {"Fn::Split": [":", "a:b"]}]}, "b"),
        ({"Fn::ImportValue": "Nobody"}, "{'Fn::ImportValue': 'Nobody'}"),
    ],
)
def test_a_value_in_one_line(value: Any, expected: str) -> None:
    assert text(value) == expected


@pytest.mark.parametrize(
    "attribute", ["Arn", "Name", "GroupId", "EndpointName", "EndpointConfigName", "ModelName"]
)
def test_an_attribute_that_says_no_more_than_its_resource_is_left_out(attribute: str) -> None:
    assert text({"Fn::GetAtt": ["Role", attribute]}) == "{Storage/Role}"


def test_an_import_is_what_the_other_stack_exports() -> None:
    exported = {"Value": {"Ref": "Data"}, "Export": {"Name": "kiban:Data"}}

    assert text({"Fn::ImportValue": "kiban:Data"}, Out=exported) == "{Other/Data}"
    nameless = {"Value": {"Ref": "Data"}, "Export": {"Name": {"Ref": "AWS::StackName"}}}
    assert "ImportValue" in text({"Fn::ImportValue": "kiban:Data"}, Out=nameless)


def test_an_account_that_is_written_out_is_masked() -> None:
    known = Assembly("kiban-x", "x", HERE, "111122223333", (stack({}),))

    assert Resolver(known).text("Storage", "a-111122223333-b") == "a-{account}-b"


def test_a_text_that_holds_json_is_opened_and_one_that_looks_so_is_not() -> None:
    resolver = Resolver(one(TOPIC, {}))

    assert resolver.tree("Storage", {"A": ['{"B": 1}']}) == {"A": [{"B": 1}]}
    assert resolver.tree("Storage", '{"B": ') == '{"B": '
    assert resolver.tree("Storage", "{Storage/It}") == "{Storage/It}"
    assert resolver.tree("Storage", 'say {"B": 1}') == 'say {"B": 1}'
    assert [resolver.tree("Storage", text) for text in ('"a"', "{}")] == ['"a"', "{}"]


@pytest.mark.parametrize("key", ["Id", "Key", "Sid", "Name", "VariantName", "AlarmName"])
def test_items_with_a_name_are_compared_by_it_and_their_order_beside(key: str) -> None:
    items = [{key: "a", "V": 1}, {key: "b", "V": 2}]
    before, after, more = ({"List": each} for each in (items, items[::-1], [items[0]]))

    def changed(new: dict[str, Any]) -> set[str]:
        sides = (Revision(one(TOPIC, each)) for each in (before, new))
        (diff,) = diff_resources(*sides)
        return set(diff.changed)

    assert changed(after) == {"List/@order"}
    assert changed(more) == {f"List/b/{key}", "List/b/V"}


def test_an_image_of_another_content_is_no_change() -> None:
    def changed(old: Any, new: Any) -> bool:
        sides = (Revision(one(TOPIC, {"Image": each})) for each in (old, new))
        (diff,) = diff_resources(*sides)
        return bool(diff.changed)

    assert not changed("r:0123456789abcdef", "r:fedcba9876543210")
    assert not changed(30, "30")
    assert not changed("true", True)
    assert changed(30, "31")
    assert changed("True", True)
    assert changed("false", True)
    assert changed("r:0123456789abcdef", "q:0123456789abcdef")
    assert changed([], ["a"])
    assert changed({}, {"a": 1})


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [(1, "day", "1 day"), (2, "day", "2 days"), (2, "policy", "2 policies"), (0, "day", "0 days")],
)
def test_a_number_of_things(number: int, noun: str, expected: str) -> None:
    assert counted(number, noun) == expected


def test_things_in_a_row() -> None:
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def meters(kind: str, properties: dict[str, Any], *others: Any) -> list[tuple[str, float, float]]:
    assembly = environment(*one(kind, properties).stacks, *others)
    return [(use.meter, use.idle, use.most) for use in usages(assembly, Resolver(assembly))]


def variants(**more: Any) -> dict[str, Any]:
    return {"ProductionVariants": [{"InstanceType": "ml.m5.large", **more}]}


def test_an_endpoint_runs_all_month_between_its_bounds() -> None:
    name = "sagemaker-hosting:ml.m5.large"
    target = {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {"MinCapacity": 2, "MaxCapacity": 5},
    }
    scaled = environment(
        stack({"It": {"Type": ENDPOINT, "Properties": variants()}, "Target": target})
    )

    assert meters(ENDPOINT, variants()) == [(name, 730, 730)]
    assert meters(ENDPOINT, variants(InitialInstanceCount=3)) == [(name, 2190, 2190)]
    found = usages(scaled, Resolver(scaled))
    assert [(use.meter, use.idle, use.most) for use in found] == [(name, 1460, 3650)]
    elsewhere = stack({"Target": target}, "Other")
    assert meters(ENDPOINT, variants(), elsewhere) == [(name, 730, 730)]


def test_an_endpoint_without_machines_is_billed_by_use() -> None:
    serverless = {"ServerlessConfig": {"MemorySizeInMB": 2048}}

    assert meters(ENDPOINT, variants(**serverless)) == [("sagemaker-serverless:2048", 0, 0)]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, []),
        ({"VpcEndpointType": "Gateway"}, []),
        ({"VpcEndpointType": "Interface"}, [730.0, 0]),
        ({"VpcEndpointType": "Interface", "SubnetIds": ["a", "b", "c"]}, [2190.0, 0]),
    ],
)
def test_an_endpoint_of_a_network_is_paid_in_each_zone(
    properties: dict[str, Any], expected: list[float]
) -> None:
    assert [idle for _, idle, _ in meters("AWS::EC2::VPCEndpoint", properties)] == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, ("cloudwatch-alarm", 1, 1)),
        ({"Period": 60}, ("cloudwatch-alarm", 1, 1)),
        ({"Period": 10}, ("cloudwatch-alarm-high-resolution", 1, 1)),
        (
            {"Metrics": [{"MetricStat": {}}, {"MetricStat": {}}, {"Expression": "a"}]},
            ("cloudwatch-alarm", 2, 2),
        ),
    ],
)
def test_an_alarm_is_paid_by_the_metrics_it_reads(
    properties: dict[str, Any], expected: tuple[str, float, float]
) -> None:
    assert meters("AWS::CloudWatch::Alarm", properties) == [expected]


def test_a_notebook_pays_for_its_disk_while_it_is_off() -> None:
    kind, given = "AWS::SageMaker::NotebookInstance", {"InstanceType": "ml.t3.medium"}
    hours = ("sagemaker-notebook:ml.t3.medium", 0, 730)

    assert meters(kind, given) == [hours, ("sagemaker-notebook-volume", 5, 5)]
    assert meters(kind, {**given, "VolumeSizeInGB": 20})[1] == ("sagemaker-notebook-volume", 20, 20)


def cost(old: Any, new: Any, known: PriceList, kind: str = ENDPOINT) -> list[Finding]:
    found = compare(one(kind, old), one(kind, new), known).findings
    return [item for item in found if item.rule.startswith(("cost-", "machine-"))]


LARGE = prices(**{"sagemaker-hosting:ml.m5.large": "1"})
NONE = prices()


def test_what_is_added_raised_lowered_and_gone_has_a_name_each() -> None:
    few, many = variants(InitialInstanceCount=1), variants(InitialInstanceCount=2)

    def told(old: Any, new: Any) -> list[tuple[str, bool]]:
        return [(item.rule, item.needs_person) for item in cost(old, new, LARGE)]

    over = ("cost-over-bound", True)
    assert told(None, few) == [over, ("cost-added", False)]
    assert told(few, many) == [over, ("cost-raised", False)]
    assert told(many, few) == [("cost-lowered", False)]
    assert told(few, None) == [("cost-lowered", False)]
    assert told(few, {**few, "Tags": []}) == []


def test_money_has_a_sign_and_no_price_is_no_money() -> None:
    few, many = variants(InitialInstanceCount=1), variants(InitialInstanceCount=2)

    assert "+USD 730.00 a month at most" in cost(few, many, LARGE)[1].said
    assert "-USD 730.00 a month at most" in cost(many, few, LARGE)[0].said
    assert "unpriced" in cost(few, many, NONE)[0].said
    assert cost(few, many, LARGE)[1].before == "730 hours"


def test_what_is_billed_by_use_alone_asks_when_it_is_added_and_has_no_price() -> None:
    serverless = variants(ServerlessConfig={"MemorySizeInMB": 2048})

    (added,) = cost(None, serverless, NONE)
    assert (added.rule, added.needs_person) == ("cost-added", True)
    assert added.after == "each second of use"
    assert cost(serverless, None, NONE) == []


@pytest.mark.parametrize(
    ("new", "asks"), [("ml.m5.large", False), ("ml.m5.4xlarge", True), ("ml.p3.2xlarge", True)]
)
def test_another_machine_asks_unless_it_is_known_to_be_no_dearer(new: str, asks: bool) -> None:
    known = prices(
        **{
            f"sagemaker-hosting:ml.m5.{size}": usd
            for size, usd in (("xlarge", "2"), ("large", "1"))
        }
        | {"sagemaker-hosting:ml.m5.4xlarge": "8", "sagemaker-hosting:ml.m5a.xlarge": "2"}
    )

    found = cost(variants(InstanceType="ml.m5.xlarge"), variants(InstanceType=new), known)
    assert "machine-changed" in [item.rule for item in found]
    assert any(item.needs_person for item in found) is asks
    same = cost(
        variants(InstanceType="ml.m5.xlarge"), variants(InstanceType="ml.m5a.xlarge"), known
    )
    assert [item.needs_person for item in same] == [False]


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        ("AWS::CloudWatch::Alarm", {}),
        ("AWS::CloudWatch::Dashboard", {}),
        ("AWS::KMS::Key", {"KeyPolicy": {"Statement": []}}),
    ],
)
def test_cents_are_listed_and_ask_nobody_beside_what_costs_hundreds(
    kind: str, new: dict[str, Any]
) -> None:
    hundreds = {"Big": {"Type": ENDPOINT, "Properties": variants()}}
    cents = {"It": {"Type": kind, "Properties": new}}
    paid = {meter: "0.30" for meter, _, _ in meters(kind, new)}
    known = prices(**paid | {"sagemaker-hosting:ml.m5.large": "1"})

    def found(before: dict[str, Any]) -> list[Finding]:
        sides = environment(stack(before)), environment(stack({**before, **cents}))
        return [item for item in compare(*sides, known).findings if item.area == "cost"]

    assert found(hundreds)
    assert not any(item.needs_person for item in found(hundreds))
    assert any(item.needs_person for item in found({}))


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("AWS::KMS::Key", {"EnableKeyRotation": True}, "is the key, rotated yearly"),
        ("AWS::KMS::Key", {"EnableKeyRotation": False}, "is the key, **not rotated**"),
        ("AWS::KMS::Key", {}, "is the key, **not rotated**"),
        ("AWS::SQS::Queue", {"KmsMasterKeyId": "k"}, "k"),
        ("AWS::SQS::Queue", {}, "AWS's own key"),
        ("AWS::ECR::Repository", {"EncryptionConfiguration": {"KmsKey": "k"}}, "k"),
        ("AWS::ECR::Repository", {"EncryptionConfiguration": "odd"}, "AWS's own key"),
        ("AWS::IAM::User", {}, ""),
        ("AWS::S3::Bucket", {}, "AWS's own key"),
    ],
)
def test_the_key_of_a_resource_in_words(
    kind: str, properties: dict[str, Any], expected: str
) -> None:
    assembly = one(kind, properties)
    (item,) = assembly.resources()

    assert encrypted_with(item, Resolver(assembly)) == expected


def test_jobs_are_found_inside_of_maps_and_branches() -> None:
    def task(kind: str, **arguments: Any) -> dict[str, Any]:
        resource = f"arn:aws:states:::sagemaker:{kind}.sync"
        return {"Type": "Task", "Resource": resource, "Arguments": arguments}

    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 5}
    states = {
        "Train": task(
            "createTrainingJob", ResourceConfig=cluster, EnableNetworkIsolation=True, VpcConfig={}
        ),
        "Both": {"Type": "Parallel", "Branches": [{"States": {"Other": task("createModel")}}]},
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "States": {
                    "Process": task(
                        "createProcessingJob",
                        ProcessingResources={"ClusterConfig": cluster},
                        NetworkConfig={"EnableNetworkIsolation": False},
                    )
                }
            },
        },
        "Later": task("createTrainingJob", ResourceConfig="{% chosen %}"),
    }
    assembly = one("AWS::StepFunctions::StateMachine", {"DefinitionString": {"States": states}})
    (machine,) = assembly.resources()

    found = {job.state: job for job in jobs(machine, Resolver(assembly))}
    assert [*found] == ["Train", "Process", "Later"]
    assert (found["Train"].kind, found["Train"].count, found["Train"].volume_gb) == (
        "training",
        "2",
        "5",
    )
    assert (found["Train"].is_isolated, found["Train"].is_in_vpc) == (True, True)
    assert (found["Process"].kind, found["Process"].instance_type) == ("processing", "ml.m5.large")
    assert (found["Process"].is_isolated, found["Process"].is_in_vpc) == (False, False)
    assert (found["Later"].instance_type, found["Later"].count) == ("chosen at run time", "1")


def sheet(**resources: dict[str, Any]) -> str:
    assembly = environment(stack(resources))
    return network(assembly, Resolver(assembly))


def typed(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


VPC = typed("AWS::EC2::VPC", CidrBlock="10.0.0.0/16")


def test_a_sheet_says_in_its_first_line_whether_a_way_leads_out() -> None:
    way = typed("AWS::EC2::InternetGateway")

    assert "No network of its own" in sheet()
    assert "1 network without any route to or from the internet." in sheet(Vpc=VPC)
    assert "1 network with 1 way to the internet." in sheet(Vpc=VPC, Way=way)


@pytest.mark.parametrize(
    ("kind", "properties", "row"),
    [
        ("SageMaker::Model", {}, "| managed by AWS | out only |"),
        ("SageMaker::Model", {"VpcConfig": {}}, "| ours | none |"),
        (
            "SageMaker::Model",
            {"EnableNetworkIsolation": True},
            "| managed by AWS | none: isolated |",
        ),
        ("SageMaker::NotebookInstance", {}, "| managed by AWS | **direct** |"),
        (
            "SageMaker::NotebookInstance",
            {"SubnetId": "s", "DirectInternetAccess": "Disabled"},
            "| ours | none |",
        ),
        ("CodeBuild::Project", {"VpcConfig": {}}, "| ours |"),
        ("CodeBuild::Project", {}, "| managed by AWS |"),
    ],
)
def test_a_sheet_says_who_runs_where(kind: str, properties: dict[str, Any], row: str) -> None:
    assert row in sheet(It=typed(f"AWS::{kind}", **properties), Vpc=VPC)


@pytest.mark.parametrize(
    ("more", "reach"),
    [
        ({}, "as that network allows, which is not in these templates"),
        ({"Vpc": VPC}, "none"),
        ({"Vpc": VPC, "Way": typed("AWS::EC2::InternetGateway")}, "**as its routes say**"),
        ({"Vpc": VPC, "Way": typed("AWS::EC2::VPCPeeringConnection")}, "**as its routes say**"),
        (
            {"Vpc": VPC, "Way": typed("AWS::EC2::Route", DestinationPrefixListId="pl-1")},
            "**as its routes say**",
        ),
    ],
)
@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("SageMaker::Model", {"VpcConfig": {}}),
        ("SageMaker::NotebookInstance", {"SubnetId": "s", "DirectInternetAccess": "Disabled"}),
        ("CodeBuild::Project", {"VpcConfig": {}}),
    ],
)
def test_what_lies_in_a_network_reaches_what_is_proved_of_the_network(
    kind: str, properties: dict[str, Any], more: dict[str, Any], reach: str
) -> None:
    assert f"| ours | {reach} |" in sheet(It=typed(f"AWS::{kind}", **properties), **more)


def test_a_sheet_says_who_may_use_an_endpoint_and_which_addresses_are_public() -> None:
    def shown(*statements: dict[str, Any]) -> str:
        policy = {"PolicyDocument": {"Statement": [*statements]}} if statements else {}
        endpoint = typed(
            "AWS::EC2::VPCEndpoint", ServiceName="com.amazonaws.us-east-1.s3", **policy
        )
        public = typed("AWS::EC2::Subnet", CidrBlock="10.0.1.0/24", MapPublicIpOnLaunch=True)
        return sheet(Vpc=VPC, Way=endpoint, Subnet=public)

    assert "| `s3` | gateway | **everybody inside, for everything** |" in shown()
    narrow, wide = {"Sid": "Own", "Resource": "b"}, {"Sid": "All", "Resource": "*"}
    assert "| gateway | Own |" in shown(narrow)
    assert "| gateway | **everybody**: Own, All |" in shown(narrow, wide)
    assert "| gateway | All |" in shown({**wide, "Condition": {"Bool": {}}})
    assert "| `10.0.1.0/24` | **given** |" in shown()
