"""`docs/edits.md`: what became of each edit, as the test found it."""

from collections.abc import Iterator, Mapping

from tests.journeys.edits.edits import EDITS, Edit
from tests.journeys.edits.verdicts import Verdict

_HEAD = """\
# Editing a running environment

What a change of each setting does to an environment with a live model. A test deploys every edit of
this page onto one in the sandbox and takes it back; it writes the page, and a setting without an
edit fails it. Nothing of this was tried on AWS.

- **in place**: nothing is replaced; the endpoint may be updated.
- **replaced without loss**: what is named is made anew beside the old; the endpoint answers.
- **two steps**: `deploy` stops before it touches anything, and says what goes first.
- **refused**: `deploy` stops before it touches anything, and says the steps. Where they lead to the
  edit itself, the test takes them.

What a running environment has to keep is one table, `reviewer/plan/kept_settings.py`. What stacks
share is protected by CloudFormation's own refusal:
[decision 6](decisions/0006-strong-references-between-stacks.md).

| setting | forward | back | to |
|---|---|---|---|
"""


def page(found: Mapping[str, tuple[Verdict, Verdict | None]]) -> str:
    """The whole page; each way to a refused edit is written once."""
    rows = "".join(f"{_row(edit, *found[edit.name])}\n" for edit in EDITS)
    return _HEAD + rows + "".join(_recipes(found))


def _row(edit: Edit, forward: Verdict, back: Verdict | None) -> str:
    to = f"`{edit.value}`".replace("|", "\\|") + edit.suffix
    backward = "" if back is None else _cell(back)
    return f"| `{edit.setting}` | {_cell(forward)} | {backward} | {to} |"


def _cell(verdict: Verdict) -> str:
    if verdict.refusal is not None:
        return f"{verdict.word}: {verdict.refusal.why}"
    if verdict.notes:
        return f"{verdict.word}: {', '.join(verdict.notes)}"
    return verdict.word


def _recipes(found: Mapping[str, tuple[Verdict, Verdict | None]]) -> Iterator[str]:
    """The steps of each refusal that differ in more than the setting's name."""
    yield "\n## The steps\n"
    known: dict[tuple[str, ...], list[str]] = {}
    for edit in EDITS:
        for verdict in found[edit.name]:
            if verdict is None or verdict.refusal is None:
                continue
            setting = verdict.refusal.setting
            steps = tuple(step.replace(setting, "SETTING") for step in verdict.notes)
            names = known.setdefault(steps, [])
            if setting not in names:
                names.append(setting)
    for steps, names in known.items():
        yield f"\n{', '.join(f'`{name}`' for name in names)}:\n\n"
        yield from (
            f"{number}. `{step}`\n" if _is_command(step) else f"{number}. {step}\n"
            for number, step in enumerate(steps, start=1)
        )


def _is_command(step: str) -> bool:
    return step.startswith(("./kiban", "aws ", "npx "))
