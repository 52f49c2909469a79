"""Types and numbers of an endpoint's instances: as they are, as they will be, as they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.sagemaker.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sandbox.sagemaker.serving.variants import Variant
    from sandbox.state.stores import Document

_FIELDS = ("Weight", "InstanceCount")


def count_live(live: Iterable[Variant]) -> list[Document]:
    """Return type and number of the instances of each live variant."""
    return [
        {"InstanceType": v.instance_type, "InstanceCount": v.document["DesiredInstanceCount"]}
        for v in live
        if v.instance_type
    ]


def count_new(rows: Iterable[Document], live: Sequence[Variant], kept: set[str]) -> list[Document]:
    """Return those of a new configuration; with `InstanceCount` kept, as many as there are now."""
    desired = {v.name: v.document.get("DesiredInstanceCount") for v in live}
    is_kept = "InstanceCount" in kept
    return [
        row | {"InitialInstanceCount": desired[row["VariantName"]]}
        if is_kept and desired.get(row["VariantName"])
        else row
        for row in rows
    ]


def count_added(wanted: Iterable[Document], live: Iterable[Variant]) -> list[Document]:
    """Return those that UpdateEndpointWeightsAndCapacities adds."""
    counts = {row["VariantName"]: row.get("DesiredInstanceCount") for row in wanted}
    return [
        {"InstanceType": v.instance_type, "InstanceCount": max(0, more)}
        for v in live
        if v.instance_type
        for more in [(counts.get(v.name) or 0) - v.document["DesiredInstanceCount"]]
    ]


def set_desired(arn: str, wanted: Iterable[Document], live: Iterable[Variant]) -> None:
    """Set what is desired; raises ValidationException for a variant that is not there."""
    known = {variant.name: variant.document for variant in live}
    for row in wanted:
        if row["VariantName"] not in known:
            raise ValidationError(
                message=f"The variant name(s) {row['VariantName']} is/are not present "
                f'within endpoint "{arn}".'
            )
        for name in (f"Desired{field}" for field in _FIELDS):
            if name in row:
                known[row["VariantName"]][name] = row[name]


def scale_copies(live: Iterable[Variant], assign_type: Callable[[Document], Document]) -> None:
    """Give each variant the copies that are desired; raises what keeps a copy from serving.

    Then the numbers of all that were not reached are as they were.
    """
    variants = [variant for variant in live if "DesiredInstanceCount" in variant.document]
    try:
        for variant in variants:
            variant.scale(int(variant.document["DesiredInstanceCount"]), assign_type)
    finally:
        for variant in variants:
            variant.document["DesiredInstanceCount"] = len(variant.copies)


def reach_desired(live: Iterable[Variant]) -> None:
    """Make what is desired the present state."""
    for variant in live:
        for field in _FIELDS:
            if f"Desired{field}" in variant.document:
                variant.document[f"Current{field}"] = variant.document[f"Desired{field}"]
