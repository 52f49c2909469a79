"""ListTransformJobs: jobs by time, name and status, ten a page."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.state.stores import Document, page

# botocore's model of ListTransformJobs.
_DEFAULT_RESULTS = 10


def summaries(request: Document, rows: Iterable[Document]) -> Document:
    """Return the response for jobs, oldest first, as DescribeTransformJob shows them."""
    found = page(
        {"MaxResults": _DEFAULT_RESULTS, **request},
        _within_times(request, rows),
        name="TransformJobName",
        status="TransformJobStatus",
    )
    return {"TransformJobSummaries": found.pop("Items"), **found}


def _within_times(request: Document, rows: Iterable[Document]) -> Iterable[Document]:
    """Return the jobs that were created and modified between the times of the request."""
    for field in ("CreationTime", "LastModifiedTime"):
        after, before = (request.get(f"{field}{side}") for side in ("After", "Before"))
        rows = [
            row
            for row in rows
            if (after is None or row[field].timestamp() > after)
            and (before is None or row[field].timestamp() < before)
        ]
    return rows
