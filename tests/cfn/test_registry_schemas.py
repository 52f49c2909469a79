from collections.abc import Iterator
from importlib.machinery import ModuleSpec

import pytest

from cfn import registry_schemas
from cfn.registry_schemas import (
    SchemaError,
    conditional_create_only,
    create_only,
    identifiers,
    is_drift_detected,
    is_known,
    unknown_properties,
    write_only,
)

HOME = "us-east-1"


@pytest.fixture
def unread() -> Iterator[None]:
    """Nothing was read yet, and what the test reads is forgotten."""
    caches = (registry_schemas._schema, registry_schemas._names, registry_schemas._schemas)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


@pytest.mark.parametrize("region", [HOME, "", "mars-north-1"])
def test_a_type_is_known_by_its_regions_schemas_or_the_usual_ones(region: str) -> None:
    assert is_known("AWS::S3::Bucket", region)
    assert not is_known("AWS::Nobody::Knows", region)


def test_a_replacing_property_is_named_by_its_path() -> None:
    assert "BucketName" in create_only("AWS::S3::Bucket", HOME)
    assert "Budget/BudgetName" in create_only("AWS::Budgets::Budget", HOME)
    assert create_only("AWS::Nobody::Knows", HOME) == ()
    assert all("*" not in path for path in conditional_create_only("AWS::RDS::DBInstance", HOME))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("AWS::S3::Bucket", ("BucketName",)),
        # The id of a key is made by KMS; no template can set it.
        ("AWS::KMS::Key", ()),
    ],
)
def test_a_resource_is_identified_by_what_its_template_may_set(
    kind: str, expected: tuple[str, ...]
) -> None:
    assert identifiers(kind, HOME) == expected


@pytest.mark.parametrize(
    ("kind", "detected"),
    [
        ("AWS::S3::Bucket", True),
        ("AWS::KMS::Key", True),
        ("AWS::SQS::QueuePolicy", False),
        ("AWS::Nobody::Knows", False),
    ],
)
def test_drift_is_detected_where_a_type_can_be_read(kind: str, detected: bool) -> None:
    assert is_drift_detected(kind, HOME) is detected


def test_a_property_that_a_type_does_not_have_is_unknown() -> None:
    assert unknown_properties("AWS::S3::Bucket", {"BucketName", "Zed", "Color"}, HOME) == [
        "Color",
        "Zed",
    ]


def test_what_can_only_be_written_is_never_read() -> None:
    assert "PendingWindowInDays" in write_only("AWS::KMS::Key", HOME)
    assert "Description" not in write_only("AWS::KMS::Key", HOME)


@pytest.mark.parametrize("found", [None, ModuleSpec("cfnlint", None)])
def test_schemas_that_are_not_installed_say_how_to_install_them(
    found: ModuleSpec | None, unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_schemas, "find_spec", lambda name: found)

    with pytest.raises(SchemaError, match="cfn-lint: not installed; install it with: make setup"):
        is_known("AWS::S3::Bucket", HOME)
