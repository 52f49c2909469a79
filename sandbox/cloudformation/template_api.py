"""CloudFormation's wire protocol of templates and resource types, for which there is no stack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.cloudformation.exceptions import CloudFormationError
from moto.core.responses import ActionResult, BaseResponse

from cfn import registry_schemas
from cfn.catalogue import row
from sandbox.cloudformation import parameters
from sandbox.cloudformation.checks import caller_template
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.template import download

if TYPE_CHECKING:
    from cfn.template import Template


class TemplateOperations(BaseResponse):
    """The operations on a template or a type alone."""

    def validate_template(self) -> ActionResult:
        """ValidateTemplate."""
        return ActionResult(_summary(caller_template.read(self._template())))

    def describe_type(self) -> ActionResult:
        """DescribeType, of a resource type of AWS: what a client reads its schema from."""
        if self._get_param("Type") != "RESOURCE" or not self._get_param("TypeName"):
            raise TemplateError(
                "sandbox: DescribeType is emulated with Type RESOURCE and a TypeName only"
            )
        name = str(self._get_param("TypeName"))
        schema = registry_schemas.schema(name, self.region)
        if not schema:
            raise CloudFormationError(
                "TypeNotFoundException", f"The type '{name}' cannot be found."
            )
        described = {
            "Type": "RESOURCE",
            "TypeName": name,
            "Description": schema.get("description"),
            "Schema": json.dumps(schema),
            "Visibility": "PUBLIC",
        }
        return ActionResult(described)

    def _template(self) -> str:
        body, url = self._get_param("TemplateBody"), self._get_param("TemplateURL")
        if not body and not url:
            raise TemplateError("Either Template URL or Template Body must be specified.")
        return str(body) if body else download(str(url), self.current_account)


def summary(text: str) -> dict[str, Any]:
    """Return what GetTemplateSummary says of a template."""
    template = caller_template.read(text)
    return {**_summary(template), "ResourceIdentifierSummaries": _importable(template)}


def _summary(template: Template) -> dict[str, Any]:
    return {
        "Description": template.get("Description"),
        "Parameters": parameters.describe_declared(template),
        "ResourceTypes": sorted({r["Type"] for r in template["Resources"].values()}),
    }


def _importable(template: Template) -> list[dict[str, Any]]:
    """Return the types that an import takes, with the property by which it finds a resource."""
    names: dict[str, list[str]] = {}
    for name, spec in template["Resources"].items():
        names.setdefault(spec["Type"], []).append(name)
    return [
        {
            "ResourceType": kind,
            "LogicalResourceIds": names[kind],
            "ResourceIdentifiers": [row(kind).import_id],
        }
        for kind in sorted(names)
        if row(kind).import_id
    ]
