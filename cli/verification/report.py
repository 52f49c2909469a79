"""Report of a verification: one page of what held on AWS and what differed from the sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cli.terminal.screen import format_duration
from cli.verification.call_record import CallSummary
from cli.verification.findings import Walk

_NOTHING = CallSummary()
_MOST_MEMBERS = 12


@dataclass(frozen=True)
class Difference:
    """One respect in which the two places answered a call differently."""

    step: str
    call: str
    what: str


def differences(real: Walk, reference: Walk) -> list[Difference]:
    """Return every difference in members, states and errors of the steps that both walked."""
    found = []
    for step in (one for one in real.calls if one in reference.calls):
        for call in sorted(real.calls[step].keys() | reference.calls[step].keys()):
            first = real.calls[step].get(call, _NOTHING)
            second = reference.calls[step].get(call, _NOTHING)
            found += [Difference(step, call, text) for text in _texts(first, second, real.place)]
    return found


def _texts(real: CallSummary, reference: CallSummary, place: str) -> Iterator[str]:
    if not real.count or not reference.count:
        yield f"called {'in the sandbox' if not real.count else f'on {place}'} only"
        return
    pairs = (
        ("members", real.members, reference.members),
        ("states", real.states, reference.states),
        ("errors", real.errors, reference.errors),
    )
    for word, first, second in pairs:
        if first - second:
            yield f"{word} on {place} only: {_listed(first - second)}"
        if second - first:
            yield f"{word} in the sandbox only: {_listed(second - first)}"


def _listed(names: set[str]) -> str:
    shown = sorted(names)[:_MOST_MEMBERS]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return ", ".join(f"`{name}`" for name in shown) + more


def page(real: Walk, reference: Walk, *, environment: str, region: str, day: date) -> str:
    """Return the page in Markdown; it holds no value that AWS answered, but states and errors."""
    found = differences(real, reference)
    lines = [f"# Verification of {environment} in {region}, {day.isoformat()}", ""]
    lines += [_verdict(real, found), "", "## Steps", ""]
    lines += [f"| step | {real.place} | sandbox | result |", "|---|---|---|---|"]
    lines += _step_rows(real, reference)
    lines += ["", "## What differed", ""]
    lines += [f"- {one.step}, `{one.call}`: {one.what}" for one in found] or ["Nothing."]
    lines += ["", "## What held", "", f"| step | call | times | {real.place} | sandbox |"]
    lines += ["|---|---|---|---|---|", *_held_rows(real, reference, found)]
    return "\n".join(lines) + "\n"


def _verdict(real: Walk, found: list[Difference]) -> str:
    calls = sum(len(step) for step in real.calls.values())
    if real.left:
        return f"**Not everything was removed: {', '.join(real.left)}.**"
    if real.error:
        return f"**{real.place} stopped the walk: {real.error}.** Everything is destroyed."
    differing = len({(one.step, one.call) for one in found})
    return (
        f"Every step succeeded and everything is destroyed. {calls - differing} of {calls} calls "
        f"answered as the sandbox does, {differing} did not."
    )


def _step_rows(real: Walk, reference: Walk) -> Iterator[str]:
    known = {step.name: step for step in reference.steps}
    for step in real.steps:
        other = known.get(step.name)
        took = format_duration(other.seconds) if other else "not reached"
        result = f"**failed**: {step.error}" if step.error else step.result
        cells = (step.name, format_duration(step.seconds), took, result.replace("|", "\\|"))
        yield f"| {' | '.join(cells)} |"


def _held_rows(real: Walk, reference: Walk, found: list[Difference]) -> Iterator[str]:
    differing = {(one.step, one.call) for one in found}
    for step, calls in real.calls.items():
        for call, summary in sorted(calls.items()):
            if (step, call) in differing or step not in reference.calls:
                continue
            other = reference.calls[step][call]
            first = 1000 * summary.seconds / summary.count
            second = 1000 * other.seconds / other.count
            times = f"{summary.count}, {other.count}"
            yield f"| {step} | `{call}` | {times} | {first:.0f} ms | {second:.0f} ms |"
