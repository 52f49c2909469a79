"""References of a template: the JSON by which one stack names a resource of itself or another."""

import re
from typing import Any

from reviewer.assembly import Assembly
from tools.review_corpus.case import CorpusError
from tools.review_corpus.edits import logical_id, stack_of

# A logical id inside a text, as in `${#Storage/Logs.Arn}`.
_ID = re.compile(r"#([A-Z][\w-]*)/([A-Z][\w/-]*)")


def with_references(assembly: Assembly, stack: str, value: Any) -> Any:
    """Return `value` with what stands for resources replaced.

    `@Storage/Data` becomes Ref, `@Storage/Data.Arn` GetAtt, and `#Storage/Data` the logical id.
    """
    if isinstance(value, dict):
        return {key: with_references(assembly, stack, item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_references(assembly, stack, item) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        return reference(assembly, stack, value.removeprefix("@"))
    if isinstance(value, str):
        return _ID.sub(lambda found: logical_id(stack_of(assembly, found[1]), found[2]), value)
    return value


def reference(assembly: Assembly, stack: str, text: str) -> Any:
    """Return the function by which `stack` refers to `Storage/Data` or `Storage/Data.Arn`."""
    path, _, attribute = text.partition(".")
    label, _, name = path.partition("/")
    own = logical_id(stack_of(assembly, label), name)
    value = {"Fn::GetAtt": [own, attribute]} if attribute else {"Ref": own}
    return value if label == stack else _imported(assembly, label, value, text)


def _imported(assembly: Assembly, label: str, value: Any, text: str) -> Any:
    for output in stack_of(assembly, label).template.get("Outputs", {}).values():
        if output["Value"] == value and "Export" in output:
            return {"Fn::ImportValue": output["Export"]["Name"]}
    raise CorpusError(f"{label} exports no {text}")
