"""Program that writes a Parquet file to standard output as CSV, some thousand rows at a time."""

import os
import sys

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

_ROWS = 20_000


def main(path: str) -> int:
    """Write the rows with a header; a column that is no row of values is refused in one line."""
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        print(f"cannot be read as Parquet: {reason}; write it again", file=sys.stderr)
        return 2
    schema = file.schema_arrow
    for field in schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            print(
                f"column {field.name!r} holds {field.type}, which is not one value; write it as "
                "columns of their own, or leave it out of the file",
                file=sys.stderr,
            )
            return 2
    texts = pa.schema([pa.field(field.name, _csv_type(field.type)) for field in schema])
    with (
        os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as out,
        pyarrow.csv.CSVWriter(out, texts) as writer,
    ):
        for batch in file.iter_batches(_ROWS):
            writer.write_batch(batch.cast(texts))
    return 0


def _csv_type(kind: pa.DataType) -> pa.DataType:
    """Return the type as which a column is written: numbers as they are, all else as text."""
    if pa.types.is_dictionary(kind):
        return _csv_type(kind.value_type)
    is_written = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )
    return kind if is_written else pa.string()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
