"""Input of an EventBridge target: Input, InputPath and InputTransformer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonpath_ng import parse

if TYPE_CHECKING:
    from sandbox.state.stores import Document


def apply(target: Document, event: Document) -> Any:
    """Return what `target` receives for `event`; raises ValueError when that is not JSON."""
    if target.get("Input"):
        return json.loads(target["Input"])
    if target.get("InputPath"):
        return _pick(target["InputPath"], event)
    transformer = target.get("InputTransformer")
    if not transformer:
        return event
    values = {k: _pick(path, event) for k, path in transformer.get("InputPathsMap", {}).items()}
    values |= {"aws.events.event": event, "aws.events.event.json": event}
    return json.loads(_fill(transformer["InputTemplate"], values))


def _pick(path: str, event: Document) -> Any:
    found = parse(path).find(event)
    return found[0].value if found else None


def _fill(template: str, values: Document) -> str:
    """Replace each `<name>`: as JSON outside quotes, as bare text inside, as EventBridge does."""
    out: list[str] = []
    quoted, index = False, 0
    while index < len(template):
        name = _placeholder(template, index, values)
        if name is not None:
            out.append(_shown(values[name], quoted))
            index += len(name) + 2
            continue
        width = 2 if template[index] == "\\" else 1
        if template[index] == '"':
            quoted = not quoted
        out.append(template[index : index + width])
        index += width
    return "".join(out)


def _placeholder(template: str, index: int, values: Document) -> str | None:
    if template[index] != "<":
        return None
    name = template[index + 1 :].partition(">")[0]
    return name if name in values else None


def _shown(value: Any, quoted: bool) -> str:
    if not quoted:
        return json.dumps(value)
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text)[1:-1]
