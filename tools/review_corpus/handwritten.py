"""Cases written by hand: TOML files in planted/ and harmless/, one file for each area."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from reviewer.assembly import Acknowledged, Assembly, OpenFinding, SynthesisedStack
from tools.review_corpus import edits
from tools.review_corpus.case import Case, Change, CorpusError
from tools.review_corpus.references import with_references

FOLDER = Path(__file__).parent
_KEYS = frozenset(
    {"name", "at", "also", "why", "set", "remove", "append", "reverse", "replace", "delete", "new"}
    | {"protected", "remove_stack", "acknowledge", "unacknowledge", "open", "before"}
    | {"before_protected"}
)
_IN_PLACE = ("set", "remove", "append", "reverse", "replace", "delete")
# Whose strings may stand for resources.
_VALUES = frozenset({"set", "append", "new"})
Row = dict[str, Any]


def handwritten_cases() -> Iterator[Case]:
    """Every case of both folders, in the order of the files."""
    for kind in ("planted", "harmless"):
        for path in sorted((FOLDER / kind).glob("*.toml")):
            for row in tomllib.loads(path.read_text(encoding="utf-8"))["cases"]:
                yield _case(path.stem, kind, row)


def _case(area: str, kind: str, row: Row) -> Case:
    if unknown := set(row) - _KEYS:
        raise CorpusError(f"{area}: {row.get('name')}: {', '.join(sorted(unknown))} is no key")
    if kind == "harmless" and not row.get("why"):
        raise CorpusError(f"{area}: {row['name']}: say why it is harmless")
    stack, _, name = row["at"].partition("/")
    added = [f"{stack}/{item['id']}" for item in row.get("new", [])]
    paths = [*row.get("set", {}), *row.get("remove", []), *row.get("append", {})]
    return Case(
        name=row["name"],
        area=area,
        asks=kind == "planted",
        origin="by hand",
        places=(row["at"], *added, *row.get("also", [])),
        change=partial(_changed, row),
        why=row.get("why", ""),
        parts=() if name else tuple(dict.fromkeys(path.removeprefix("@") for path in paths)),
        before=_before(row),
    )


def _before(row: Row) -> Change | None:
    """What the environment is before, where the case is the way back to what is shipped."""
    first: Row = {"at": row["at"]}
    if "before" in row:
        first["set"] = row["before"]
    if "before_protected" in row:
        first["protected"] = row["before_protected"]
    return partial(_changed, first) if len(first) > 1 else None


def _changed(row: Row, assembly: Assembly) -> Assembly:
    label, _, name = row["at"].partition("/")
    if row.get("remove_stack"):
        left = tuple(stack for stack in assembly.stacks if stack.label != label)
        return replace(assembly, stacks=left)
    row = {**row, **with_references(assembly, label, {k: row[k] for k in _VALUES & set(row)})}
    after = edits.edited(assembly, label, partial(_edit, row, name))
    stack = edits.stack_of(after, label)
    if "protected" in row:
        after = edits.with_stack(after, replace(stack, is_protected=row["protected"]))
    if "acknowledge" in row:
        fresh = (*stack.acknowledged, Acknowledged(**row["acknowledge"]))
        after = edits.with_stack(after, replace(stack, acknowledged=fresh))
    if "unacknowledge" in row:
        after = edits.with_stack(after, replace(stack, acknowledged=stack.acknowledged[1:]))
    if "open" in row:
        after = replace(after, open_findings=(*after.open_findings, OpenFinding(**row["open"])))
    return after


def _edit(row: Row, name: str, stack: SynthesisedStack) -> None:
    resources = stack.template["Resources"]
    for item in row.get("new", []):
        body = {key: value for key, value in item.items() if key != "id"}
        resources[item["id"]] = body
    # A new resource is the whole change, unless something that is there is changed with it.
    if not any(key in row for key in _IN_PLACE):
        return
    if not name:
        _edit_tree(row, stack.template, "")
        return
    own = edits.logical_id(stack, name)
    if row.get("delete"):
        del resources[own]
        return
    _edit_tree(row, resources[own], "Properties/")
    if "replace" in row:
        resources[own] = edits.replace_text(resources[own], *row["replace"])


def _edit_tree(row: Row, tree: Any, prefix: str) -> None:
    for path, value in row.get("set", {}).items():
        edits.set_value(tree, _path(path, prefix), value)
    for path, value in row.get("append", {}).items():
        edits.append(tree, _path(path, prefix), value)
    for path in row.get("remove", []):
        edits.remove(tree, _path(path, prefix))
    for path in row.get("reverse", []):
        edits.reverse(tree, _path(path, prefix))


def _path(path: str, prefix: str) -> str:
    """`@Condition` is beside the properties."""
    return path.removeprefix("@") if path.startswith("@") else f"{prefix}{path}"
