"""Encoding of categories in batches of training data as numeric codes."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from container.contract.errors import InputError
from container.formats import arrow_columns, categories
from container.formats.dataset import Batch
from container.formats.schema import Schema


def distinct_categories(features: Any, place: int) -> set[str]:
    """Return the categories in one column; raises ColumnError or CategoryError."""
    if isinstance(features, pa.Table):
        return arrow_columns.categories(features.column(place))
    if isinstance(features, np.ndarray):
        numbers = features[:, place]
    else:
        numbers = features.data[features.indices == place]
    return set(categories.category_texts(numbers).values())


def encode_batch(where: str, batch: Batch, schema: Schema) -> Batch:
    """Return the batch with all columns of the schema and codes for categories; raises InputError.

    A category that the schema does not have is a missing value.
    """
    unseen: Counter[str] = Counter()
    features = batch.features
    if not isinstance(features, np.ndarray | pa.Table) and features.shape[1] < schema.width:
        features.resize(features.shape[0], schema.width)
    if not schema.categorical:
        return batch
    try:
        if isinstance(features, pa.Table):
            features = _encode_table(features, schema, unseen)
        else:
            # A copy: the numbers may lie in a file.
            features = features.copy()
            categories.encode(features, schema, unseen)
    except (arrow_columns.ColumnError, categories.CategoryError) as error:
        raise InputError(f"{where}: {error}") from error
    return replace(batch, features=features)


def _encode_table(table: Any, schema: Schema, unseen: Counter[str]) -> Any:
    for place in schema.categorical:
        feature = schema.features[place]
        codes = arrow_columns.codes(table.column(place), feature, unseen)
        table = table.set_column(place, table.field(place).name, pa.array(codes, from_pandas=True))
    return table
