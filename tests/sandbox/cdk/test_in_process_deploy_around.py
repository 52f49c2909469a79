"""What a deployment does beside its stacks: protection and assets; and how it is destroyed."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sandbox.cdk import in_process_deploy
from sandbox.cdk.in_process_deploy import DeployError, archive, destroy_assembly
from sandbox.state import clients
from tests.sandbox.cdk.place import Artifact, Place, deployed, failed, place_of, stack


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    return place_of(monkeypatch)


@pytest.mark.parametrize(
    ("now", "wanted", "asked"),
    [(False, False, []), (True, True, []), (False, True, [True]), (True, False, [False])],
)
def test_protection_is_switched_where_it_differs(
    now: bool, wanted: bool, asked: list[bool], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.stacks["app"] = stack("CREATE_COMPLETE", EnableTerminationProtection=now)
    place.ends = ["UPDATE_COMPLETE"]

    deployed(monkeypatch, Artifact(is_protected=wanted))

    assert [one["EnableTerminationProtection"] for one in place.named("protect")] == asked


def asset(path: str, key: str, **more: str) -> dict[str, Any]:
    where = {"bucketName": "a-${AWS::AccountId}-${AWS::Region}", "objectKey": key}
    return {"source": {"path": path, **more}, "destinations": {"one": where}}


def test_assets_are_uploaded_once_a_folder_as_an_archive(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("text")
    (tmp_path / "folder/in").mkdir(parents=True)
    (tmp_path / "folder/in/a").write_text("a")
    assets = [asset("file", "f", packaging="file"), asset("folder", "z", packaging="zip")]
    bucket = f"a-{clients.ACCOUNT}-us-east-1"

    deployed(monkeypatch, Artifact(folder=tmp_path, assets=[*assets, asset("file", "g")]))

    assert place.objects[f"{bucket}/f"] == place.objects[f"{bucket}/g"] == b"text"
    with zipfile.ZipFile(io.BytesIO(place.objects[f"{bucket}/z"])) as bundle:
        assert bundle.namelist() == ["in/a"]
    (tmp_path / "file").write_text("other")
    place.ends = ["UPDATE_COMPLETE"]
    deployed(monkeypatch, Artifact(folder=tmp_path, assets=assets))
    assert place.objects[f"{bucket}/f"] == b"text"
    assert archive(tmp_path / "folder") == place.objects[f"{bucket}/z"]
    place.plan["Head"] = KeyError("a bug")
    with pytest.raises(KeyError):
        deployed(monkeypatch, Artifact(folder=tmp_path, assets=assets))


def destroyed(monkeypatch: pytest.MonkeyPatch, *artifacts: Artifact, **more: Any) -> None:
    monkeypatch.setattr(in_process_deploy, "stacks_in_order", lambda folder: [*artifacts])
    destroy_assembly(Path(), "http://here", **more)


def test_stacks_are_destroyed_last_first_and_a_missing_one_is_fine(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    place.stacks = {"a": stack("CREATE_COMPLETE"), "b": stack("CREATE_COMPLETE")}
    place.ends = ["DELETE_COMPLETE"] * 2
    artifacts = (Artifact(stack_name="a"), Artifact(stack_name="none"), Artifact(stack_name="b"))

    destroyed(monkeypatch, *artifacts, on_progress=told.append)

    assert told == ["b: DELETE_COMPLETE", "a: DELETE_COMPLETE"]


@pytest.mark.parametrize("end", ["DELETE_FAILED", "CREATE_COMPLETE"])
def test_a_stack_that_stays_is_told(
    end: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.stacks["app"] = stack("CREATE_COMPLETE")
    place.ends = [end]

    with pytest.raises(DeployError, match=f"app: {end}"):
        destroyed(monkeypatch, Artifact())


@pytest.mark.parametrize(
    ("error", "raised"), [(failed("it is protected"), DeployError), (KeyError(), KeyError)]
)
def test_a_deletion_that_is_refused_is_told_and_a_bug_is_not_hidden(
    error: Exception, raised: type[Exception], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.stacks["app"], place.plan = stack("CREATE_COMPLETE"), {"Refuse": error}

    with pytest.raises(raised) as caught:
        destroyed(monkeypatch, Artifact())
    assert raised is KeyError or str(caught.value) == "app: it is protected"


@pytest.mark.parametrize("error", [failed("throttled"), KeyError("does not exist")])
def test_a_place_that_cannot_be_asked_has_no_missing_stack(
    error: Exception, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.error = error

    with pytest.raises(type(error)):
        destroyed(monkeypatch, Artifact())
