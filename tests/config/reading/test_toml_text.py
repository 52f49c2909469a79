"""Bytes of an environment file: marks, other encodings, depth and size, each in one line."""

from pathlib import Path

import pytest

from config.loader import ConfigError, load_environment, read_environment
from config.reading.toml_text import MOST_BYTES, MOST_LEVELS, TomlTextError, parse_toml
from tests.config.files import VALID, write


def line(content: bytes) -> str:
    with pytest.raises(TomlTextError) as caught:
        parse_toml(content)
    (only,) = str(caught.value).splitlines()
    assert only.isprintable()
    return only


def test_a_byte_order_mark_says_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, "dev", VALID)
    (folder / "dev.toml").write_bytes(b"\xef\xbb\xbf" + VALID.encode())

    assert load_environment("dev", folder).stage == "kiban-dev"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_unicode_is_named(encoding: str) -> None:
    assert line(VALID.encode(encoding)) == (
        f"is {encoding.upper()}, and TOML is UTF-8; save it as UTF-8"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 1_500}{']' * 1_500}",
        f"a = {'{a = ' * 1_500}1{'}' * 1_500}",
        f"{'.'.join('a' * 1_500)} = 1",
        f"[{'.'.join('a' * 1_500)}]",
        f"a = {'[' * MOST_LEVELS}{']' * MOST_LEVELS}",
    ],
)
def test_what_lies_too_deep_is_one_line(text: str) -> None:
    assert line(text.encode()).startswith(
        f"has tables or lists more than {MOST_LEVELS} levels deep"
    )


def test_what_just_lies_deep_enough_is_read() -> None:
    parse_toml(f"a = {'[' * (MOST_LEVELS - 1)}{']' * (MOST_LEVELS - 1)}".encode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\n\x07", "not valid TOML: "),
        ('a = "\x00"', "not valid TOML: "),
        ('"a\\nb" = 1\n"a\\nb" = 2', "not valid TOML: "),
        ('x = { "a\\nb" = 1, "a\\nb" = 2 }', "not valid TOML: "),
        (f"a = {'9' * 5_000}", "holds a number of thousands of digits"),
    ],
)
def test_what_the_parser_says_is_one_line(text: str, said: str) -> None:
    assert line(text.encode()).startswith(said)


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    folder = write(tmp_path, "dev", VALID + "#" * MOST_BYTES)

    with pytest.raises(ConfigError, match=f"has more than {MOST_BYTES} bytes"):
        load_environment("dev", folder)
    parse_toml(b"#" * MOST_BYTES)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ('"a\\nb\\u0007" = 1', r'"a\nb\u0007": unknown key; '),
        ('[platform]\n"x y" = 1\nregion = "us-east-1"', 'platform."x y": unknown key; '),
        (f'"{"k" * 300}" = 1', f'"{"k" * 100}…": unknown key; '),
        (
            f'[workbench]\nvolume_gb = "{"9" * 300}"',
            "workbench.volume_gb: has the wrong type, got '",
        ),
        (
            '[workbench]\nvolume_gb = "a\\nb"',
            r"workbench.volume_gb: has the wrong type, got 'a\nb'",
        ),
        ('[models."a\\nb".gate]\nminimum = 0.8', r'models."a\nb": is not spelled right'),
    ],
)
def test_a_key_or_a_value_is_shown_in_one_line_that_is_not_long(text: str, begins: str) -> None:
    rest = (
        VALID.replace('[platform]\nregion = "us-east-1"\n', "") if "[platform]" in text else VALID
    )
    parts = (text, rest) if not text.startswith("[w") else (rest, text)

    with pytest.raises(ConfigError) as caught:
        read_environment("dev", "\n".join(parts).encode(), "dev.toml")

    (only,) = str(caught.value).splitlines()
    assert only.startswith(f"dev.toml: {begins}")
    assert len(only) < 400
