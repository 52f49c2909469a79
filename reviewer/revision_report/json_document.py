"""JSON of a comparison, for machines: every finding of every environment, without its secrets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reviewer.revision_report.finding_rows import masked_finding

if TYPE_CHECKING:
    from reviewer.changes.revision_diff import RevisionDiff


def json_report(base: str, found: Sequence[RevisionDiff]) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "base": base,
        "needs_person": any(comparison.needs_person for comparison in found),
        "environments": [
            {
                "environment": comparison.after.assembly.environment,
                "stage": comparison.stage,
                "needs_person": comparison.needs_person,
                "idle_usd_a_month": {
                    "before": str(comparison.idle_before.usd),
                    "after": str(comparison.idle_after.usd),
                    "meters_without_a_price": len(comparison.idle_after.unpriced),
                },
                "oldest_price": str(comparison.oldest_price) if comparison.oldest_price else None,
                "findings": [vars(masked_finding(finding)) for finding in comparison.findings],
            }
            for comparison in found
        ],
    }


def json_text(report: dict[str, Any]) -> str:
    """The report as a file."""
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    # Half of a surrogate pair is in JSON and in no encoding.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
