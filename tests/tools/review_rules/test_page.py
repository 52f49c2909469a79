"""The page of rules names every rule that the code and the tables have, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.review_rules.page import PAGE, PROJECT, read, rules, text

_NAME = re.compile(r"[a-z]+(-[a-z]+)+")
# Names of one word look like any other text.
_ONE_WORD = {"added", "changed", "removed", "replaced", "website"}
_OTHERS = {"utf-8"}


def _sources() -> Iterator[Path]:
    for folder in ("reviewer/changes", "reviewer/rules", "reviewer/sources"):
        yield from (PROJECT / folder).rglob("*.py")
    yield PROJECT / "cfn" / "catalogue.py"
    yield PROJECT / "cli" / "review" / "judge.py"


def _in_code() -> set[str]:
    nodes = (node for path in _sources() for node in ast.walk(ast.parse(path.read_text())))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return {one for one in texts if isinstance(one, str) and _NAME.fullmatch(one)} - _OTHERS


def test_the_page_is_what_the_command_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run python -m tools.review_rules"


def test_every_rule_of_the_code_is_on_the_page() -> None:
    assert len(_in_code()) > 100
    assert _in_code() - rules().keys() == set()


def test_no_rule_of_the_page_is_gone_from_the_code() -> None:
    there = _in_code() | _ONE_WORD | {"metadata-v1"}

    assert read("tools/review_rules/in_code.toml").keys() - there == set()
