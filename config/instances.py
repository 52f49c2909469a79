"""SageMaker instance types: which the API accepts for what, and their disks and processors."""

import difflib
import json
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

NOTEBOOK_PLATFORMS = ("notebook-al2023-v1", "notebook-al2023-v2")
"""Platforms that SageMaker starts; with the first a notebook is created unless another is named.

Those before ended: docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2.html.
"""
Usage = Literal["endpoint", "training", "processing", "transform", "notebook"]
INSTANCE_TYPE = Field(json_schema_extra={"format": "instance-type"})
"""Format name of an instance type in the JSON schema, read by the configuration reference."""

_NO_KEY_FAMILIES = frozenset(
    {"g4dn", "g5", "g6", "g6e", "g7", "g7e", "p4d", "p4de", "p5", "p5e", "p5en", "trn1", "trn1n"}
    | {"trn2", "dl1", "p6-b200", "p6-b300", "p6e-gb200"}
)

MOST_FALLBACK_TYPES = 4
"""SageMaker takes five types in a list of priorities, the first one included."""


@cache
def known_types(usage: Usage) -> frozenset[str]:
    """Return every instance type the API accepts for `usage` (botocore 1.44.5; a test compares)."""
    families = json.loads(Path(__file__).with_name("instance_types.json").read_text())[usage]
    return frozenset(f"ml.{name}.{size}" for name, sizes in families.items() for size in sizes)


def family(instance_type: str) -> str:
    """Return the family, as in `c7i-flex` for `ml.c7i-flex.large`."""
    return instance_type.split(".")[1]


def has_local_nvme(instance_type: str) -> bool:
    """Whether the type has encrypted NVMe disks; SageMaker takes no key or volume size for them."""
    name = family(instance_type)
    generation = name.split("-")[0]
    return name in _NO_KEY_FAMILIES or generation.endswith(("d", "dn"))


def is_burstable(instance_type: str) -> bool:
    """Whether the type is of a t family; Application Auto Scaling does not register those."""
    return family(instance_type).startswith("t") and not family(instance_type).startswith("trn")


def is_arm(instance_type: str) -> bool:
    """Whether the type is Graviton; the platform builds its image for x86-64."""
    name = family(instance_type).split("-")[0]
    return name[0] in "cmr" and "g" in name[2:]


def has_gpu(instance_type: str) -> bool:
    """Whether the type has a GPU of NVIDIA: those of the families g and p."""
    return family(instance_type)[0] in "gp"


def check_type(instance_type: str, usage: Usage) -> str:
    """Return `instance_type`, or raise ValueError naming the nearest type SageMaker knows."""
    known = known_types(usage)
    if instance_type not in known:
        prefixed = f"ml.{instance_type.removeprefix('ml.')}"
        near = difflib.get_close_matches(prefixed, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "write it as ml.<family>.<size>"
        raise ValueError(f"SageMaker has no such instance type for {usage}; {hint}")
    if usage != "notebook" and is_arm(instance_type):
        raise ValueError("the image is built for x86-64; choose a type that is not Graviton")
    return instance_type


def check_fallback_types(types: tuple[str, ...]) -> None:
    """Raise ValueError unless the types, by priority, can stand in for each other.

    SageMaker takes a type once in such a list. All of a list share one volume key, which it takes
    for types without NVMe disks only; what it does with a mixed list is not documented.
    """
    first, twice = types[0], [one for one in types if types.count(one) > 1]
    if twice:
        raise ValueError(f"fallback_types: {twice[0]} is named twice; name each type once")
    other = [one for one in types if has_local_nvme(one) != has_local_nvme(first)]
    if other:
        raise ValueError(
            f"fallback_types: one of {first} and {other[0]} has NVMe disks, which take no volume "
            "key, and the other has none; choose types that agree in that"
        )
