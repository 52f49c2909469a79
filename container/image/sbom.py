"""Software bill of materials (SBOM, CycloneDX) of the image, with hashes and licences."""

import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from container.image import packages, tree

PLACE = "/opt/sbom.cdx.json"
Component = dict[str, Any]


def write(
    root: Path, site: Path, hashes: Mapping[str, str], origins: Iterable[Mapping[str, str]]
) -> None:
    """Write the bill of the packages in `site`, of Python and of the system's libraries.

    It has neither a time nor a serial number: the same content gives the same bytes.
    """
    components = [_interpreter(), *map(_of_system, origins)]
    for package in metadata.distributions(path=[str(site)]):
        components.append(_of_python(package, hashes))
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "bom-ref": "image", "name": "kiban"}},
        "components": sorted(components, key=lambda component: str(component["bom-ref"])),
    }
    tree.put(root, PLACE, json.dumps(document, indent=1, sort_keys=True) + "\n")


def _component(kind: str, name: str, version: str, more: str = "") -> Component:
    url = f"pkg:{kind}/{quote(name)}@{quote(version)}{more}"
    return {"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url}


def _interpreter() -> Component:
    return {
        **_component("generic", "python", platform.python_version()),
        "licenses": [{"license": {"id": "PSF-2.0"}}],
    }


def _of_python(package: metadata.Distribution, hashes: Mapping[str, str]) -> Component:
    name = packages.normal(package.name)
    described = _component("pypi", name, package.version)
    if licences := _licences(package.metadata):
        described["licenses"] = licences
    if name in hashes:
        described["hashes"] = [{"alg": "SHA-256", "content": hashes[name]}]
    return described


def _licences(described: metadata.PackageMetadata) -> list[Component]:
    """Return the licence as an expression where the package states one, else in its own words."""
    if expression := _first(described, "License-Expression"):
        return [{"expression": expression}]
    prefix = "License :: "
    named = [
        line.rpartition(" :: ")[2]
        for line in described.get_all("Classifier") or []
        if line.startswith(prefix)
    ]
    # Some packages put the whole text of the licence here; its first line is its name.
    words = _first(described, "License").strip().splitlines()[:1]
    return [{"license": {"name": name}} for name in named or words]


def _first(described: metadata.PackageMetadata, name: str) -> str:
    return next(iter(described.get_all(name) or []), "")


def _of_system(record: Mapping[str, str]) -> Component:
    return _component(
        "deb/debian", record["Package"], record["Version"], f"?arch={record['Architecture']}"
    )
