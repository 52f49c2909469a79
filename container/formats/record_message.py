"""The protobuf message of RecordIO-protobuf, described in code so that nothing is generated."""

import functools
from typing import Any

# In a Value, each tensor has a field of this number, and holds values of this type.
TENSORS = {
    "float32_tensor": (2, "TYPE_FLOAT"),
    "float64_tensor": (3, "TYPE_DOUBLE"),
    "int32_tensor": (7, "TYPE_INT32"),
}

_PACKAGE = "aialgs.data"


@functools.cache
def record_class() -> Any:
    """Return the class of SageMaker's Record: maps `features` and `label` from names to tensors."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="record.proto", package=_PACKAGE)
    value = file.message_type.add(name="Value")
    value.oneof_decl.add(name="value")
    for name, (number, kind) in TENSORS.items():
        tensor = file.message_type.add(name=name)
        for place, (field, of) in enumerate(
            [("values", kind), ("keys", "TYPE_UINT64"), ("shape", "TYPE_UINT64")], 1
        ):
            _add(tensor, place, field, of, repeated=True).options.packed = True
        _add(value, number, name, name).oneof_index = 0
    record = file.message_type.add(name="Record")
    for number, name in ((1, "features"), (2, "label")):
        _add_map(record, number, name)
    for number, name in ((3, "uid"), (4, "metadata"), (5, "configuration")):
        _add(record, number, name, "TYPE_STRING")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Record"))


def _add(message: Any, number: int, name: str, of: str, *, repeated: bool = False) -> Any:
    """Return a field of a simple type, or of the message named `of`."""
    types = type(message.field.add(name=name, number=number))
    field = message.field[-1]
    field.label = types.LABEL_REPEATED if repeated else types.LABEL_OPTIONAL
    if of.startswith("TYPE_"):
        field.type = getattr(types, of)
    else:
        field.type = types.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{of}"
    return field


def _add_map(message: Any, number: int, name: str) -> None:
    """Add a map from text to Value, which protobuf keeps as repeated entries."""
    entry_name = f"{name.capitalize()}Entry"
    entry = message.nested_type.add(name=entry_name)
    entry.options.map_entry = True
    _add(entry, 1, "key", "TYPE_STRING")
    _add(entry, 2, "value", "Value")
    _add(message, number, name, f"Record.{entry_name}", repeated=True)
