"""A variant that scales keeps its instance type."""

from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import scaled_variants
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
LIVE = {"A": ("ml.m5.large",), "B": ("ml.m5.large",)}


class Targets:
    """Application Auto Scaling with these variants registered."""

    def __init__(self, *variants: str) -> None:
        self.known = [f"endpoint/churn/variant/{name}" for name in variants]

    def describe_scalable_targets(self, namespace: str, ids: list[str], dimension: str) -> Any:
        assert (namespace, dimension) == ("sagemaker", "sagemaker:variant:DesiredInstanceCount")
        return [one for one in ids if one in self.known]


def refuse(patch: pytest.MonkeyPatch, scaled: tuple[str, ...], **types: str) -> None:
    backends = {HERE.account: {HERE.region: Targets(*scaled)}}
    patch.setattr(scaled_variants, "applicationautoscaling_backends", backends)
    rows = [{"VariantName": name, "InstanceType": kind} for name, kind in types.items()]
    scaled_variants.refuse_retype(HERE, "churn", LIVE, {"ProductionVariants": rows})


@pytest.mark.parametrize(
    ("scaled", "types"),
    [
        (("A", "B"), {"A": "ml.m5.large", "B": "ml.m5.large"}),
        ((), {"A": "ml.c5.large"}),
        (("B",), {"A": "ml.c5.large", "B": "ml.m5.large"}),
    ],
)
def test_another_type_is_taken_where_nothing_scales(
    scaled: tuple[str, ...], types: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, scaled, **types)


@pytest.mark.parametrize(
    ("types", "words"),
    [
        ({"A": "ml.m5.large", "B": "ml.c5.large"}, "variant B from ml.m5.large to ml.c5.large"),
        ({"A": "ml.m5.large"}, "variant B from ml.m5.large to , and"),
    ],
)
@pytest.mark.aws_row("R46", "R47")
def test_a_variant_that_scales_is_not_retyped_and_does_not_vanish(
    types: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValidationError, match=words):
        refuse(monkeypatch, ("B",), **types)
