"""`kiban report`: the page of the newest version or another, in the browser or in a folder."""

import io
import json
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.model import report
from cli.models import model_versions
from cli.models.model_versions import ModelVersion
from cli.terminal import browser
from cli.terminal.errors import Failure, WrongInput
from tests.cli.service import Service, environment, refused

ADDRESS = "s3://artifacts/churn/evaluation/churn-3/report.html"


def version(number: int, **facts: str) -> ModelVersion:
    return ModelVersion(f"arn:g/{number}", "Approved", datetime.now(UTC), "", facts)


class Desk:
    """Two versions, a bucket with a page, and what is opened in the browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Any) -> None:
        self.service = Service(get_object=list(answers) or [{"Body": io.BytesIO(b"<p>page</p>")}])
        self.versions = [version(3, report=ADDRESS), version(2)]
        self.opened: list[Path] = []
        self.has_browser = True
        env = environment(self.service)
        for module, name, answer in (
            (report, "open_model", lambda name, model, sandbox: env),
            (model_versions, "list_versions", lambda env, model: self.versions),
            (browser, "open_page", self._open),
        ):
            monkeypatch.setattr(module, name, answer)

    def _open(self, path: Path) -> bool:
        self.opened.append(path)
        return self.has_browser


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Desk(monkeypatch)


def test_the_newest_report_is_opened(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    report.report("churn")

    (path,) = desk.opened
    assert path.read_text() == "<p>page</p>"
    assert path.name == "churn-3.html"
    assert desk.service.given == [
        {"Bucket": "artifacts", "Key": "churn/evaluation/churn-3/report.html"}
    ]
    said = capsys.readouterr().out.replace("\n", "")
    assert f"Report of version 3 of churn: {path}" in said
    assert "no browser" not in said


def test_without_a_browser_the_path_is_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.has_browser = False
    report.report("churn", 3)

    said = capsys.readouterr().out.replace("\n", "")
    assert str(desk.opened[0]) in said
    assert "no browser here; save it where one is, with --output FOLDER" in said


def test_it_is_saved_in_a_folder_that_need_not_be_there(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report.report("churn", output=tmp_path / "new" / "folder", as_json=True)

    path = tmp_path / "new" / "folder" / "churn-3.html"
    assert path.read_text() == "<p>page</p>"
    assert json.loads(capsys.readouterr().out) == {
        "model": "churn",
        "version": 3,
        "report": ADDRESS,
        "path": str(path),
    }
    report.report("churn", output=tmp_path)
    assert desk.opened == []


def test_a_folder_that_cannot_be_written_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(WrongInput, match=r"--output: .*file.*; choose another folder"):
        report.report("churn", output=tmp_path / "file" / "folder")


def test_what_has_no_report_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="churn: version 2 was registered without a report"):
        report.report("churn", 2)
    with pytest.raises(WrongInput, match="churn: no version 7; there is"):
        report.report("churn", 7)
    desk.versions = []
    with pytest.raises(Failure, match=r"no versions yet; train one with: ./kiban train"):
        report.report("churn")
    Desk(monkeypatch, refused("NoSuchKey"))
    with pytest.raises(Failure, match=f"churn: {ADDRESS} is gone; train the model again"):
        report.report("churn")


@pytest.mark.parametrize(
    ("platform", "variables", "opens", "shown"),
    [
        ("linux", {}, True, False),
        ("linux", {"DISPLAY": ":0"}, True, True),
        ("linux", {"WAYLAND_DISPLAY": "w"}, True, True),
        ("linux", {"BROWSER": "b"}, False, False),
        ("darwin", {}, True, True),
        ("darwin", {}, None, False),
    ],
)
def test_a_page_is_shown_where_there_is_a_browser(
    platform: str,
    variables: dict[str, str],
    opens: bool | None,
    shown: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def open_address(address: str) -> bool:
        asked.append(address)
        if opens is None:
            raise webbrowser.Error
        return opens

    monkeypatch.setattr(browser, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(webbrowser, "open", open_address)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert browser.open_page(Path("/a b.html")) is shown
    assert asked == ([] if platform == "linux" and not variables else ["file:///a%20b.html"])
