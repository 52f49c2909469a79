"""What only moto's models know is made, changed and deleted in whichever way a model has."""

from typing import Any, ClassVar

import pytest

from sandbox.handlers import fallback
from sandbox.handlers.fallback import MotoHandler
from tests.sandbox.handlers.recorder import ACCOUNT, REGION, Recorder, made, resource


def abstract(*arguments: Any, **more: Any) -> Any:
    raise AssertionError("a model without this")


abstract.__isabstractmethod__ = True  # type: ignore[attr-defined]


class Thing:
    """A model of moto's that can do everything."""

    done: ClassVar[list[Any]]

    def __init__(self, name: str) -> None:
        self.physical_resource_id = f"id-{name}"

    @staticmethod
    def cloudformation_name_type() -> str:
        return "ThingName"

    @classmethod
    def create_from_cloudformation_json(cls, name: str, *where: Any, **more: Any) -> "Thing":
        cls.done.append("created")
        return cls(name)

    @classmethod
    def update_from_cloudformation_json(cls, new_resource_name: str, **more: Any) -> "Thing":
        cls.done.append("updated")
        return cls(new_resource_name)

    @classmethod
    def delete_from_cloudformation_json(cls, physical_id: str, *where: Any) -> None:
        cls.done.append(("deleted", physical_id, where[1:]))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> type[Thing]:
    class Model(Thing):
        done: ClassVar[list[Any]] = []

    monkeypatch.setattr(fallback, "get_model_map", lambda: {"AWS::X::Y": Model})
    return Model


def test_a_change_of_tags_alone_needs_no_model(model: type[Thing]) -> None:
    new = resource(Tags=[1])

    assert MotoHandler().update(Recorder(), new, made()) is False
    assert MotoHandler().update(Recorder(), resource(), made()) is False
    assert model.done == []
    assert new.physical_id == "physical"


@pytest.mark.parametrize(("named", "expected"), [({}, "id-name"), ({"ThingName": "b"}, "id-b")])
def test_a_model_that_can_be_updated_is_updated(
    named: dict[str, str], expected: str, model: type[Thing]
) -> None:
    new = resource(A=1, Tags=[], **named)

    assert MotoHandler().update(Recorder(), new, made()) is False
    assert model.done == ["updated"]
    assert new.physical_id == expected


def test_a_model_that_cannot_be_updated_is_made_a_second_time(model: type[Thing]) -> None:
    model.update_from_cloudformation_json = abstract  # type: ignore[method-assign]
    new = resource(A=1, ThingName="b")

    assert MotoHandler().update(Recorder(), new, made()) is True
    assert model.done == ["created"]
    assert new.physical_id == "id-b"


def test_a_model_is_deleted_by_its_id_or_by_its_own_object(model: type[Thing]) -> None:
    one, gone = made(), []
    MotoHandler().delete(Recorder(), one)
    assert model.done == [("deleted", "physical", (ACCOUNT, REGION))]

    model.delete_from_cloudformation_json = abstract  # type: ignore[method-assign]
    MotoHandler().delete(Recorder(), one)
    one.handle = type("Own", (), {"delete": lambda self, *where: gone.append(where)})()
    MotoHandler().delete(Recorder(), one)
    assert gone == [(ACCOUNT, REGION)]
