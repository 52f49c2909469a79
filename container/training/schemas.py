"""What the hosts of one training agree to call columns and categories: models know one schema."""

from collections.abc import Sequence

from container.contract.errors import InputError
from container.formats.schema import Schema


def agreed(where: str, names: Sequence[str], schemas: Sequence[Schema], *, sparse: bool) -> Schema:
    """One schema for all hosts: every category that any of them has, and every column of `sparse`.

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
