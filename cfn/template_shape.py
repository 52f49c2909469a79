"""Shape of a CloudFormation template: what every reader may rely on, and what is refused."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# "Resource name ... is non alphanumeric": the answer of ValidateTemplate; at most 255 characters.
_LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")
_TYPE = re.compile(r"[A-Za-z0-9_@:-]{1,204}")
_SECTIONS = ("Conditions", "Mappings", "Metadata", "Outputs", "Parameters", "Rules")
_OBJECT, _TEXT = "an object", "a text"
_KINDS: Mapping[str, tuple[type, ...]] = {
    _OBJECT: (dict,),
    _TEXT: (str,),
    "a text or a list": (str, list),
    "a text or an object": (str, dict),
}
# With the transform AWS::LanguageExtensions both policies may be functions.
_OF_RESOURCES = {
    "Properties": _OBJECT,
    "Metadata": _OBJECT,
    "Condition": _TEXT,
    "DependsOn": "a text or a list",
    "DeletionPolicy": "a text or an object",
    "UpdateReplacePolicy": "a text or an object",
}


@dataclass(frozen=True)
class Fault:
    """Why a template cannot be read: `said` of `found` at a path as in `Resources.Data`.

    `wanted` is the kind of value that has to stand there, where `found` is of another.
    """

    where: str
    found: Any
    said: str = ""
    wanted: str = ""


def first_fault(template: Any) -> Fault | None:
    """Return why a template cannot be read; None if it can."""
    return next(_faults(template), None)


def _faults(template: Any) -> Iterator[Fault]:
    if not isinstance(template, dict):
        yield Fault("", template, wanted=_OBJECT)
    elif not isinstance(template.get("Resources"), dict):
        yield Fault("Resources", template.get("Resources"), wanted=_OBJECT)
    else:
        yield from _sections(template)
        for logical_id, body in template["Resources"].items():
            yield from _resource(logical_id, body)


def _sections(template: Mapping[str, Any]) -> Iterator[Fault]:
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


def _resource(logical_id: str, body: Any) -> Iterator[Fault]:
    where = f"Resources.{logical_id}"
    if logical_id.startswith("Fn::"):
        yield Fault(where, body, "makes resources that nothing here counts; write them out")
    elif not _LOGICAL_ID.fullmatch(logical_id):
        yield Fault(where, body, "a logical id has letters and digits only, 255 at most")
    elif not isinstance(body, dict):
        yield Fault(where, body, wanted=_OBJECT)
    elif not isinstance(body.get("Type"), str):
        yield Fault(f"{where}.Type", body.get("Type"), wanted=_TEXT)
    elif not _TYPE.fullmatch(body["Type"]):
        yield Fault(f"{where}.Type", body["Type"], "there is no such type")
    else:
        for key, wanted in _OF_RESOURCES.items():
            yield from _wrong(f"{where}.{key}", body, key, wanted)
        names = body.get("DependsOn", [])
        if isinstance(names, list) and not all(isinstance(one, str) for one in names):
            yield Fault(f"{where}.DependsOn", names, "holds something that is no logical id")


def _wrong(where: str, holder: Mapping[str, Any], key: str, wanted: str) -> Iterator[Fault]:
    if key in holder and not isinstance(holder[key], _KINDS[wanted]):
        yield Fault(where, holder[key], wanted=wanted)
