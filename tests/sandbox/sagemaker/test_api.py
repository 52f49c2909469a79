"""Tags and policies of SageMaker's resources, ours and those that are moto's."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.responses import SageMakerResponse

from sandbox.sagemaker import api, model_packages
from sandbox.sagemaker.hosting import MODELS, Stored
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
OURS = HERE.arn("model", "Churn")


class Asked(api.Response):
    """A request with these parameters."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    @property
    def request_document(self) -> dict[str, Any]:
        return self.parameters

    @property
    def place(self) -> Place:
        return HERE


@pytest.fixture(autouse=True)
def tags() -> Iterator[dict[str, str]]:
    """The tags of one model of ours."""
    api.reset()
    stored = Stored({}, OURS, {"k": "v"})
    MODELS.add(HERE, "other", lambda: Stored({}, HERE.arn("model", "other"), {"x": "y"}))
    MODELS.add(HERE, "churn", lambda: stored)
    yield stored.tags
    api.reset()


@pytest.mark.parametrize("arn", [OURS, OURS.replace("churn", "Churn")])
def test_tags_of_ours_are_listed_added_and_deleted(arn: str, tags: dict[str, str]) -> None:
    assert Asked(ResourceArn=arn).list_tags().result == {"Tags": [{"Key": "k", "Value": "v"}]}

    added = Asked(ResourceArn=arn, Tags=[{"Key": "l", "Value": "w"}]).add_tags().result
    assert added == {"Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]}

    Asked(ResourceArn=arn, TagKeys=["k", "none"]).delete_tags()
    assert tags == {"l": "w"}


@pytest.mark.parametrize("resource", ["Model", "Endpoint", "Pipeline", "PipelineExecution"])
def test_a_search_of_what_moto_does_not_have_is_refused(resource: str) -> None:
    with pytest.raises(NotImplementedError, match=f"sagemaker:Search of {resource}"):
        Asked(Resource=resource).search()


def test_a_search_of_versions_is_motos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SageMakerResponse, "search", lambda self: "moto")

    assert Asked(Resource="ModelPackage").search() == "moto"


@pytest.mark.parametrize("operation", ["list_tags", "add_tags", "delete_tags"])
def test_tags_of_other_resources_are_motos(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SageMakerResponse, operation, lambda self: "moto")

    assert getattr(Asked(ResourceArn=f"{OURS}x"), operation)() == "moto"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model registry with one group and two packages of it."""
    backend = SimpleNamespace(
        model_package_groups={"churn": 1, "empty": 2},
        model_packages={
            number: SimpleNamespace(model_package_group_name=name)
            for number, name in enumerate(("churn", "churn", "other"))
        },
    )
    monkeypatch.setattr(model_packages, "_backend", lambda place: backend)
    monkeypatch.setattr(model_packages, "PACKAGE_GROUPS", {})
    return backend


def test_a_policy_of_a_group_is_kept_until_it_is_deleted(registry: Any) -> None:
    group = {"ModelPackageGroupName": "arn:aws:sagemaker:::model-package-group/churn"}

    with pytest.raises(ValidationError, match="Cannot find resource policy for churn"):
        Asked(**group).get_model_package_group_policy()
    put = Asked(**group, ResourcePolicy="{}").put_model_package_group_policy().result
    assert put == {"ModelPackageGroupArn": HERE.arn("model-package-group", "churn")}
    found = Asked(ModelPackageGroupName="churn").get_model_package_group_policy().result
    assert found == {"ResourcePolicy": "{}"}
    Asked(**group).delete_model_package_group_policy()
    Asked(**group).delete_model_package_group_policy()
    with pytest.raises(ValidationError, match="Cannot find"):
        Asked(**group).get_model_package_group_policy()


def test_a_group_that_does_not_exist_has_no_policy_and_is_not_deleted(registry: Any) -> None:
    for operation in ("put_model_package_group_policy", "delete_model_package_group"):
        with pytest.raises(ValidationError, match="Model Package Group none does not exist"):
            getattr(Asked(ModelPackageGroupName="none", ResourcePolicy="{}"), operation)()


def test_a_group_is_deleted_when_it_is_empty(registry: Any) -> None:
    with pytest.raises(ValidationError, match="still contains 2 Model Packages"):
        Asked(ModelPackageGroupName="churn").delete_model_package_group()

    Asked(ModelPackageGroupName="arn:x/empty").delete_model_package_group()

    assert registry.model_package_groups == {"churn": 1}


def package(group: str, version: int) -> Any:
    arn = f"arn:{group}/{version}"
    return SimpleNamespace(model_package_group_name=group, model_package_version=version, arn=arn)


def test_a_version_never_gets_a_number_that_another_one_had(
    registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_packages, "_HIGHEST", {})
    registry.model_packages, registry.model_package_name_mapping = {}, {}

    def numbered(version: int, before: dict[str, Any]) -> Any:
        one = package("churn", version)
        registry.model_packages = {**before, one.arn: one}
        Asked()._number(one, before)
        return one

    first = numbered(1, {})
    assert (first.arn, first.model_package_version) == ("arn:churn/1", 1)
    # The first was deleted; moto counts from one again.
    second = numbered(1, {})
    assert (second.arn, registry.model_packages) == ("arn:churn/2", {"arn:churn/2": second})
    # moto gives the number of one that is still there.
    third = numbered(2, {second.arn: second})
    assert third.arn == "arn:churn/3"
    assert registry.model_packages == {"arn:churn/2": second, "arn:churn/3": third}
    assert registry.model_package_name_mapping["arn:churn/3"] == "arn:churn/3"
