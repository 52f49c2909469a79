"""Endpoints in a saved sandbox: what they are, and how they are started again."""

from __future__ import annotations

from typing import Any

from sandbox.sagemaker.endpoints import ENDPOINTS, Endpoint
from sandbox.sagemaker.model_packages import package_reader
from sandbox.saving.refused import FileRefused
from sandbox.state.stores import Place

_NAMES = {"place", "name", "tags", "document", "capture", "variants"}


def collect() -> list[dict[str, Any]]:
    """Return every endpoint as plain data."""
    return [endpoint.export() for endpoint in ENDPOINTS.all()]


def put_back(written: Any) -> list[Endpoint]:
    """Make the endpoints of a file, which do not serve yet; FileRefused for what is none."""
    found = []
    if not isinstance(written, list) or not all(map(_is_one, written)):
        raise FileRefused("an endpoint is not as it should be")
    for one in written:
        endpoint = Endpoint(one["place"], one["name"], package_reader(one["place"]))
        endpoint.take_over(one)
        ENDPOINTS.add(endpoint.place, endpoint.name, lambda endpoint=endpoint: endpoint)  # type: ignore[misc]
        found.append(endpoint)
    return found


def _is_one(one: Any) -> bool:
    if not isinstance(one, dict) or one.keys() != _NAMES:
        return False
    rows = one["variants"]
    return (
        isinstance(one["place"], Place)
        and isinstance(one["name"], str)
        and isinstance(one["document"], dict)
        and one["document"].get("EndpointName") == one["name"]
        and isinstance(rows, list)
        and all(isinstance(row, tuple) and len(row) == 2 for row in rows)
        and all(isinstance(side, dict) and "VariantName" in side for row in rows for side in row)
    )
