"""Versions of a model: once for each token, waiting for approval, read by others who may."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.sagemaker.responses import SageMakerResponse

from sandbox.eventbridge import events
from sandbox.iam.resource_policies import PACKAGE_GROUPS
from sandbox.sagemaker import model_packages
from sandbox.state.stores import Place

HERE, OTHER = Place("123456789012", "us-east-1"), Place("111122223333", "us-east-1")
GROUP = "arn:aws:sagemaker:us-east-1:111122223333:model-package-group/churn"


class Package(SimpleNamespace):
    """A model package as moto keeps it."""

    def set_model_approval_status(self, status: str) -> None:
        self.model_approval_status = status

    def modifications_done(self) -> None:
        self.modified = True

    def gen_response_object(self) -> dict[str, Any]:
        return {"Arn": self.arn, "Status": self.model_approval_status}


class Registry:
    """moto's registry of one account."""

    def __init__(self) -> None:
        self.model_packages: dict[str, Package] = {}
        self.model_package_name_mapping: dict[str, str] = {}

    def describe_model_package(self, model_package_name: str) -> Package:
        return self.model_packages[model_package_name]


class Asked(model_packages.Response):
    """A request with these parameters, of one account."""

    current_account, region = HERE.account, HERE.region

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    @property
    def request_document(self) -> dict[str, Any]:
        return self.parameters

    def _get_action(self) -> str:
        return "DescribeModelPackage"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    found, others = Registry(), Registry()
    told: list[Any] = []

    def create(self: Any) -> ActionResult:
        number = len(found.model_packages) + 1
        group = self.request_document.get("ModelPackageGroupName")
        arn = f"arn:churn/{number}"
        found.model_packages[arn] = Package(
            arn=arn,
            model_package_group_name=group,
            model_package_version=number,
            model_approval_status=self.request_document.get("ModelApprovalStatus"),
            customer_metadata_properties=None,
            approval_description=None,
        )
        return ActionResult({"ModelPackageArn": arn})

    backends = {HERE.account: {HERE.region: found}, OTHER.account: {OTHER.region: others}}
    monkeypatch.setattr(model_packages, "sagemaker_backends", backends)
    for name in ("_HIGHEST", "_TOKENS"):
        monkeypatch.setattr(model_packages, name, {})
    monkeypatch.setattr(SageMakerResponse, "create_model_package", create)
    monkeypatch.setattr(events, "put", lambda place, event: told.append(event))
    return found


def created(**parameters: Any) -> str:
    arn: str = Asked(**parameters).create_model_package().result["ModelPackageArn"]
    return arn


def test_a_token_makes_one_version(registry: Registry) -> None:
    first = created(ModelPackageGroupName="churn", ClientToken="t")

    assert created(ModelPackageGroupName="churn", ClientToken="t") == first
    assert created(ModelPackageGroupName="churn", ClientToken="u") != first
    one, other = created(ModelPackageGroupName="churn"), created(ModelPackageGroupName="churn")
    assert one != other
    assert len(registry.model_packages) == 4
    del registry.model_packages[first]
    assert created(ModelPackageGroupName="churn", ClientToken="t") != first


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"ModelPackageGroupName": "churn"}, "PendingManualApproval"),
        ({"ModelPackageGroupName": "churn", "ModelApprovalStatus": "Approved"}, "Approved"),
        ({"ModelPackageName": "alone"}, None),
    ],
)
def test_a_version_of_a_group_waits_for_approval_unless_it_says_otherwise(
    given: dict[str, str], status: str | None, registry: Registry
) -> None:
    # One without a group is described by its name, which moto looks up.
    registry.model_packages["alone"] = Package(arn="alone", model_approval_status=None)

    arn = created(**given)

    assert registry.model_packages[arn].model_approval_status == status


def test_an_update_changes_what_it_names_and_nothing_else(registry: Registry) -> None:
    arn = created(ModelPackageGroupName="churn")
    (package,) = registry.model_packages.values()

    def update(**given: Any) -> None:
        Asked(ModelPackageArn=arn, **given).update_model_package()

    update(ModelApprovalStatus="Approved", CustomerMetadataProperties={"a": "1", "b": "2"})
    update(ApprovalDescription="fine", CustomerMetadataPropertiesToRemove=["a", "none"])

    assert (package.model_approval_status, package.approval_description) == ("Approved", "fine")
    assert package.customer_metadata_properties == {"b": "2"}


def test_a_registry_of_another_account_is_read_by_whom_its_policy_admits(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Asked(ModelPackageGroupName="churn").sagemaker_backend is registry
    assert Asked().sagemaker_backend is registry
    other = Asked(ModelPackageGroupName=GROUP)
    words = "because no resource-based policy allows the sagemaker:DescribeModelPackage action"
    with pytest.raises(JsonRESTError, match=words):
        _ = other.sagemaker_backend
    for admitted in ("sagemaker:ListModelPackages", "sagemaker:Describe*"):
        root = {"AWS": f"arn:aws:iam::{HERE.account}:root"}
        statement = {"Effect": "Allow", "Principal": root, "Action": admitted}
        policy = json.dumps({"Statement": {**statement, "Resource": GROUP}})
        monkeypatch.setitem(PACKAGE_GROUPS, (*OTHER, "churn"), policy)
        if admitted.startswith("sagemaker:List"):
            with pytest.raises(JsonRESTError, match="is not authorized to perform: sagemaker:Desc"):
                _ = other.sagemaker_backend
    assert other.sagemaker_backend is not registry
