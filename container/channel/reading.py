"""Reading of a channel: format detection, a first pass for the schema, then the rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Protocol

from container.channel.category_encoding import encode_batch
from container.channel.columns_file import names_of
from container.channel.content_type import read_content_type
from container.channel.csv_channel import CsvChannel
from container.channel.data_files import DataFile, data_files
from container.channel.file_kinds import READABLE, require_format
from container.channel.libsvm_channel import LibsvmChannel
from container.channel.npy_channel import NpyChannel
from container.channel.parquet_channel import ParquetChannel
from container.channel.plain_copies import decode_text, unpack_gzip
from container.channel.recordio_channel import RecordioChannel
from container.channel.survey import Survey
from container.contract.layout import Layout
from container.contract.log import log_event
from container.formats import libsvm
from container.formats.batches import concatenate
from container.formats.dataset import Batch, Dataset, ReadOptions
from container.formats.media import Format, MediaType

_ENDINGS = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".libsvm": Format.LIBSVM,
    ".svm": Format.LIBSVM,
    ".svmlight": Format.LIBSVM,
    ".parquet": Format.PARQUET,
    ".npy": Format.NPY,
    ".recordio": Format.RECORDIO,
    ".pbr": Format.RECORDIO,
}


class FormatReader(Protocol):
    """Reader of the files of a channel in one format; malformed data raises InputError.

    Features at `categorical` positions are returned as in the files, as texts or as numbers.
    """

    @property
    def names(self) -> Sequence[str] | None:
        """Names of all features, in order; None: unnamed, as many as the rows have."""

    def memory(self) -> int:
        """Return about how many bytes all rows need as 32-bit numbers."""

    def whole(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """Return all rows, in as few batches as there are files."""

    def pieces(self, categorical: Sequence[int]) -> Iterator[Batch]:
        """Return all rows, a bounded piece at a time, read from beginning to end."""


def read_dataset(layout: Layout, folder: Path, options: ReadOptions | None = None) -> Dataset:
    """Return all files below `folder` in the order of their names; raises InputError.

    Names that begin with a dot or an underscore do not count, nor do empty files.
    """
    options = options or ReadOptions()
    where = layout.relative_name(folder)
    content = read_content_type(where, options.content_type)
    files = unpack_gzip(data_files(layout, folder))
    media = content.media or MediaType(detect_format(files[0]))
    if content.charset and media.format in (Format.CSV, Format.LIBSVM):
        files = decode_text(files, content.charset)
    for file in files:
        require_format(file, media.format)
    if options.weighted and media.format is not Format.CSV:
        text = "only CSV has a column of weights; csv_weights is ignored"
        log_event("notice", {"about": where, "text": text})
    reader = _reader(media, files, options)
    survey = Survey(where, names_of(where, reader.names, options.columns), options)
    if options.memory is None or reader.memory() <= options.memory:
        batches = [survey.add(piece) for piece in reader.whole(survey.categorical)]
        schema = survey.schema()
        return Dataset.of(
            schema, concatenate([encode_batch(where, batch, schema) for batch in batches])
        )
    for piece in reader.pieces(survey.categorical):
        survey.add(piece)
    schema = survey.schema()

    def batches_again() -> Iterator[Batch]:
        return (encode_batch(where, piece, schema) for piece in reader.pieces(survey.categorical))

    return Dataset(schema, survey.labels(), batches_again, in_memory=False)


def detect_format(file: DataFile) -> Format:
    """Return what a file is in by its first bytes, its name's ending, or `i:v` pairs; else CSV."""
    sample = file.sample()
    for beginning, format_ in READABLE.items():
        if sample.startswith(beginning):
            return format_
    by_name = _ENDINGS.get(PurePath(file.plain_name).suffix.lower())
    if by_name is not None:
        return by_name
    lines = sample.split(b"\n")[:100]
    return Format.LIBSVM if any(map(libsvm.looks_like_libsvm, lines)) else Format.CSV


def _reader(media: MediaType, files: Sequence[DataFile], options: ReadOptions) -> FormatReader:
    if media.format is Format.CSV:
        return CsvChannel(files, header=media.header, weighted=options.weighted)
    if media.format is Format.LIBSVM:
        return LibsvmChannel(files, options.schema)
    if media.format is Format.RECORDIO:
        return RecordioChannel(files, options.schema)
    return ParquetChannel(files) if media.format is Format.PARQUET else NpyChannel(files)
