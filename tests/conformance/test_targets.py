import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
from conformance import Report, TargetError, Terms
from conformance.harness.wire import Address, free_port
from conformance.manifest import read_manifest
from tests.conformance import tiny
from tests.conformance.faults import PATIENT

QUICK = ["trains", "ping-is-quick-and-empty", "sigterm-ends-server"]


def run(target: str | Path, *only: str, manifest: Path | None = None) -> Report:
    return conformance.run(
        target,
        only=only or QUICK,
        terms=PATIENT,
        described_by=manifest,
        search_path=os.environ["PATH"],
    )


def outcomes(report: Report) -> dict[str, str]:
    return {result.check.name: result.outcome for result in report.results}


def refusal(target: str | Path, *only: str) -> str:
    with pytest.raises(TargetError) as caught:
        run(target, *only)
    (line,) = str(caught.value).splitlines()
    return line


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no such folder" in refusal(tmp_path / "nowhere")


def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    tiny.container(tmp_path)
    for name in ("train", "serve"):
        (tmp_path / "bin" / name).chmod(0o644)

    assert "neither bin/train nor bin/serve" in refusal(tmp_path)


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1:8080", "http://example.com", "http://0.0.0.0:8080", "http://[::]:80"],
)
def test_only_servers_of_this_machine_are_looked_at(url: str) -> None:
    assert "is not this machine" in refusal(url)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1", "http://127.0.0.1:1/invocations", "http://127.0.0.1:99999"]
)
def test_an_address_is_scheme_host_and_port(url: str) -> None:
    assert "http://127.0.0.1:8080" in refusal(url)


def test_an_unknown_check_is_refused_with_those_there_are(tmp_path: Path) -> None:
    told = refusal(tiny.container(tmp_path), "trians")

    assert told == "trians: no such check; did you mean trains?"


