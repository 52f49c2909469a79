"""The model registry: versions per group, approval, metadata, and events on change."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse

from sandbox.ecr import images
from sandbox.eventbridge import events
from sandbox.iam import role_check
from sandbox.iam.resource_policies import PACKAGE_GROUPS
from sandbox.state.stores import Document, Place

_CHANGE = "SageMaker Model Package State Change"
_CREATING = threading.Lock()
_HIGHEST: dict[tuple[Place, str], int] = {}
_TOKENS: dict[tuple[Place, str], str] = {}


def package_reader(place: Place) -> Callable[[str], Document]:
    """Return what describes a package to `place`: its own, or one that another account shares."""

    def read(name: str) -> Document:
        owner = name.split(":")[4] if name.startswith("arn:") else place.account
        if owner != place.account:
            _require_shared(place.account, "sagemaker:DescribeModelPackage", name)
        package = sagemaker_backends[owner][place.region].describe_model_package(name)
        document: Document = package.gen_response_object()
        return document

    return read


def _require_shared(account: str, action: str, named: str) -> None:
    denied = role_check.account_refusal(account, action, named)
    if denied is not None:
        raise JsonRESTError("AccessDeniedException", denied)


class Response(SageMakerResponse):
    """Operations on model packages, and what the other operations need."""

    @property
    def request_document(self) -> Document:
        """The request as it came."""
        document: Document = json.loads(self.body or "{}")
        return document

    @property
    def place(self) -> Place:
        """The account and region of the request."""
        return Place(self.current_account, self.region)

    @property
    def sagemaker_backend(self) -> Any:
        """What the request reads: the registry of its account, or of another that shares it."""
        named = str(
            self.request_document.get("ModelPackageName")
            or self.request_document.get("ModelPackageGroupName")
            or ""
        )
        owner = named.split(":")[4] if named.startswith("arn:") else self.current_account
        if owner != self.current_account:
            self._need(named)
        return sagemaker_backends[owner][self.region]

    def _need(self, named: str) -> None:
        """Refuse as AWS does unless the group's policy admits the account of the request."""
        _require_shared(self.current_account, f"sagemaker:{self._get_action()}", named)

    def describe_package(self, name: str) -> Document:
        """Return what DescribeModelPackage returns; raises ValidationError for an unknown name."""
        package = self.sagemaker_backend.describe_model_package(model_package_name=name)
        document: Document = package.gen_response_object()
        return document

    def describe_model_package(self) -> ActionResult:
        document = self.describe_package(self.request_document["ModelPackageName"])
        specification = document.get("InferenceSpecification") or {}
        for container in specification.get("Containers") or []:
            digest = images.digest_uri(str(container.get("Image"))).partition("@")[2]
            if digest:
                container.setdefault("ImageDigest", digest)
        return ActionResult(document)

    def describe_model_package_group(self) -> ActionResult:
        name = self.request_document["ModelPackageGroupName"].rpartition("/")[2]
        found = self.sagemaker_backend.describe_model_package_group(model_package_group_name=name)
        return ActionResult(found.gen_response_object())

    def put_model_package_group_policy(self) -> ActionResult:
        request = self.request_document
        name = request["ModelPackageGroupName"].rpartition("/")[2]
        if name not in _backend(self.place).model_package_groups:
            raise ValidationError(message=f"Model Package Group {name} does not exist.")
        PACKAGE_GROUPS[*self.place, name] = request["ResourcePolicy"]
        group = self.place.arn("model-package-group", name)
        return ActionResult({"ModelPackageGroupArn": group})

    def get_model_package_group_policy(self) -> ActionResult:
        name = self.request_document["ModelPackageGroupName"].rpartition("/")[2]
        policy = PACKAGE_GROUPS.get((*self.place, name))
        if policy is None:
            raise ValidationError(message=f"Cannot find resource policy for {name}.")
        return ActionResult({"ResourcePolicy": policy})

    def delete_model_package_group_policy(self) -> ActionResult:
        name = self.request_document["ModelPackageGroupName"].rpartition("/")[2]
        PACKAGE_GROUPS.pop((*self.place, name), None)
        return EmptyResult()

    def create_model_package(self) -> ActionResult:
        group = str(self.request_document.get("ModelPackageGroupName") or "")
        token = self.request_document.get("ClientToken")
        with _CREATING:
            known = _TOKENS.get((self.place, str(token)))
            if token and known in _backend(self.place).model_packages:
                return ActionResult({"ModelPackageArn": known})
            before = dict(_backend(self.place).model_packages)
            arn = super().create_model_package().result["ModelPackageArn"]
            package = _backend(self.place).model_packages[arn]
            if group:
                self._number(package, before)
            _TOKENS[self.place, str(token)] = package.arn
        if group and package.model_approval_status is None:
            package.model_approval_status = "PendingManualApproval"
        self._announce(package.arn)
        return ActionResult({"ModelPackageArn": package.arn})

    def _number(self, package: Any, before: dict[str, Any]) -> None:
        """Give `package` a version that no other ever had; moto counts what is there."""
        backend, name = _backend(self.place), package.model_package_group_name
        highest = _HIGHEST.get((self.place, name), 0)
        if highest >= package.model_package_version:
            taken = package.arn
            package.model_package_version = highest + 1
            package.arn = f"{taken.rpartition('/')[0]}/{highest + 1}"
            del backend.model_packages[taken]
            if taken in before:
                backend.model_packages[taken] = before[taken]
            backend.model_packages[package.arn] = package
            backend.model_package_name_mapping[package.arn] = package.arn
        _HIGHEST[self.place, name] = package.model_package_version

    def update_model_package(self) -> ActionResult:
        request = self.request_document
        backend = _backend(self.place)
        package = backend.describe_model_package(model_package_name=request["ModelPackageArn"])
        if "ModelApprovalStatus" in request:
            package.set_model_approval_status(request["ModelApprovalStatus"])
        if "ApprovalDescription" in request:
            package.approval_description = request["ApprovalDescription"]
        metadata = dict(package.customer_metadata_properties or {})
        metadata |= request.get("CustomerMetadataProperties") or {}
        for key in request.get("CustomerMetadataPropertiesToRemove") or []:
            metadata.pop(key, None)
        package.customer_metadata_properties = metadata
        package.modifications_done()
        self._announce(package.arn)
        return ActionResult({"ModelPackageArn": package.arn})

    def delete_model_package(self) -> ActionResult:
        backend = _backend(self.place)
        name = self.request_document["ModelPackageName"]
        package = backend.describe_model_package(model_package_name=name)
        del backend.model_packages[package.arn]
        return EmptyResult()

    def delete_model_package_group(self) -> ActionResult:
        backend = _backend(self.place)
        name = self.request_document["ModelPackageGroupName"].rpartition("/")[2]
        if name not in backend.model_package_groups:
            raise ValidationError(message=f"Model Package Group {name} does not exist.")
        held = [p for p in backend.model_packages.values() if p.model_package_group_name == name]
        if held:
            raise ValidationError(
                message=f"Model Package Group cannot be deleted as it still contains {len(held)} "
                "Model Packages"
            )
        del backend.model_package_groups[name]
        return EmptyResult()

    def _announce(self, arn: str) -> None:
        detail = self.describe_package(arn)
        events.put(self.place, events.Event("aws.sagemaker", _CHANGE, detail, [arn]))


def _backend(place: Place) -> Any:
    return sagemaker_backends[place.account][place.region]


def reset() -> None:
    """Start numbering again."""
    _HIGHEST.clear()
    _TOKENS.clear()
    PACKAGE_GROUPS.clear()
