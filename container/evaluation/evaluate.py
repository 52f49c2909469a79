"""`evaluate`: judges a candidate, and the champion if there is one, on the same held-out rows."""

import json
from collections.abc import Mapping
from typing import Any

from container.contract import program
from container.contract.errors import ExitCode, InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.contract.whole_files import write_whole
from container.evaluation import contestants, importance, quality
from container.evaluation.baseline import baseline
from container.evaluation.comparison import Comparison
from container.evaluation.confidence.assessment import assess
from container.evaluation.picture import draw
from container.evaluation.report import origin
from container.evaluation.report.page import page


def main(layout: Layout) -> int:
    """Evaluate once; the answer is the exit code, and `output/message` says why it is not 0."""
    with program.ended_by_sigterm("evaluate", layout.message):
        return program.run("evaluate", lambda: _evaluate(layout), reason=layout.message)


def _evaluate(layout: Layout) -> ExitCode:
    contestant = contestants.load(layout, "model")
    held_out = contestant.read(layout)
    candidate = contestant.judge(held_out)
    champion = contestants.judge_champion(layout, contestant, held_out)
    rival, error = (None, champion) if isinstance(champion, str) else (champion, "")
    confidence = assess(candidate, rival)
    comparison = Comparison(candidate, rival, error, confidence)
    evaluation = _evaluation(comparison)
    statistics, constraints = baseline(contestant.schema, held_out.rows, candidate.scored)
    files = {
        "statistics.json": _json(quality.statistics(candidate.scored, confidence.deviations)),
        "explainability.json": _json(importance.report(candidate.importance)),
        "baseline/statistics.json": _json(statistics),
        "baseline/constraints.json": _json(constraints),
        **_report(comparison, layout),
        # Last: where this one lies, all the others do.
        "evaluation.json": _json(evaluation),
    }
    _write(layout, files)
    log_event("evaluated", evaluation)
    return ExitCode.DONE


def _write(layout: Layout, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = layout.processing / "evaluation" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        except OSError as error:
            raise InputError(
                f"processing/evaluation: {name} cannot be written ({error.strerror}); "
                "give the job an empty output folder on a disk that has room"
            ) from error


def _evaluation(comparison: Comparison) -> dict[str, Any]:
    candidate, champion = comparison.candidate, comparison.champion
    document: dict[str, Any] = {"rows": candidate.scored.rows, "metrics": candidate.metrics}
    if champion:
        document["champion_metrics"] = champion.metrics
    if comparison.champion_error:
        document["champion_error"] = comparison.champion_error
    return {**document, "intervals": comparison.confidence.to_json()}


def _report(comparison: Comparison, layout: Layout) -> dict[str, bytes]:
    pictures = draw(comparison)
    drawn = {}
    if isinstance(pictures, str):
        log_event("notice", {"about": "pictures", "text": pictures})
    else:
        drawn = {f"pictures/{picture.name}.png": picture.png for picture in pictures}
    return {**drawn, "report.html": page(comparison, pictures, origin.job(layout))}


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"
