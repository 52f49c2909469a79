"""How an endpoint of a saved sandbox is started again, and what a file may say of one."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.sagemaker.deployments import fleet_updates
from sandbox.sagemaker.endpoints import ENDPOINTS, Endpoint
from sandbox.sagemaker.serving.failures import Unhealthy
from sandbox.saving import endpoints, image_files
from sandbox.saving.refused import FileRefused, SaveRefused
from sandbox.state import context
from sandbox.state.stores import Place
from tests.journeys.world import wait_for

HERE = Place("123456789012", "us-east-1")
ROW = {"VariantName": "all", "ModelName": "none", "InstanceType": "ml.m5.large"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path) -> Iterator[None]:
    before = context._Slot.context
    context.set_current(context.Context("http://127.0.0.1:1", "us-east-1", "1", tmp_path))
    ENDPOINTS.clear()
    yield
    ENDPOINTS.clear()
    context.set_current(before)


def saved() -> dict[str, Any]:
    endpoint = Endpoint(HERE, "one", None)
    endpoint.document["EndpointStatus"] = "InService"
    document = {"VariantName": "all", "DesiredInstanceCount": 2, "CurrentInstanceCount": 2}
    return {**endpoint.export(), "variants": [(ROW, document)]}


class Variant:
    """A variant whose copies answer, or do not."""

    error: Exception | None = None
    made: list["Variant"]

    def __init__(self, row: dict[str, Any], make_copy: Any) -> None:
        self.row, self.document, self.has_ended = row, dict[str, Any](), False
        self.made.append(self)

    def start(self) -> None:
        self.document["VariantStatus"] = []
        if self.error:
            raise self.error

    def end(self) -> None:
        self.has_ended = True

    abandon = end


@pytest.fixture
def variants(monkeypatch: pytest.MonkeyPatch) -> type[Variant]:
    Variant.error, Variant.made = None, []
    monkeypatch.setattr(fleet_updates, "Variant", Variant)
    monkeypatch.setattr("sandbox.sagemaker.hosting.container_of", lambda *_: SimpleNamespace())
    return Variant


def resumed() -> Endpoint:
    (endpoint,) = endpoints.put_back([saved()])
    assert endpoint.document["EndpointStatus"] == "Updating"
    endpoint.resume()
    wait_for(lambda: endpoint.document["EndpointStatus"] != "Updating" or None, "it")
    return endpoint


def test_an_endpoint_is_in_service_again_as_it_was(variants: type[Variant]) -> None:
    endpoint = resumed()

    assert endpoint.describe()["EndpointStatus"] == "InService"
    assert endpoint.export() == {**saved(), "document": endpoint.document}
    assert ENDPOINTS.find(HERE, "one") is endpoint


def test_an_endpoint_that_does_not_start_says_why(variants: type[Variant]) -> None:
    variants.error = Unhealthy("no ping")

    endpoint = resumed()

    assert endpoint.describe()["EndpointStatus"] == "Failed"
    assert endpoint.describe()["FailureReason"] == "no ping"
    assert [one.has_ended for one in variants.made] == [True]


def test_an_endpoint_whose_model_is_gone_says_so() -> None:
    assert "model" in resumed().describe()["FailureReason"]


def test_an_endpoint_that_ends_meanwhile_leaves_no_process(variants: type[Variant]) -> None:
    (endpoint,) = endpoints.put_back([saved()])
    endpoint.end()
    endpoint._resume()

    assert [one.has_ended for one in variants.made] == [True]
    assert endpoint.copies() == {}


@pytest.mark.parametrize(
    "change",
    [
        {"place": "here"},
        {"name": 1},
        {"document": {"EndpointName": "other"}},
        {"variants": [({}, {})]},
        {"variants": [ROW]},
        {"more": 1},
    ],
)
def test_what_is_no_endpoint_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FileRefused, match="an endpoint is not as it should be"):
        endpoints.put_back([{**saved(), **change}])
    assert ENDPOINTS.all() == []


def test_an_image_that_was_put_there_by_hand_is_not_saved(tmp_path: Path) -> None:
    records = tmp_path / "images" / "manifests"
    records.mkdir(parents=True)
    places = {"folder": str(tmp_path / "elsewhere"), "environment": str(tmp_path)}
    (records / f"{'0' * 64}.json").write_text(json.dumps(places))
    (tmp_path / "elsewhere" / "container").mkdir(parents=True)
    (tmp_path / "elsewhere" / "container" / "requirements.txt").touch()

    with pytest.raises(SaveRefused, match="image 000000000000 was not built from a source"):
        image_files.collect()


def packed(compression: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        archive.writestr("requirements.txt", b"#" * 1_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (packed(zipfile.ZIP_DEFLATED), "is larger than itself"),
        (b"no zip", "is no zip file"),
    ],
    ids=["compressed", "no zip file"],
)
def test_programs_that_grow_when_they_are_unpacked_are_refused(
    content: bytes, message: str, tmp_path: Path
) -> None:
    name = f"images/{'a' * 32}.zip"
    reader: Any = SimpleNamespace(names=lambda folder: [name], chunks=lambda name: [content])

    with pytest.raises(FileRefused, match=f"{name} {message}"):
        image_files.put_back(reader, {})
    assert [*(tmp_path / "images").iterdir()] == []


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "its images are not as they should be"),
        ({"0" * 64: "{}"}, "the record of image 000000000000 is not what its digest says"),
        ({"0" * 64: 1}, "is not what its digest says"),
        (
            {"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a": "{}"},
            "image 44136fa355b3 has no programs",
        ),
    ],
)
def test_a_record_that_is_not_what_its_digest_says_is_refused(records: Any, message: str) -> None:
    reader: Any = SimpleNamespace(names=lambda folder: [])

    with pytest.raises(FileRefused, match=re.escape(message)):
        image_files.put_back(reader, records)
