"""InputFilter, JoinSource and OutputFilter: what is sent of a record, and written of a response.

https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sandbox.sagemaker.transform import json_paths, record_formats
from sandbox.sagemaker.transform.record_formats import FormatError

if TYPE_CHECKING:
    from sandbox.sagemaker.transform.json_paths import JsonPath
    from sandbox.sagemaker.transform.record_formats import RecordFormat
    from sandbox.sagemaker.transform.records import Record
    from sandbox.state.stores import Document


class Prepared(NamedTuple):
    """A record and the bytes of it that the model gets."""

    record: Record
    payload: bytes


@dataclass(frozen=True)
class DataProcessing:
    """How records and responses are filtered and joined; by default they pass as they are."""

    format: RecordFormat
    input_filter: JsonPath
    output_filter: JsonPath
    joins: bool
    single: bool
    lines: bool
    assembles_lines: bool

    def prepare(self, record: Record) -> Prepared:
        """Return the record with what is sent of it; raises FormatError.

        One record alone goes without its framing, records together as they lie in the object.
        """
        if self.input_filter.selects_all:
            return Prepared(record, record.data if self.single else record.framed)
        value = record_formats.read(self.format, record.data, "input")
        payload = self.format.write(_select(self.input_filter, value))
        return Prepared(record, payload if self.single or not self.lines else payload + b"\n")

    def assemble(self, batch: Sequence[Prepared], response: bytes) -> bytes:
        """Return what is written of the response to a mini-batch; raises FormatError."""
        if not self.joins and self.output_filter.selects_all:
            return self._end(response)
        responses = self._split(response, len(batch))
        written = [
            self._join(one.record, answer) for one, answer in zip(batch, responses, strict=True)
        ]
        return b"".join(map(self._end, written))

    def _end(self, record: bytes) -> bytes:
        needs_newline = self.assembles_lines and not record.endswith(b"\n")
        return record + b"\n" if needs_newline else record

    def _split(self, response: bytes, count: int) -> list[bytes]:
        """Return the response to each record."""
        if count == 1 and self.format.has_members:
            return [response]
        responses = [line for line in response.splitlines() if line]
        if len(responses) != count:
            raise FormatError(
                f"Failed to join the output with the input: {count} records were sent, "
                f"{len(responses)} lines came back"
            )
        return responses

    def _join(self, record: Record, response: bytes) -> bytes:
        answer = record_formats.read(self.format, response, "output from the algorithm")
        if self.output_filter.selects_all and not self.format.has_members:
            # Only what is joined comes here whole: both rows stay as written, quotes included.
            return record.data + b"," + response
        if self.joins:
            kept = record_formats.read(self.format, record.data, "input")
            answer = self.format.join(kept, answer)
        return self.format.write(_select(self.output_filter, answer))


def _select(path: JsonPath, value: object) -> object:
    try:
        return path.select(value)
    except json_paths.PathError as error:
        raise FormatError(f"Failed to apply {path.text}: {error}") from None


def is_default(processing: Document) -> bool:
    """Tell whether nothing is filtered or joined, which is what a job without the setting does."""
    filters = (processing.get(name) or "$" for name in ("InputFilter", "OutputFilter"))
    return all(each == "$" for each in filters) and processing.get("JoinSource") != "Input"


def read_settings(request: Document, *, single: bool) -> DataProcessing:
    """Return the settings of a request that was checked."""
    processing = request.get("DataProcessing") or {}
    content = request["TransformInput"].get("ContentType")
    return DataProcessing(
        # Of records that pass as they are no format is known, and none is needed.
        format=record_formats.find(content) or record_formats.Csv(),
        input_filter=json_paths.parse(processing.get("InputFilter") or "$"),
        output_filter=json_paths.parse(processing.get("OutputFilter") or "$"),
        joins=processing.get("JoinSource") == "Input",
        single=single,
        lines=request["TransformInput"].get("SplitType") == "Line",
        assembles_lines=request["TransformOutput"].get("AssembleWith") == "Line",
    )
