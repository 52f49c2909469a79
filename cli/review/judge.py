"""Program that judges two syntheses and their sources, by the reviewer of its own checkout.

`python -m cli.review.judge REQUEST`; the review of any revision starts it in the base's checkout.
It ends as `kiban review --base` does, and with 5 when it does not know the request.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cfn.assembly import AssemblyError
from cfn.registry_schemas import SchemaError
from cli.review.changed_files import changed_files
from cli.review.comparison_screen import print_comparisons
from cli.review.judge_request import NEEDS_PERSON, NOT_UNDERSTOOD, JudgeRequest, read_request
from cli.review.revision_comparison import compare_syntheses
from cli.terminal import screen
from cli.terminal.errors import Failure, WrongInput
from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import RevisionDiff
from reviewer.errors import ReviewError
from reviewer.report.files import write_folder
from reviewer.revision_report.comment import markdown_report
from reviewer.revision_report.json_document import json_report, json_text
from reviewer.revision_report.page import html_report
from reviewer.rules.rule_packs import missing_rule_packs
from reviewer.sources.source_findings import source_findings


def judge(request: JudgeRequest) -> int:
    """Print and write what differs; return 3 when a person has to look, else 0.

    Raises WrongInput when a side cannot be read.
    """
    old, new = Path(request.base_assembly), Path(request.head_assembly)
    try:
        about = list(_about_the_review(request, new))
        found = compare_syntheses(old, new, request.environments)
    except (AssemblyError, ReviewError, SchemaError) as error:
        raise WrongInput(str(error)) from None
    # All environments have the same source: it is said of each, and a report says it once.
    found = [replace(one, findings=(*about, *one.findings)) for one in found]
    _report(request, found)
    return NEEDS_PERSON if about or any(one.needs_person for one in found) else 0


def _about_the_review(request: JudgeRequest, new: Path) -> Iterator[Finding]:
    if request.is_own:
        said = f"{request.name} has no reviewer for this: the branch's own has judged it"
        yield Finding("reviewer-of-branch", "review", "cli/review/judge.py", said)
    yield from missing_rule_packs(new)
    yield from source_findings(changed_files(Path(request.repository), request.base, request.head))


def _report(request: JudgeRequest, found: Sequence[RevisionDiff]) -> None:
    content = json_report(request.name, found)
    files = {
        "review.md": markdown_report(request.name, found),
        "review.html": html_report(request.name, found),
        "review.json": json_text(content),
    }
    write_folder(Path(request.output), files)
    if request.as_json:
        screen.print_json(content)
    else:
        print_comparisons(found, Path(request.output))


def main(arguments: Sequence[str]) -> int:
    """Answer one request; an error is one line on standard error."""
    request = read_request(arguments[0]) if len(arguments) == 1 else None
    if request is None:
        return NOT_UNDERSTOOD
    try:
        return judge(request)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
