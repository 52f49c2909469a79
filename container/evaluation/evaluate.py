"""`evaluate`: evaluates a candidate and the champion on the same held-out rows."""

import importlib.util
import json
import os
import tempfile
import traceback
from collections.abc import Mapping
from typing import Any

from container.contract import program
from container.contract.atomic_files import write_atomically
from container.contract.errors import ExitCode, InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.evaluation import candidates
from container.evaluation.baseline import baseline
from container.evaluation.report import origin
from container.evaluation.report.page import render_page
from container.evaluation.results import importance
from container.evaluation.results.assessment import assess
from container.evaluation.results.model_comparison import ChampionError, ModelComparison
from container.evaluation.results.picture import ReportPicture
from container.metrics import quality
from container.metrics.averages import averages

NOT_INSTALLED = (
    "Pictures are left out because matplotlib is not installed. To have them, install "
    "requirements-pictures.txt into the image, as the Dockerfile does."
)


def main(layout: Layout) -> int:
    """Evaluate once and return the exit code; `output/message` contains the reason of a failure."""
    with program.exit_on_sigterm("evaluate", layout.message):
        return program.run("evaluate", lambda: _evaluate(layout), reason=layout.message)


def _evaluate(layout: Layout) -> ExitCode:
    model = candidates.load_model(layout, "model")
    held_out = model.read(layout)
    candidate = model.evaluate(held_out)
    champion = candidates.evaluate_champion(layout, model, held_out)
    error = champion if isinstance(champion, ChampionError) else None
    rival = None if isinstance(champion, ChampionError) else champion
    confidence = assess(candidate, rival)
    comparison = ModelComparison(candidate, rival, error, confidence)
    evaluation = {**_evaluation(comparison), "signature_sha256": model.digest}
    statistics, constraints = baseline(model.schema, held_out.rows, candidate.scored)
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
            write_atomically(path, content)
        except OSError as error:
            raise InputError(
                f"processing/evaluation: {name} cannot be written ({error.strerror}); "
                "give the job an empty output folder on a disk that has room"
            ) from error


def _evaluation(comparison: ModelComparison) -> dict[str, Any]:
    candidate, champion = comparison.candidate, comparison.champion
    document: dict[str, Any] = {"rows": candidate.scored.rows, "metrics": candidate.metrics}
    averaged = averages(candidate.metrics)
    if averaged:
        document["averages"] = averaged
    if champion:
        document["champion_metrics"] = champion.metrics
    if comparison.champion_error:
        document["champion_error"] = comparison.champion_error.text
        if comparison.champion_error.changes_schema:
            document["changes_schema"] = True
    return {**document, "intervals": comparison.confidence.to_json()}


def _report(comparison: ModelComparison, layout: Layout) -> dict[str, bytes]:
    pictures = draw_pictures(comparison)
    drawn = {}
    if isinstance(pictures, str):
        log_event("notice", {"about": "pictures", "text": pictures})
    else:
        drawn = {f"pictures/{picture.name}.png": picture.png for picture in pictures}
    return {**drawn, "report.html": render_page(comparison, pictures, origin.job(layout))}


def draw_pictures(comparison: ModelComparison) -> list[ReportPicture] | str:
    """Return the pictures of the task, or why there are none: they must not block a model."""
    if importlib.util.find_spec("matplotlib") is None:
        return NOT_INSTALLED
    # matplotlib keeps a list of fonts, and the home folder may be read-only.
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("MPLCONFIGDIR", folder)
        try:
            from container.evaluation.pictures import album

            return album.draw_pictures(comparison)
        except Exception as error:
            traceback.print_exc()
            return f"Pictures are left out because drawing failed: {type(error).__name__}: {error}"
        finally:
            if os.environ["MPLCONFIGDIR"] == folder:
                del os.environ["MPLCONFIGDIR"]


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"
