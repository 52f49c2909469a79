"""From files to a Dataset: one pass that learns what there is, then rows in memory or in pieces."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from container.contract.layout import Layout
from container.contract.log import log_event
from container.formats.batches import joined
from container.formats.channel_batches import coded
from container.formats.channel_files import DataFile, data_files, found_format
from container.formats.channel_reader import ChannelReader
from container.formats.channel_survey import Survey
from container.formats.csv_channel import CsvChannel
from container.formats.dataset import Batch, Dataset, ReadOptions
from container.formats.libsvm_channel import LibsvmChannel
from container.formats.media import Format, MediaType, channel_type
from container.formats.npy_channel import NpyChannel
from container.formats.parquet_channel import ParquetChannel
from container.formats.recordio_channel import RecordioChannel


def read_channel(layout: Layout, folder: Path, options: ReadOptions) -> Dataset:
    """See read_dataset."""
    where = layout.name_of(folder)
    media = channel_type(where, options.content_type)
    files = data_files(layout, folder)
    media = media or MediaType(found_format(files[0]))
    if options.weighted and media.format is not Format.CSV:
        text = "only CSV has a column of weights; csv_weights is not looked at"
        log_event("notice", {"about": where, "text": text})
    reader = _reader(media, files, options)
    survey = Survey(where, reader.names, options)
    if options.memory is None or reader.memory() <= options.memory:
        batches = [survey.add(piece) for piece in reader.whole(survey.categorical)]
        schema = survey.schema()
        return Dataset.of(schema, joined([coded(where, batch, schema) for batch in batches]))
    for piece in reader.pieces(survey.categorical):
        survey.add(piece)
    schema = survey.schema()

    def batches_again() -> Iterator[Batch]:
        return (coded(where, piece, schema) for piece in reader.pieces(survey.categorical))

    return Dataset(schema, survey.labels(), batches_again, in_memory=False)


def _reader(media: MediaType, files: Sequence[DataFile], options: ReadOptions) -> ChannelReader:
    if media.format is Format.CSV:
        return CsvChannel(files, header=media.header, weighted=options.weighted)
    if media.format is Format.LIBSVM:
        return LibsvmChannel(files, options.schema)
    if media.format is Format.RECORDIO:
        return RecordioChannel(files, options.schema)
    return ParquetChannel(files) if media.format is Format.PARQUET else NpyChannel(files)
