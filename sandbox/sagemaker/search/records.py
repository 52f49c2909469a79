"""One page of the records of a Search request, filtered and sorted as it asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker.search import expressions, properties

if TYPE_CHECKING:
    from sandbox.state.stores import Document

# moto finds its own jobs and endpoints only, which nobody made.
_OF_MOTO = frozenset(
    {
        *("Experiment", "ExperimentTrial", "ExperimentTrialComponent"),
        *("ModelPackage", "ModelPackageGroup"),
    }
)
_NEWEST = "LastModifiedTime"


def require_found_by_moto(resource: str) -> None:
    """Raise NotImplementedError for a resource that a search would find none of."""
    if resource not in _OF_MOTO:
        raise NotImplementedError(f"sagemaker:Search of {resource}")


def search(request: Document, rows: Iterable[tuple[Document, dict[str, str]]]) -> Document:
    """Return the answer over `rows`, each what Describe shows of a resource, and its tags."""
    record = str(request["Resource"])
    if request.get("CrossAccountFilterOption") == "CrossAccount":
        raise NotImplementedError("sagemaker:Search of other accounts")
    names = properties.fields(record)
    found = [_record(row, tags, names) for row, tags in rows]
    if "SearchExpression" in request:
        holds = expressions.compile_expression(record, request["SearchExpression"])
        found = [one for one in found if holds(one)]
    found = [one for one in found if _is_visible(one, request.get("VisibilityConditions") or [])]
    _sort(found, properties.of(record, request.get("SortBy", _NEWEST)), request)
    start, size = _start(request), int(request.get("MaxResults") or 100)
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return {
        "Results": [{record: one} for one in found[start : start + size]],
        "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
        **more,
    }


def _record(row: Document, tags: dict[str, str], names: frozenset[str]) -> Document:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {key: value for key, value in row.items() if key in names} | {"Tags": listed}


def _is_visible(row: Document, conditions: Iterable[Document]) -> bool:
    tags = {f"Tags.{tag['Key']}": tag["Value"] for tag in row["Tags"]}
    return all(tags.get(one["Key"], one["Value"]) == one["Value"] for one in conditions)


def _sort(found: list[Document], key: properties.Property, request: Document) -> None:
    """Sort in place; what lacks the property comes last in either order."""
    descending = request.get("SortOrder", "Descending") == "Descending"
    have = [(key.values(one)[0], one) for one in found if key.values(one)]
    lack = [one for one in found if not key.values(one)]
    have.sort(key=lambda pair: pair[0], reverse=descending)
    found[:] = [one for _, one in have] + lack


def _start(request: Document) -> int:
    token = str(request.get("NextToken") or "0")
    if not token.isdecimal():
        raise ValidationError(message="Invalid pagination token.")
    return int(token)
