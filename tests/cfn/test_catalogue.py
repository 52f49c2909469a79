"""One row of the catalogue holds what is known of a resource type, and every reader reads it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cfn import catalogue
from cfn.assembly import stacks, stages
from cfn.catalogue import ResourceType, row, rows, without_row
from cli.environments.region_offer import resource_types
from config.loader import load_environment
from reviewer import lifetimes
from reviewer.assembly import Assembly, Resource, SynthesisedStack
from reviewer.changes.revision_diff import compare
from reviewer.diagram.glyphs import COLOURS, GLYPHS
from reviewer.diagram.graph import Graph
from reviewer.diagram.pictures import pictures
from reviewer.encryption import encrypted_with
from reviewer.pricing.meters import UNITS
from reviewer.pricing.prices import PriceList
from reviewer.pricing.usage import usages
from reviewer.resolver import Resolver
from reviewer.rules.custom_rules import violations
from reviewer.statements import all_statements
from sandbox.gaps import GAPS, recorded_types
from sandbox.handlers.handlers import handler_of
from sandbox.handlers.native import Recorded
from sandbox.handlers.resource import ResourceError
from sandbox.handlers.table import TableHandler

FILE = Path(catalogue.__file__).with_name("catalogue.toml")
NEW = """
["AWS::Example::Lake"]
environment = "always"
name = "LakeName"
arns = ["lake/"]
is_replaced_by_updates = true
holds_data = true
lifetime = { property = "Days", says = "{} under water", of = "drops" }
key = "Encryption/Key"
resource_policy = "Admits"
meters = { kms-key = 1 }
icon = { rank = 1, family = "storage", word = "bucket" }
removal = { rule = "lake-dried", says = "it is dry" }
opens = "a river"
switches = [{ property = "Dam", safe = true, rule = "dam-open", says = "it runs out" }]
["AWS::Example::Lake".api]
service = "s3"
create = "create_bucket"
"""
ADMITS = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "lake:Swim", "Resource": "*"}]
}
LAKE: dict[str, Any] = {
    "Type": "AWS::Example::Lake",
    "Properties": {"LakeName": "deep", "Days": 9, "Dam": True, "Admits": ADMITS},
}


def environment(*resources: dict[str, Any]) -> Assembly:
    """An environment of one stack."""
    template = {"Resources": {f"Lake{number}": body for number, body in enumerate(resources)}}
    stack = SynthesisedStack("kiban-x-Storage", "Storage", True, (), template, (), {})
    return Assembly("kiban-x", "x", "us-east-1", "", (stack,))


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Resource]:
    """A resource of a type that is one new row, and no other line."""
    (tmp_path / "catalogue.toml").write_text(FILE.read_text(encoding="utf-8") + NEW)
    monkeypatch.setattr(catalogue, "__file__", str(tmp_path / "catalogue.py"))
    rows.cache_clear()
    handler_of.cache_clear()
    yield next(environment(LAKE).resources())
    rows.cache_clear()
    handler_of.cache_clear()


def test_every_type_of_the_templates_has_a_row(synthesis: Path) -> None:
    kinds = {
        body["Type"]
        for folder in stages(synthesis).values()
        for stack in stacks(folder)
        for body in stack.template()["Resources"].values()
    }

    assert len(kinds) > 30
    assert without_row(kinds) == []


def test_a_type_without_a_row_is_named() -> None:
    kinds = {"AWS::S3::Bucket", "AWS::Example::Lake", "AWS::Example::Cave"}

    assert without_row(kinds) == ["AWS::Example::Cave", "AWS::Example::Lake"]


def test_a_type_without_a_row_has_no_facts() -> None:
    assert row("AWS::Example::Lake") == ResourceType("AWS::Example::Lake")


def test_a_second_row_of_a_type_is_refused() -> None:
    text = FILE.read_text(encoding="utf-8") + '\n["AWS::S3::Bucket"]\nholds_data = false\n'

    with pytest.raises(tomllib.TOMLDecodeError, match="AWS::S3::Bucket"):
        tomllib.loads(text)


def test_a_fact_that_no_reader_knows_is_refused() -> None:
    facts = {"colour": "green"}

    with pytest.raises(TypeError, match="colour"):
        ResourceType("AWS::S3::Bucket", **facts)  # type: ignore[arg-type]


def test_a_new_type_is_one_row_for_the_review(lake: Resource) -> None:
    found = environment(LAKE)
    resolver = Resolver(found)

    assert lifetimes.holds_data(lake)
    assert lifetimes.kept(lake) == "9 days under water"
    assert encrypted_with(lake, resolver) == "AWS's own key"
    assert [usage.meter for usage in usages(found, resolver)] == ["kms-key"]
    assert [one.actions for one in all_statements(found, resolver)] == [("lake:Swim",)]
    assert [one.property for one in violations(found)] == ["LakeName"]
    (card,) = [
        card for one in pictures(Graph(found, resolver), resolver, {})[1:] for card in one.cards
    ]
    assert card.icon.word == "bucket"


def test_a_new_type_is_one_row_for_a_comparison(lake: Resource) -> None:
    shallow = {"Days": 3, "Dam": False, "Admits": ADMITS}
    other = {"Type": lake.type, "Properties": shallow}
    prices = PriceList("us-east-1", {})

    changed = compare(environment(LAKE), environment(other), prices).findings
    gone = compare(environment(LAKE, LAKE), environment(LAKE), prices).findings
    added = compare(environment(LAKE), environment(LAKE, LAKE), prices).findings

    assert {"dam-open", "retention-shortened"} <= {one.rule for one in changed}
    assert {"lake-dried", "data-removed"} <= {one.rule for one in gone}
    assert "a river is added" in {one.said for one in added}


def test_a_new_type_is_one_row_for_sandbox_and_configuration(lake: Resource) -> None:
    assert isinstance(handler_of(lake.type), TableHandler)
    assert lake.type in resource_types(load_environment("dev"))


def test_without_its_row_the_sandbox_names_the_type() -> None:
    with pytest.raises(ResourceError, match="AWS::Example::Lake is not emulated"):
        handler_of("AWS::Example::Lake")


def test_what_a_row_names_is_there() -> None:
    for facts in rows().values():
        assert all(meter in UNITS for meter in facts.meters), facts.type
        assert set(facts.links) <= rows().keys(), facts.type
        if facts.icon is not None:
            assert facts.icon.word in GLYPHS, facts.type
            assert facts.icon.family in COLOURS, facts.type
        if facts.gap:
            assert facts.gap in {gap.name for gap in GAPS}, facts.type
        if facts.handler or facts.api or facts.gap:
            assert handler_of(facts.type), facts.type


def test_a_type_that_is_only_kept_says_why() -> None:
    kept = {kind for kind in rows() if row(kind).gap}

    assert recorded_types().keys() == kept
    assert all(isinstance(handler_of(kind), Recorded) for kind in kept)


def test_icons_have_an_order_of_their_own() -> None:
    ranks = [facts.icon.rank for facts in rows().values() if facts.icon is not None]

    assert len(ranks) == len(set(ranks))


@pytest.mark.parametrize(
    "fact",
    ["is_replaced_by_updates", "holds_data", "is_missed_while_replaced", "leads_to_internet"],
)
def test_a_type_that_nobody_described_has_no_property_that_asks_for_care(fact: str) -> None:
    assert getattr(row("AWS::Example::Lake"), fact) is False
    assert any(getattr(one, fact) for one in rows().values())
