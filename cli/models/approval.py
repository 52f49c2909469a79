"""Conditions of an approval: what the gate refused, or what changes the columns, needs words."""

import re
from dataclasses import dataclass

from cli.models.model_versions import ModelVersion
from cli.terminal.errors import WrongInput
from config.version_facts import (
    ACCEPTED_SCHEMA_CHANGE,
    DESPITE_GATE,
    GATE,
    GATE_PASSED,
    GATE_REFUSED,
    SCHEMA_CHANGE,
)

# Versions that were registered before the gate's decision was kept with them.
_OLDER_COMMENT = "Refused by the gate: "
# What a metadata value of a model package holds, and how much of it.
_NOT_METADATA = re.compile(r"[^\w .:/=+\-@]")
_MOST_METADATA = 256


@dataclass(frozen=True)
class ApprovalWords:
    """What a person says beside the version's number."""

    changes_schema: bool = False
    despite_gate: str | None = None


def gate_refusal(version: ModelVersion) -> str:
    """Return why the gate refused a version, "" if it did not; an unknown decision refuses."""
    decision = version.facts.get(GATE)
    if decision is None:
        older = version.comment.startswith(_OLDER_COMMENT)
        return version.comment.removeprefix(_OLDER_COMMENT) if older else ""
    if decision == GATE_PASSED:
        return ""
    if decision.startswith(GATE_REFUSED):
        return decision.removeprefix(GATE_REFUSED)
    return f"unknown decision {decision!r}"


def schema_change(version: ModelVersion) -> str:
    """Return how the version's columns or task differ from the champion's, "" if they do not."""
    return version.facts.get(SCHEMA_CHANGE, "")


def lacks_words(version: ModelVersion) -> bool:
    """Whether a version, if it is approved, was approved without a word that it needs."""
    lacks_reason = bool(gate_refusal(version)) and DESPITE_GATE not in version.facts
    return lacks_reason or (
        bool(schema_change(version)) and ACCEPTED_SCHEMA_CHANGE not in version.facts
    )


def require_words(version: ModelVersion, words: ApprovalWords, what: str) -> None:
    """Raise WrongInput unless the words fit the version; `what` is the command so far."""
    refusal, change = gate_refusal(version), schema_change(version)
    name = f"version {version.number}"
    if refusal and not (words.despite_gate or "").strip():
        raise WrongInput(
            f"{name}: the gate refused it ({refusal}); approve it all the same with: "
            f'{what}{" --changes-schema" if change else ""} --despite-gate "REASON"'
        )
    if change and not words.changes_schema:
        raise WrongInput(
            f"{name}: takes other columns or has another task than the champion ({change}), so "
            f"requests that work today may fail; if the callers are ready: {what} --changes-schema"
        )
    if words.changes_schema and not change:
        raise WrongInput(f"{name}: does not change the schema; leave --changes-schema out")
    if words.despite_gate is not None and not refusal:
        raise WrongInput(f"{name}: the gate did not refuse it; leave --despite-gate out")


def facts_of(words: ApprovalWords, caller: str) -> dict[str, str]:
    """Return the metadata that is stored with a version that was approved with these words."""
    facts = {}
    if words.changes_schema:
        facts[ACCEPTED_SCHEMA_CHANGE] = _clean(caller)
    if words.despite_gate is not None:
        facts[DESPITE_GATE] = _clean(words.despite_gate)
    return facts


def accepted_change(change: str, caller: str) -> dict[str, str]:
    """Return the metadata of a version whose change of the columns was found and accepted."""
    return {SCHEMA_CHANGE: _clean(change), ACCEPTED_SCHEMA_CHANGE: _clean(caller)}


def describe_words(version: ModelVersion, words: ApprovalWords) -> str:
    """Return the approval's description, "" for an ordinary approval."""
    said = []
    if words.despite_gate is not None:
        said.append(f"Despite the gate ({gate_refusal(version)}): {words.despite_gate.strip()}")
    if words.changes_schema:
        said.append(f"Changes the schema ({schema_change(version)})")
    return "; ".join(" ".join(text.split()) for text in said)


def _clean(text: str) -> str:
    return _NOT_METADATA.sub("_", " ".join(text.split()))[:_MOST_METADATA]
