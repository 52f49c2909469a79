"""What is shipped is right: the example files, the instance types, the words about every field."""

import tomllib
from collections.abc import Iterator

import botocore.loaders
import pytest
from pydantic import BaseModel

from config.instances import Usage, has_local_nvme, is_arm, is_burstable, known_types
from config.loader import CONFIG_DIR, environment_names, load_environment
from config.schema import EnvironmentConfig

SHAPES: dict[Usage, str] = {
    "endpoint": "ProductionVariantInstanceType",
    "training": "TrainingInstanceType",
    "processing": "ProcessingInstanceType",
    "transform": "TransformInstanceType",
    "notebook": "InstanceType",
}


def sections(model: type[BaseModel] = EnvironmentConfig) -> Iterator[type[BaseModel]]:
    """`model` and every model inside it."""
    yield model
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from sections(part)


@pytest.mark.parametrize("name", environment_names())
def test_a_shipped_environment_loads(name: str) -> None:
    assert load_environment(name).environment == name


@pytest.mark.parametrize("name", environment_names())
def test_a_shipped_environment_pins_no_account(name: str) -> None:
    assert "account" not in tomllib.loads((CONFIG_DIR / f"{name}.toml").read_text())["platform"]


def test_production_is_private_and_keeps_its_data() -> None:
    prod = load_environment("prod")

    assert prod.is_private
    assert prod.keeps_data
    assert all(model.endpoint.scaling.min_instances > 1 for model in prod.models.values())


@pytest.mark.parametrize("usage", SHAPES)
def test_instance_types_are_those_of_the_api(usage: Usage) -> None:
    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")

    assert known_types(usage) == frozenset(model["shapes"][SHAPES[usage]]["enum"])


@pytest.mark.parametrize("section", list(dict.fromkeys(sections())), ids=lambda one: one.__name__)
def test_every_field_says_what_it_is(section: type[BaseModel]) -> None:
    assert section.__doc__
    silent = [name for name, field in section.model_fields.items() if not field.description]
    assert silent == []


@pytest.mark.parametrize("section", list(dict.fromkeys(sections())), ids=lambda one: one.__name__)
def test_every_section_is_frozen_strict_and_closed(section: type[BaseModel]) -> None:
    assert section.model_config.get("frozen")
    assert section.model_config.get("strict")
    assert section.model_config.get("extra") == "forbid"


def test_only_machines_with_their_own_disks_go_without_our_key() -> None:
    assert has_local_nvme("ml.g5.xlarge")
    assert has_local_nvme("ml.m5d.large")
    assert not has_local_nvme("ml.m5.large")
    assert not has_local_nvme("ml.c7i-flex.large")


def test_trainium_is_not_taken_for_a_burstable_machine() -> None:
    assert is_burstable("ml.t3.medium")
    assert not is_burstable("ml.trn1.2xlarge")


def test_only_graviton_is_arm() -> None:
    assert is_arm("ml.m6g.large")
    assert is_arm("ml.c7gd.large")
    assert not is_arm("ml.g5.xlarge")
    assert not is_arm("ml.m5.large")
