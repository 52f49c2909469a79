"""What a running environment has to keep is found in its templates, with the steps to a change."""

from collections.abc import Mapping
from typing import Any

import pytest

from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.plan.kept_settings import KeptSetting, kept_settings

STAGE = "kiban-dev"
SUBNETS = {"One": {"Type": "AWS::EC2::Subnet"}, "Two": {"Type": "AWS::EC2::Subnet"}}
Template = dict[str, Any]


def environment(*, is_protected: bool = False, **templates: Template) -> Assembly:
    """An environment of these stacks; `Inference_churn` is `Inference-churn`."""
    stacks = [
        SynthesisedStack(
            f"{STAGE}-{label}", label, is_protected, (), {"Resources": {}, **template}, (), {}
        )
        for label, template in ((key.replace("_", "-"), one) for key, one in templates.items())
    ]
    return Assembly(STAGE, "dev", "us-east-1", "", tuple(stacks))


def notebook(**properties: Any) -> Template:
    kept = {"VolumeSizeInGB": 20, "PlatformIdentifier": "notebook-al2023-v1"} | properties
    resource = {"Type": "AWS::SageMaker::NotebookInstance", "Properties": kept}
    return {"Resources": {"Notebook": resource}}


def network(subnets: Mapping[str, Any], cidr: str = "10.40.0.0/16") -> Template:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}}
    outputs = {
        name: {"Value": {"Ref": name}, "Export": {"Name": f"{STAGE}-Network:{name}"}}
        for name in subnets
    }
    return {"Resources": {"Vpc": vpc, **subnets}, "Outputs": outputs}


def using(*subnets: str) -> Template:
    values = [{"Fn::ImportValue": f"{STAGE}-Network:{name}"} for name in subnets]
    model = {"Type": "AWS::SageMaker::Model", "Properties": {"VpcConfig": {"Subnets": values}}}
    return {"Resources": {"Model": model}}


def only(found: list[KeptSetting]) -> KeptSetting:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("output", "setting"),
    [
        ("KeyArn", "existing.key_arn"),
        ("DataBucketName", "existing.data_bucket"),
        ("ArtifactsBucketName", "existing.artifacts_bucket"),
        ("RepositoryName", "existing.repository"),
    ],
)
def test_what_holds_data_of_live_models_is_kept(output: str, setting: str) -> None:
    own = environment(Storage={"Outputs": {output: {"Value": {"Ref": "Own"}}}})
    theirs = environment(Storage={"Outputs": {output: {"Value": "theirs"}}})

    for found in (kept_settings(own, theirs), kept_settings(theirs, own)):
        assert only(found).setting == setting
        assert f"put {setting} back in config/dev.toml" in only(found).steps
        assert "./kiban env new NAME --from dev" in " ".join(only(found).steps)
    assert kept_settings(own, own) == []


def test_a_network_keeps_its_addresses() -> None:
    before = environment(Network=network(SUBNETS))

    found = only(kept_settings(before, environment(Network=network(SUBNETS, "10.50.0.0/16"))))

    assert found.setting == "network.cidr"
    assert found.steps[-1] == "./kiban destroy --env dev"


@pytest.mark.parametrize("changed", ["SubnetId", "SecurityGroupIds", "DirectInternetAccess"])
def test_a_notebook_moves_to_another_network_by_steps(changed: str) -> None:
    before = environment(Workbench=notebook())

    found = only(kept_settings(before, environment(Workbench=notebook(**{changed: "other"}))))

    assert found.setting == "network"
    assert "aws cloudformation delete-stack --stack-name kiban-dev-Workbench" in found.steps
    assert "update-termination-protection" not in " ".join(found.steps)
    assert found.steps[-1] == "./kiban deploy --env dev"


def test_a_notebook_of_another_stack_is_deleted_with_that_stack() -> None:
    before = environment(Research=notebook())

    for change in ({"SubnetId": "other"}, {"VolumeSizeInGB": 10}):
        found = only(kept_settings(before, environment(Research=notebook(**change))))

        assert "aws cloudformation delete-stack --stack-name kiban-dev-Research" in found.steps


