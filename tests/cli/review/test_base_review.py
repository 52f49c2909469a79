"""Who judges a revision: its base's reviewer, or nobody without a finding that says so."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.review import base_review
from cli.review.base_review import Comparison, review_by_base, review_here
from cli.review.judge_request import NEEDS_PERSON, NOT_UNDERSTOOD
from cli.terminal.errors import Failure, WrongInput

ASKED = Comparison("main", "c0ffee", "beef", ["dev"])
GIVEN = Path("given.out")
NOTES = (
    "import os, sys; open(os.environ['NOTES'], 'a').write(os.getcwd() + ' ' + sys.argv[1] + '\\n')"
)


class Place:
    """A checkout with the reviewer `own`, and a base that is unpacked with the reviewer `judge`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.has_open_findings = False
        self.project, self.base, self.notes = folder / "own", folder / "base", folder / "notes"
        self.base.mkdir()
        monkeypatch.setenv("NOTES", str(self.notes))
        self.judges(self.project, "sys.exit(0)")
        for name, thing in (
            ("PROJECT", self.project),
            ("_JUDGE_LOG", folder / "logs" / "judge.log"),
            ("archive_of", self.archive_of),
            ("checkout_of", self.checkout_of),
            ("synthesise", self.synthesise),
            ("has_open_findings", lambda cdk_out: self.has_open_findings),
            ("synthesise_project", self.synthesise_project),
            ("is_part_of", lambda commit, name: commit == "old"),
        ):
            monkeypatch.setattr(base_review, name, thing)

    def judges(self, checkout: Path, line: str) -> None:
        """Let the reviewer of a checkout note that it was asked, and then run one line."""
        module = checkout / "cli" / "review" / "judge.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        for folder in (module.parent, module.parent.parent):
            (folder / "__init__.py").touch()
        module.write_text(f"{NOTES}\n{line}\n")

    def archive_of(self, commit: str) -> bytes:
        self.done.append(f"read {commit}")
        return b"archive"

    @contextlib.contextmanager
    def checkout_of(self, commit: str, archive: bytes) -> Iterator[Path]:
        assert archive == b"archive"
        self.done.append(f"unpacked {commit}")
        yield self.base

    def synthesise(self, checkout: Path, assembly: Path, log: Path, *, is_checked: bool) -> None:
        self.done.append("checked base" if is_checked else "synthesised base")

    def synthesise_project(self, folder: Path) -> Path:
        self.done.append("synthesised project")
        return folder / "cdk.out"

    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        """Each checkout whose reviewer was asked, with its request."""
        lines = [line.partition(" ") for line in self.notes.read_text().splitlines()]
        return [(Path(folder).name, json.loads(text)) for folder, _, text in lines]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(tmp_path, monkeypatch)


@pytest.mark.parametrize("code", [0, NEEDS_PERSON])
def test_the_base_s_reviewer_judges_and_decides_how_it_ends(place: Place, code: int) -> None:
    place.judges(place.base, f"sys.exit({code})")

    assert review_by_base(ASKED) == code
    ((folder, request),) = place.asked()
    assert (folder, request["is_own"]) == ("base", False)
    assert (request["name"], request["base"], request["head"]) == ("main", "c0ffee", "beef")
    assert (request["environments"], request["repository"]) == (["dev"], str(place.project))


def test_the_branch_runs_before_the_base_is_on_the_disk(place: Place) -> None:
    place.judges(place.base, "")

    review_by_base(ASKED)

    assert place.done == [
        "read c0ffee",
        "synthesised project",
        "unpacked c0ffee",
        "synthesised base",
    ]


def test_the_base_is_checked_when_the_branch_has_findings_that_it_may_have_had(
    place: Place,
) -> None:
    place.judges(place.base, "")
    place.has_open_findings = True

    review_by_base(ASKED)

    assert place.done[-1] == "checked base"


def test_the_base_s_reviewer_has_nothing_of_the_branch_on_its_path(place: Place) -> None:
    place.judges(
        place.base,
        "open(os.environ['NOTES'], 'w').write("
        "os.pathsep.join([*sys.path, os.environ['JSII_NODE'], os.environ['PYTHONPATH']]))",
    )

    review_by_base(ASKED)

    assert str(place.base) in place.notes.read_text()
    assert str(place.project) not in place.notes.read_text()


@pytest.mark.parametrize("has_older", [False, True])
def test_a_base_without_such_a_reviewer_leaves_it_to_the_branch_s_which_says_so(
    place: Place, has_older: bool
) -> None:
    place.judges(place.project, f"sys.exit({NEEDS_PERSON})")
    if has_older:
        place.judges(place.base, f"sys.exit({NOT_UNDERSTOOD})")

    assert review_by_base(ASKED) == NEEDS_PERSON
    folder, request = place.asked()[-1]
    assert (folder, request["is_own"]) == ("own", True)


def test_a_reviewer_that_breaks_is_a_failure_and_nobody_judges_in_its_place(place: Place) -> None:
    place.judges(place.base, "raise KeyError('Statement')")

    with pytest.raises(Failure, match="the reviewer of main failed: KeyError: 'Statement'; all of"):
        review_by_base(ASKED)
    assert [folder for folder, _ in place.asked()] == ["base"]


def test_wrong_input_of_the_reviewer_is_one_line(place: Place) -> None:
    place.judges(place.base, "print('no environment prd', file=sys.stderr); sys.exit(2)")

    with pytest.raises(WrongInput, match=r"^no environment prd$"):
        review_by_base(ASKED)


def test_another_commit_is_judged_here_and_nothing_of_it_is_run(place: Place) -> None:
    asked = Comparison("main", "c0ffee", "beef", [], GIVEN)

    assert review_here(asked) == 0
    ((folder, request),) = place.asked()
    assert (folder, request["head_assembly"]) == ("own", str(GIVEN.resolve()))
    assert "synthesised project" not in place.done


@pytest.mark.parametrize(
    ("head", "assembly", "said"),
    [
        ("beef", None, "--head is not run here"),
        ("old", GIVEN, "old is part of this checkout, whose reviewer would judge itself"),
    ],
)
def test_a_commit_does_not_judge_itself_and_is_not_run(
    place: Place, head: str, assembly: Path | None, said: str
) -> None:
    with pytest.raises(WrongInput, match=said):
        review_here(Comparison("main", "c0ffee", head, [], assembly))
    assert place.done == []
