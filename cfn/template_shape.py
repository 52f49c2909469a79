"""Shape of a CloudFormation template: what every reader may rely on, and what is refused."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfn.bounded_json import shortened, worded

# "Resource name ... is non alphanumeric": the answer of ValidateTemplate; at most 255 characters.
_LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")
_TYPE = re.compile(r"[A-Za-z0-9_@:-]{1,204}")
_SECTIONS = ("Conditions", "Mappings", "Metadata", "Outputs", "Parameters", "Rules")
_OBJECT, _TEXT = (dict,), (str,)
# With the transform AWS::LanguageExtensions these may be functions.
_OF_RESOURCES: Mapping[str, tuple[type, ...]] = {
    "Properties": _OBJECT,
    "Metadata": _OBJECT,
    "Condition": _TEXT,
    "DependsOn": (str, list),
    "DeletionPolicy": (str, dict),
    "UpdateReplacePolicy": (str, dict),
}


def fault(template: Any) -> str:
    """Return why a template cannot be read, as in `Resources.Data: is a list`; empty if it can."""
    return next(_faults(template), "")


def _faults(template: Any) -> Iterator[str]:
    if not isinstance(template, dict):
        yield f"is {worded(template)}, not an object"
    elif not isinstance(template.get("Resources"), dict):
        found = template.get("Resources")
        yield "has no Resources" + ("" if found is None else f": they are {worded(found)}")
    else:
        yield from _sections(template)
        for logical_id, body in template["Resources"].items():
            yield from _resource(logical_id, body)


def _sections(template: Mapping[str, Any]) -> Iterator[str]:
    for name in _SECTIONS:
        yield from _wrong(name, template, name, _OBJECT)
    for name in ("Outputs", "Parameters"):
        for key, body in template.get(name, {}).items():
            # Fn::ForEach makes several of one.
            if not key.startswith("Fn::"):
                yield from _wrong(f"{name}.{key}", {"": body}, "", _OBJECT)
    for key, body in template.get("Outputs", {}).items():
        if isinstance(body, dict):
            yield from _wrong(f"Outputs.{key}.Export", body, "Export", _OBJECT)


def _resource(logical_id: str, body: Any) -> Iterator[str]:
    where = f"Resources.{shortened(logical_id)}"
    if logical_id.startswith("Fn::"):
        yield f"{where}: makes resources that nothing here counts; write them out"
    elif not _LOGICAL_ID.fullmatch(logical_id):
        yield f"{where}: a logical id has letters and digits only, 255 at most"
    elif not isinstance(body, dict):
        yield f"{where}: is {worded(body)}, not an object"
    elif not isinstance(body.get("Type"), str):
        yield f"{where}: its Type is {worded(body.get('Type'))}, not a text"
    elif not _TYPE.fullmatch(body["Type"]):
        yield f"{where}: there is no type {shortened(body['Type'])}"
    else:
        for key, kinds in _OF_RESOURCES.items():
            yield from _wrong(f"{where}.{key}", body, key, kinds)
        names = body.get("DependsOn", [])
        if isinstance(names, list) and not all(isinstance(one, str) for one in names):
            yield f"{where}.DependsOn: holds something that is no logical id"


def _wrong(
    where: str, holder: Mapping[str, Any], key: str, kinds: tuple[type, ...]
) -> Iterator[str]:
    if key in holder and not isinstance(holder[key], kinds):
        wanted = " or ".join(worded(kind()) for kind in kinds)
        yield f"{shortened(where)}: is {worded(holder[key])}, not {wanted}"
