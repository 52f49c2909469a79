"""Channels of a training job on this host: read, schema agreed between hosts, rows sharded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from container.channel.columns_file import NAME, read_columns_file, require_same
from container.channel.reading import read_dataset
from container.contract import job
from container.contract.errors import InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.contract.memory import available_bytes
from container.formats.column_names import column_names
from container.formats.dataset import Dataset, ReadOptions
from container.formats.schema import ColumnNames, Schema
from container.hosts.barrier import run_on_all_hosts
from container.hosts.workers import Worker
from container.protocol import Channels, Hosts, Plan
from container.training.sharding import shard_of


@dataclass(frozen=True)
class ChannelLoader:
    """Reads the channels of one worker on one host."""

    layout: Layout
    plan: Plan
    hosts: Hosts
    worker: Worker

    def read_all(self, described: Mapping[str, job.Channel]) -> Channels:
        """Return the rows of each channel; raises InputError on all hosts if one fails."""
        data: dict[str, Dataset] = {}
        columns = self._read_columns(list(described))
        for name, channel in described.items():
            schema = data["train"].schema if data else None
            options = self._options(channel, schema, columns[name])
            data[name] = self._read_shard(name, channel, options)
            size = {"rows": data[name].rows, "features": data[name].schema.width}
            log_event("channel read", {"channel": name, **size})
        return data

    def _read_columns(self, channels: Sequence[str]) -> dict[str, ColumnNames | None]:
        """Return the names of each channel; of sharded files, one host alone has them."""

        def read() -> dict[str, ColumnNames | None]:
            folders = {name: self.layout.channels / name for name in channels}
            return {name: read_columns_file(self.layout, at) for name, at in folders.items()}

        found = run_on_all_hosts(self.hosts, read)
        if len(self.hosts.names) > 1:
            own = {name: each and each.to_json() for name, each in found.items()}
            found = merge_columns(self.hosts.names, self.hosts.exchange(own))
        require_same(found)
        return found

    def _options(
        self, channel: job.Channel, schema: Schema | None, columns: ColumnNames | None
    ) -> ReadOptions:
        plan = self.plan
        memory = {"always": 0, "never": None}.get(plan.external_memory, _memory_for_rows())
        return ReadOptions(
            channel.content_type, plan.weighted, plan.categorical, schema, memory, columns
        )

    def _read_shard(self, name: str, channel: job.Channel, options: ReadOptions) -> Dataset:
        count = len(self.hosts.names)
        data = run_on_all_hosts(self.hosts, lambda: self._read(name, options))
        if count == 1:
            return data
        if options.schema is None:
            data = self._merge_schemas(name, data, options)
        place = (self.hosts.rank, count)
        if not channel.is_replicated:
            place = (self.worker.number, self.worker.count)
        where = f"input/data/{name}"
        return run_on_all_hosts(self.hosts, lambda: shard_of(where, data, *place))

    def _merge_schemas(self, name: str, data: Dataset, options: ReadOptions) -> Dataset:
        """Return data with the columns and categories of all hosts, reading again for more."""
        hosts = self.hosts
        found = hosts.exchange([data.schema.to_json(), _is_sparse(data)])
        schemas = [Schema.from_json(features) for features, _ in found]
        sparse = all(is_sparse for _, is_sparse in found)
        schema = merge_schemas(f"input/data/{name}", hosts.names, schemas, sparse=sparse)
        # That of all hosts: it comes from the names that they have in common.
        schema = replace(schema, label=data.schema.label)
        if schema == data.schema:
            return data
        return self._read(name, replace(options, schema=schema))

    def _read(self, name: str, options: ReadOptions) -> Dataset:
        return read_dataset(self.layout, self.layout.channels / name, options)


def merge_columns(
    hosts: Sequence[str], found: Sequence[Mapping[str, Any]]
) -> dict[str, ColumnNames | None]:
    """Return the names of each channel that any host has; InputError where two have others."""
    merged: dict[str, ColumnNames | None] = {}
    for channel in found[0]:
        own = [(host, each[channel]) for host, each in zip(hosts, found, strict=True)]
        given = [(host, document) for host, document in own if document is not None]
        for host, document in given:
            if document != given[0][1]:
                raise InputError(
                    f"input/data/{channel}/{NAME}: {host} has other names than {given[0][0]}; "
                    "give all hosts the same file"
                )
        merged[channel] = column_names(given[0][1]) if given else None
    return merged


def _is_sparse(data: Dataset) -> bool:
    return hasattr(next(data.batches()).features, "tocsr")


def _memory_for_rows() -> int:
    # Beside the rows of one channel there are its bins, another channel, and the trees.
    return available_bytes() // 3


def merge_schemas(
    where: str, names: Sequence[str], schemas: Sequence[Schema], *, sparse: bool
) -> Schema:
    """Return the union of the hosts' schemas: all categories, and all columns of `sparse`.

    Raises InputError, naming a host, where columns differ.
    """
    widest = max(schemas, key=lambda schema: schema.width)
    for name, schema in zip(names, schemas, strict=True):
        fits = schema.names == widest.names[: schema.width]
        if not fits or (schema.width < widest.width and not sparse):
            first = names[schemas.index(widest)]
            raise InputError(
                f"{where}: {name} has {_described(schema)} but {first} has {_described(widest)}; "
                "give all hosts files with the same columns"
            )
    learned: dict[int, set[str]] = {}
    for schema in schemas:
        for place in schema.categorical:
            learned.setdefault(place, set()).update(schema.features[place].categories)
    return widest.with_categories(learned)


def _described(schema: Schema) -> str:
    named = schema.given_names
    return f"{schema.width} features" + (f" ({', '.join(named[:3])}, …)" if named else "")
