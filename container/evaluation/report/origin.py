"""Origin of the models: their signatures, and the processing job that evaluated them."""

import json
from collections.abc import Mapping
from typing import Any

from container.contract.layout import Layout
from container.evaluation.report.markup import Cell, Markup, table
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.number_format import NOTHING, grouped
from container.formats.schema import Label

_FACTS = ("algorithm", "task", "objective", "classes", "threshold", "quantiles", "rounds", "sha256")


def job(layout: Layout) -> Mapping[str, str]:
    """Return the name, image and inputs of this processing job, as far as they are known."""
    try:
        document = json.loads(layout.processing_job.read_bytes())
        facts = {
            "processing job": document["ProcessingJobName"],
            "image": document["AppSpecification"]["ImageUri"],
        }
        for each in document.get("ProcessingInputs") or []:
            facts[f"input {each['InputName']}"] = each["S3Input"]["S3Uri"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {name: str(value) for name, value in facts.items()}


def tables(comparison: ModelComparison, job: Mapping[str, str]) -> list[Markup]:
    """Return tables of the signatures, the hyperparameters, and the job."""
    signatures = [side.evaluated.signature for side in comparison.sides]
    head = ["", *(side.name for side in comparison.sides)]
    made = [table("Signature", head, _beside([_facts(each) for each in signatures]), "text")]
    chosen = [each["hyperparameters"] for each in signatures]
    made.append(table("Hyperparameters", head, _beside(chosen), "text"))
    if job:
        rows = [[Cell(name), Cell(text)] for name, text in job.items()]
        made.append(table("This evaluation", ["", ""], rows, "text"))
    return made


def _facts(signature: Mapping[str, Any]) -> dict[str, str]:
    facts = {name: signature.get(name) for name in _FACTS}
    shown = {name: _shown(value) for name, value in facts.items() if value is not None}
    features = signature.get("features")
    label = signature.get("label")
    width = len(features) if features else signature.get("feature_count", 0)
    versions = signature.get("versions") or {}
    return {
        **shown,
        **({"label": str(Label.from_json(label))} if label else {}),
        "features": grouped(width),
        **{f"version of {name}": str(version) for name, version in sorted(versions.items())},
    }


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _beside(columns: list[Mapping[str, Any]]) -> list[list[Cell]]:
    names = dict.fromkeys(name for column in columns for name in column)
    return [
        [Cell(name), *(Cell(_shown(column.get(name, NOTHING))) for column in columns)]
        for name in names
    ]
