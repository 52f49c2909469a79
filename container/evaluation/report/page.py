"""The report as one self-contained HTML page without scripts or requests."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from container.evaluation.confidence.intervals import LEVEL
from container.evaluation.confidence.resampling import MAX_ROWS, RESAMPLES
from container.evaluation.report import origin, tables
from container.evaluation.report.conclusion import conclude
from container.evaluation.report.markup import Markup, element, escape_text, joined
from container.evaluation.results.model_comparison import ModelComparison
from container.evaluation.results.number_format import grouped, rows_text
from container.evaluation.results.picture import ReportPicture

# Even if something slipped through the escaping, a browser would neither run nor fetch it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render_page(
    comparison: ModelComparison, pictures: Sequence[ReportPicture] | str, job: Mapping[str, str]
) -> bytes:
    """Return the HTML document; a text instead of pictures is the reason for their absence."""
    style = Markup(Path(__file__).with_name("page.css").read_text(encoding="utf-8"))
    body = joined(
        [
            _heading(job),
            _conclusion(comparison),
            *_section("Metrics", [tables.metrics(comparison), _method(comparison)]),
            *_section("Pictures", [_pictures(pictures)]),
            *_section("Classes", [*tables.classes(comparison), *tables.confusions(comparison)]),
            *_section("Features", tables.importance(comparison)),
            *_section("Model", origin.tables(comparison, job)),
            element("p", _ABOUT_DATA, "soft"),
        ]
    )
    document = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Model quality report</title>\n<style>\n{style}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )
    return document.encode("utf-8", errors="replace")


_ABOUT_DATA = (
    "This page holds counts, means and curves, and no row of the held-out data: a page is mailed "
    "and kept where the data may not go. Who may read the data finds the rows in the input “test”."
)


def _heading(job: Mapping[str, str]) -> Markup:
    name = job.get("processing job")
    below = [element("p", name, "soft")] if name else []
    return joined([element("h1", "Model quality report"), *below])


def _conclusion(comparison: ModelComparison) -> Markup:
    found = conclude(comparison)
    inside = joined([element("h2", found.title), element("p", found.text)])
    return element("section", inside, f"verdict {found.outcome or ''}".strip())


def _section(title: str, parts: Sequence[Markup]) -> list[Markup]:
    return [element("section", joined([element("h2", title), *parts]))] if parts else []


def _method(comparison: ModelComparison) -> Markup:
    confidence = comparison.confidence
    if not confidence.candidate:
        return element("p", "None of these metrics has an interval for this task.", "soft")
    rows = comparison.candidate.scored.rows
    drawn = (
        f" drawn from {grouped(confidence.drawn_from)} of the {rows_text(rows)}, and narrowed to "
        f"what all rows would give (more than {grouped(MAX_ROWS)} are thinned out)"
        if confidence.drawn_from < rows
        else ""
    )
    text = (
        f"Intervals hold the true value in {LEVEL:.0%} of test sets like this one. Shares are "
        f"Wilson's; auc is DeLong's on the logit scale, or Newcombe's where few rows are "
        f"misranked; all others are bias-corrected and accelerated (BCa) from "
        f"{grouped(RESAMPLES)} resamples{drawn}. The difference is candidate minus champion on the "
        "same rows; “unclear” means that the interval holds 0. A dash: not defined on these rows."
    )
    return element("p", text.replace("%", " %"), "soft")


def _pictures(pictures: Sequence[ReportPicture] | str) -> Markup:
    if isinstance(pictures, str):
        return element("p", pictures)
    if not pictures:
        return element("p", "These rows have nothing to draw.")
    return element("div", joined([_figure(each) for each in pictures]), "pictures")


def _figure(picture: ReportPicture) -> Markup:
    content = base64.b64encode(picture.png).decode()
    image = f'<img alt="{escape_text(picture.alt)}" src="data:image/png;base64,{content}">'
    return Markup(f"<figure>{image}<figcaption>{escape_text(picture.alt)}</figcaption></figure>")