def test_protection_is_lifted_first_and_a_network_without_use_deleted_last() -> None:
    inside = notebook(SubnetId={"Fn::ImportValue": f"{STAGE}-Network:One"})
    before = environment(is_protected=True, Network=network(SUBNETS), Workbench=inside)

    found = only(kept_settings(before, environment(Workbench=notebook())))

    assert "--no-enable-termination-protection" in found.steps[1]
    assert found.steps[-1] == "./kiban deploy --prune --env dev"


def test_a_notebook_keeps_its_platform() -> None:
    before = environment(Workbench=notebook())
    after = environment(Workbench=notebook(PlatformIdentifier="notebook-al2023-v2"))

    found = only(kept_settings(before, after))

    assert found.setting == "workbench platform"
    assert "put notebook-al2023-v1 back in the template" in found.steps[0]
    assert found.steps[1].startswith("./kiban notebook upgrade --to notebook-al2023-v2 --env dev")
    assert "delete-stack" not in " ".join(found.steps)


def test_a_disk_grows_and_never_shrinks() -> None:
    small, large = (environment(Workbench=notebook(VolumeSizeInGB=size)) for size in (20, 40))

    assert kept_settings(small, large) == []
    assert only(kept_settings(large, small)).setting == "workbench.volume_gb"
    assert "it has 40 GB" in only(kept_settings(large, small)).why


def test_a_zone_goes_when_its_users_went_first() -> None:
    one = {"One": SUBNETS["One"]}
    both = network(SUBNETS)
    in_use = environment(Network=both, Inference_churn=using("One", "Two"))
    left = environment(Network=both, Inference_churn=using("One"))
    after = environment(Network=network(one), Inference_churn=using("One"))

    found = only(kept_settings(in_use, after))

    assert found.setting == "network.availability_zones"
    assert "cdk deploy 'kiban-dev/Inference-churn' --exclusively" in found.steps[0]
    assert kept_settings(left, after) == []


def test_a_network_that_goes_with_its_stack_is_no_zone_less() -> None:
    before = environment(Network=network(SUBNETS), Inference_churn=using("One", "Two"))

    assert kept_settings(before, environment(Inference_churn=using())) == []


def build(**properties: Any) -> Template:
    resource = {"Type": "AWS::CodeBuild::Project", "Properties": properties}
    return {"Resources": {"ImageBuild": resource}}


def test_a_build_leaves_the_network_before_the_networks_id_is_no_longer_exported() -> None:
    vpc = {"VpcConfig": {"VpcId": {"Fn::ImportValue": f"{STAGE}-Network:Vpc"}}}
    plain, told = network({}), network({})
    export = {"Value": {"Ref": "Vpc"}, "Export": {"Name": f"{STAGE}-Network:Vpc"}}
    told["Outputs"] = {"Vpc": export}
    inside = environment(Network=told, Registry=build(**vpc))

    found = only(kept_settings(inside, environment(Network=plain, Registry=build())))

    assert found.setting == "network.builds_inside"
    assert found.steps == (
        "npx cdk deploy 'kiban-dev/Registry' --exclusively -c env=dev",
        "./kiban deploy --env dev",
    )
    assert kept_settings(inside, inside) == []
    assert kept_settings(environment(Network=plain, Registry=build()), inside) == []
    # Where the export stays, or the network goes with its stack, nothing is in the way.
    assert kept_settings(inside, environment(Network=told, Registry=build())) == []
    assert kept_settings(inside, environment(Registry=build())) == []


def test_a_build_leaves_an_existing_network_at_once() -> None:
    inside = environment(Registry=build(VpcConfig={"VpcId": "vpc-11111111"}))

    assert kept_settings(inside, environment(Registry=build())) == []


def test_a_disk_that_a_template_leaves_out_has_the_size_that_aws_gives() -> None:
    larger, unnamed = notebook(VolumeSizeInGB=6), notebook()
    del unnamed["Resources"]["Notebook"]["Properties"]["VolumeSizeInGB"]

    found = only(kept_settings(environment(Workbench=larger), environment(Workbench=unnamed)))

    assert found.setting == "workbench.volume_gb"
    assert "it has 6 GB" in found.why