MISTAKES = {
    "[training": "not readable as TOML",
    "[trainin]": "trainin is no setting; did you mean training?",
    "training = 1": "training must be a table",
    "[training]\nhyperparameters = { rounds = 3 }": "hyperparameters.rounds must be a text",
    "[training]\ndata = 'nowhere'": "data must be a folder beside this file",
    "[training]\nslow = 1": "[training] slow is no setting",
    "[serving]\nrequests = 'one'": "requests must be a list of texts",
    "[serving]\naccept = ''": "accept must be a text",
    "entrypoint = [1]": "entrypoint must be a list of texts",
    "[skip]\ntrians = 'x'": "trians is no check; did you mean trains?",
    "[skip]\ntrains = ''": "skip.trains must be a text",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_the_manifest_is_named_before_anything_runs(tmp_path: Path, text: str) -> None:
    folder = tiny.container(tmp_path)
    (folder / "conformance.toml").write_text(text)

    told = refusal(folder)

    assert told.startswith("conformance.toml: ")
    assert MISTAKES[text] in told


def test_a_check_that_is_opted_out_is_skipped_with_the_reason(tmp_path: Path) -> None:
    folder = tiny.container(tmp_path)
    with (folder / "conformance.toml").open("a") as manifest:
        manifest.write("[skip]\ntrains = 'it is trained elsewhere'\n")

    (result,) = run(folder, "trains").results

    assert result.outcome == "skipped"
    assert result.seen == "the container opts out: it is trained elsewhere"


def test_a_container_that_only_serves_is_looked_at_with_a_model_of_its_own(tmp_path: Path) -> None:
    folder = tiny.container(tmp_path)
    (folder / "bin/train").unlink()
    assert outcomes(run(folder)) == dict.fromkeys(QUICK, "skipped")

    (folder / "sample").mkdir()
    (folder / "sample/model.json").write_text('{"mean": 0.5}')
    (folder / "conformance.toml").write_text("[serving]\nmodel = 'sample'\n")

    assert list(outcomes(run(folder)).values()) == ["skipped", "passed", "passed"]


def test_a_container_that_only_trains_is_looked_at_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = tiny.container(tmp_path)
    (folder / "bin/serve").unlink()

    report = run(folder, *QUICK, "evaluates")

    assert outcomes(report)["trains"] == "passed"
    assert {result.seen for result in report.of("skipped")} == {"it needs bin/serve"}


def test_data_of_its_own_takes_the_place_of_the_suites(tmp_path: Path) -> None:
    folder = tiny.container(tmp_path, {"bin/train": {"if not rows:": "if len(rows[0]) != 2:"}})
    assert outcomes(run(folder, "trains")) == {"trains": "failed"}

    (folder / "rows/train").mkdir(parents=True)
    (folder / "rows/train/a.csv").write_text("1,2\n")
    manifest = (folder / "conformance.toml").read_text()
    (folder / "conformance.toml").write_text(manifest + "data = 'rows'\n")

    assert outcomes(run(folder, "trains")) == {"trains": "passed"}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[str]:
    """The address of a server that somebody else started."""
    folder, port = tiny.container(tmp_path / "tiny"), free_port()
    (tmp_path / "ml/model").mkdir(parents=True)
    (tmp_path / "ml/model/model.json").write_text('{"mean": 0.5}')
    settings = {"SAGEMAKER_BASE_DIR": str(tmp_path / "ml"), "SAGEMAKER_BIND_TO_PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, folder / "bin/serve"], env={**os.environ, **settings}
    ) as server:
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def test_a_running_server_is_asked_and_nothing_else(running: str) -> None:
    port = int(running.rpartition(":")[2])
    while not answers(port):
        pass

    report = run(running, *conformance.NAMES)

    assert report.of("failed") == []
    assert len(report.of("passed")) == 18
    assert {result.seen for result in report.of("skipped")} == {
        "it needs the container's folder, not only a running server"
    }


def answers(port: int) -> bool:
    try:
        return Address("127.0.0.1", port).ask("GET", "/ping", seconds=1).status == 200
    except conformance.check.Violation:
        return False


def test_an_address_where_nothing_listens_fails_every_check_that_asks() -> None:
    report = run(f"http://127.0.0.1:{free_port()}", "ping-is-quick-and-empty")

    assert "no answer" in report.results[0].seen
    assert not report.keeps_the_contract


def test_advice_alone_does_not_break_the_contract(tmp_path: Path) -> None:
    changes = {"bin/serve": {"return self.answer(406)": "pass"}}

    report = run(tiny.container(tmp_path, changes), "wrong-accept")

    assert outcomes(report) == {"wrong-accept": "failed"}
    assert report.keeps_the_contract


def test_a_program_that_never_ends_is_ended_and_said_so(tmp_path: Path) -> None:
    changes = {"bin/train": {"if not rows:": "time.sleep(600)\nif not rows:"}}
    folder = tiny.container(tmp_path, changes)

    report = conformance.run(folder, only=["trains"], terms=Terms(train_seconds=0.2))

    assert report.results[0].seen == "train did not end within 0.2 s of a small training"


def test_every_check_says_what_why_and_where_to_read_on() -> None:
    names = [check.name for check in conformance.CHECKS]

    assert len(set(names)) == len(names) > 45
    for check in conformance.CHECKS:
        assert check.title[0].isupper() or check.title[0] in "/23"
        assert len(check.why) > 30, check.name
        assert check.page.startswith("https://docs.aws.amazon.com/sagemaker/")


def test_the_suite_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    package = Path(conformance.__file__).parent
    shutil.copytree(package, tmp_path / "conformance")

    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            "import sys; sys.path.insert(0, '.'); import conformance",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr


def test_the_page_on_containers_lists_every_check() -> None:
    page = (Path(__file__).parents[2] / "docs" / "containers.md").read_text(encoding="utf-8")
    rows = [row.split(" | ") for row in page.splitlines() if row.startswith("| `")]

    listed = [(row[0].strip("| `"), row[1], row[2].removesuffix(" |")) for row in rows]

    assert listed == [(check.name, check.severity, check.title) for check in conformance.CHECKS]


def test_the_manifest_on_that_page_is_understood(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "containers.md").read_text(encoding="utf-8")
    for name in ("sample", "sample-model"):
        (tmp_path / name).mkdir()
    path = tmp_path / "conformance.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0])

    manifest = read_manifest(path, conformance.NAMES)

    assert manifest.entrypoint == ("./entrypoint",)
    assert manifest.training.data == tmp_path / "sample"
    assert len(manifest.serving.requests) == 2
    assert list(manifest.skip) == ["killed-training-goes-on"]
