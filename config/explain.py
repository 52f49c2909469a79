"""Error messages for an environment file: what is wrong, the value given and what to do."""

import difflib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.section import shown_value, written_key

_KINDS = {
    "bool": "true or false",
    "dict": "a table",
    "float": "a number",
    "int": "a whole number",
    "list": "a list in [ ]",
    "model": "a table",
    "string": 'text in " "',
    "tuple": "a list in [ ]",
}
_SCALARS = frozenset({"bool", "int", "float", "str"})
_FORMATS = {
    "account": "12 digits in quotes",
    "accounts": "12 digits in quotes",
    "artifacts_bucket": "a bucket's name",
    "ca_bundle": "the name of a file beside this one that ends in .pem",
    "data_bucket": "a bucket's name",
    "delivery.branch": "the branch's full name, as in main; a pattern is not trusted",
    "delivery.environment": "the environment's name at GitHub: letters, digits, _ . and -",
    "delivery.repository": "the repository's full name, as in owner/name; no pattern is trusted",
    "emails": "name@example.com",
    "environment": "a file name of lower case letters, digits and hyphens, 2 to 20 characters",
    "key_arn": "the key's ARN with its whole ID, as in arn:aws:kms:REGION:ACCOUNT:key/ID; no alias",
    "name": "lower case letters, digits and hyphens, 2 to 20 characters",
    "nightly_stop": "hours and minutes, as in 20:00",
    "permissions_boundary": "the policy's ARN, as in arn:aws:iam::ACCOUNT:policy/NAME",
    "repository": "a repository's name, without registry and tag",
    "security_group_ids": "sg- and its hexadecimal number",
    "subnet_ids": "subnet- and its hexadecimal number",
    "pull_through": "the rule's prefix, as in ecr-public, without a slash at its end",
    "vpc_id": "vpc- and its hexadecimal number",
}
"""How a setting is spelled, by its name or by its table's name and its own."""


def explain(errors: Sequence[ErrorDetails], root: type[BaseModel]) -> list[str]:
    """Return one line per mistake in a file that `root` describes; several errors may be one."""
    lines = [_line(item, root) for item in errors if not _is_short_of_valid_items(item)]
    return list(dict.fromkeys(lines))


def _line(item: ErrorDetails, root: type[BaseModel]) -> str:
    location = tuple(part for part in item["loc"] if part != "[key]")
    if _is_union_member(item):
        location = location[:-1]
    key = ".".join(map(written_key, location))
    if item["type"] == "extra_forbidden":
        return f"{key}: unknown key{_nearest(location, root)}"
    if item["type"] == "missing":
        return f"{key}: missing; add it{_description(location, root)}"
    given = item["input"]
    shown = "" if isinstance(given, dict | BaseModel) else f", got {shown_value(given)}"
    # What is about the whole file names its settings itself.
    where = f"{key}: " if key else ""
    return f"{where}{_problem(item)}{shown}{_advice(item, location)}"


def _problem(item: ErrorDetails) -> str:
    context = item.get("ctx", {})
    match item["type"]:
        case "value_error":
            return str(context["error"])
        case "greater_than_equal" | "greater_than":
            word = "at least" if "ge" in context else "above"
            return f"must be {word} {context.get('ge', context.get('gt'))}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "literal_error":
            return f"must be {context['expected']}"
        case "too_short":
            is_table = isinstance(item["input"], dict)
            return "is empty" if is_table else f"must list at least {context['min_length']}"
        case "string_pattern_mismatch":
            return "is not spelled right"
        case kind if kind.endswith("_type"):
            return "has the wrong type"
        case _:
            return item["msg"]


def _advice(item: ErrorDetails, location: tuple[int | str, ...]) -> str:
    kind = item["type"]
    if kind == "string_pattern_mismatch":
        return f"; write {_FORMATS['name'] if '[key]' in item['loc'] else _format(location)}"
    if kind == "too_short" and isinstance(item["input"], dict):
        return f"; add a [{location[-1]}.<name>] table"
    if kind == "too_short":
        return f"; add {item['ctx']['min_length'] - len(item['input'])} more"
    if _is_union_member(item):
        return '; write true, false, a number or text in " "'
    if kind.endswith("_type"):
        return f"; write {_KINDS.get(kind.removesuffix('_type'), 'another value')}"
    return ""


def _format(location: tuple[int | str, ...]) -> str:
    names = [part for part in location if isinstance(part, str)]
    in_its_table = ".".join(names[-2:])
    return _FORMATS[in_its_table if in_its_table in _FORMATS else names[-1]]


def _is_short_of_valid_items(item: ErrorDetails) -> bool:
    # pydantic counts the valid items only; each of the others is an error of its own.
    return item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]


def _is_union_member(item: ErrorDetails) -> bool:
    # pydantic reports a value that fits no type of a union once per type, named last.
    return item["type"].endswith("_type") and item["loc"][-1] in _SCALARS


def _nearest(location: tuple[int | str, ...], root: type[BaseModel]) -> str:
    known = [name for name in _section(location, root).model_fields if name != "environment"]
    near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; remove it, or write one of the known keys: {', '.join(known)}"


def _description(location: tuple[int | str, ...], root: type[BaseModel]) -> str:
    field = _section(location, root).model_fields[str(location[-1])]
    return f" ({(field.description or '').rstrip('.')})"


def _section(location: tuple[int | str, ...], root: type[BaseModel]) -> type[BaseModel]:
    """Return the model that holds the last part of `location`."""
    section: Any = root
    for part in location[:-1]:
        fields = section.model_fields
        section = _model_in(fields[part].annotation) if part in fields else section
    found: type[BaseModel] = section
    return found


def _model_in(annotation: Any) -> Any:
    """Return the model inside `Model`, `Model | None` or `dict[Name, Model]`."""
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(item for item in candidates if hasattr(item, "model_fields"))
