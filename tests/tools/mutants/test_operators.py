"""Each kind of weakening, and what it leaves alone."""

from pathlib import Path

import pytest

from tests.tools.mutants.material import CODE, RESOURCES, mutants_of


def weakened(folder: Path, source: str, operator: str, *, resources: bool = False) -> list[str]:
    """The lines that one operator makes of `source`."""
    found = mutants_of(folder, source, RESOURCES if resources else CODE)
    return [mutant.new for mutant in found if mutant.operator == operator]


@pytest.mark.parametrize(
    ("operator", "source", "lines"),
    [
        ("guard", "if size > 3:\n    raise ValueError\n", ["if False:"]),
        ("comparison", "small = size < 3\n", ["small = size <= 3"]),
        ("comparison", "small = (a) >= (b)\n", ["small = (a) > (b)"]),
        ("comparison", "known = a not in b\n", ["known = a in b"]),
        ("comparison", "inside = 1 <= a <= 9\n", ["inside = 1 < a <= 9", "inside = 1 <= a < 9"]),
        ("operand", "if a and b:\n    pass\n", ["if True and b:", "if a and True:"]),
        ("operand", "x = not (a or b)\n", ["x = not (False or b)", "x = not (a or False)"]),
        ("bound", "x: int = Field(ge=1)\n", ["x: int = Field()"]),
        ("bound", "Day = Annotated[int, AfterValidator(f)]\n", ["Day = Annotated[int, None]"]),
        ("flag", "run(check=True)\n", ["run(check=False)"]),
        ("limit", "_MOST = 5\n", ["_MOST = 50"]),
        ("limit", "wait(max_seconds=2.5)\n", ["wait(max_seconds=25.0)"]),
        ("retry", "call(attempts=3)\n", ["call(attempts=0)"]),
        ("retry", 'state = {"MaxAttempts": 5}\n', ['state = {"MaxAttempts": 0}']),
        ("timeout", "call(timeout=3)\n", ["call(timeout=None)"]),
        ("timeout", "connection.settimeout(3)\n", ["connection.settimeout(None)"]),
        ("exit code", "def main():\n    return 2 if bad else 0\n", ["return 0 if bad else 0"]),
        ("exit code", "raise SystemExit(2)\n", ["raise SystemExit(0)"]),
        ("except", "try:\n    f()\nexcept OSError:\n    pass\n", ["except Exception:"]),
        ("except", "suppress(OSError)\n", ["suppress(Exception)"]),
        ("entry", "_ALL = (a, b)\n", ["_ALL = (b,)", "_ALL = (a, )"]),
        ("entry", "_N = frozenset({1, 2})\n", ["_N = frozenset({2})", "_N = frozenset({1, })"]),
        ("statement", "_check_name(name)\n", ["pass"]),
        ("keyword", "open_url(url, verify=True)\n", ["open_url(url, )"]),
    ],
)  # fmt: skip
def test_code_is_weakened(tmp_path: Path, operator: str, source: str, lines: list[str]) -> None:
    assert weakened(tmp_path, source, operator) == lines


@pytest.mark.parametrize(
    ("operator", "source", "lines"),
    [
        ("keyword", "Bucket(self, key=key, sid='a')\n", ["Bucket(self, sid='a')"]),
        ("entry", "grant(actions=[a, b])\n", ["grant(actions=[b])", "grant(actions=[a, ])"]),
        ("entry", 's = {"Retry": r, "Next": n}\n', ['s = {"Next": n}', 's = {"Retry": r, }']),
        ("statement", "EndpointAlarms(self)\n", ["pass"]),
    ],
)  # fmt: skip
def test_every_property_of_a_resource_is_dropped(
    tmp_path: Path, operator: str, source: str, lines: list[str]
) -> None:
    assert weakened(tmp_path, source, operator, resources=True) == lines


@pytest.mark.parametrize(
    ("operator", "source"),
    [
        ("guard", "if size > 3:\n    raise ValueError\nelse:\n    pass\n"),
        ("operand", "name = given or 'usual'\n"),
        ("flag", "print('a', soft_wrap=True)\n"),
        ("limit", "def f():\n    return 5\n"),
        ("limit", "_FIRST = 0\n"),
        ("exit code", "def main():\n    return 0\n"),
        ("except", "try:\n    f()\nexcept Exception:\n    pass\n"),
        ("entry", "def f():\n    return [1, 2]\n"),
        ("entry", "_PAIR = (a), (b)\n"),
        ("entry", "_PAIR = (a), b\n"),
        ("statement", "print(name)\n"),
        ("comparison", "assert size < 3\n"),
        ("comparison", "if __name__ == '__main__':\n    main()\n"),
        ("comparison", "raise ValueError('a' if b == c else 'd')\n"),
        ("comparison", 'text = f"{a == b}"\n'),
        ("comparison", "late = time.monotonic() > until\n"),
        ("comparison", "while began <= time.monotonic() - 3:\n    f()\n"),
        ("flag", "json.dumps(a, ensure_ascii=False)\n"),
        ("bound", "x: int = Field(description='Days.')\n"),
    ],
)
def test_what_is_no_weakening_stays(tmp_path: Path, operator: str, source: str) -> None:
    assert weakened(tmp_path, source, operator) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(*, key):\n    pass\n\n\nf(key=1)\n",
        "class A:\n    def __init__(self, *, key):\n        pass\n\n\nA(key=1)\n",
        "@dataclass\nclass A:\n    key: int\n\n\nA(key=1)\n",
        "import subprocess\n\nsubprocess.run(args=1)\n",
    ],
)
def test_a_keyword_that_python_requires_is_not_dropped(tmp_path: Path, source: str) -> None:
    if "subprocess" in source:
        # `run` takes any arguments; Popen requires its own.
        source = source.replace("run", "Popen")

    assert weakened(tmp_path, source, "keyword", resources=True) == []


def test_a_keyword_with_a_default_is_dropped(tmp_path: Path) -> None:
    source = "def f(*, key=None):\n    pass\n\n\nf(key=1)\n"

    assert weakened(tmp_path, source, "keyword", resources=True) == ["f()"]


@pytest.mark.parametrize("name", ["alarm_description", "display_name", "indent", "separators"])
def test_what_is_for_readers_is_kept(tmp_path: Path, name: str) -> None:
    source = f"def f(*, key=None, **more):\n    pass\n\n\nf(key=1, {name}=2)\n"

    assert weakened(tmp_path, source, "keyword", resources=True) == [f"f({name}=2)"]


def test_a_keyword_that_says_the_default_of_a_library_is_kept(tmp_path: Path) -> None:
    source = "import ipaddress\n\nipaddress.ip_network('::', strict={})\n"

    assert weakened(tmp_path, source.format("True"), "keyword", resources=True) == []
    assert weakened(tmp_path, source.format("False"), "keyword", resources=True) == [
        "ipaddress.ip_network('::', )"
    ]


def test_a_mutant_names_its_line_and_its_function(tmp_path: Path) -> None:
    (mutant,) = mutants_of(tmp_path, "class A:\n    def f(self):\n        return 1 < 2\n")

    assert str(mutant) == "config/limits.py:3 A.f: - return 1 < 2 / + return 1 <= 2"


def test_letters_of_several_bytes_do_not_shift_an_edit(tmp_path: Path) -> None:
    (mutant,) = mutants_of(tmp_path, 'known = "東京" == place\n')

    assert mutant.new == 'known = "東京" != place'
