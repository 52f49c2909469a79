"""ContentType of a channel, with parameters that the built-in knows and others."""

import pytest

from container.channel.content_type import ContentType, read_content_type
from container.contract.errors import InputError
from container.formats.media import Format, MediaType

CSV = MediaType(Format.CSV)


@pytest.mark.parametrize(
    ("text", "media", "charset", "ignored"),
    [
        ("", None, "", ""),
        (" ", None, "", ""),
        ("text/csv", CSV, "", ""),
        ("text/csv; label_size = 1", CSV, "", ""),
        ("text/csv;label_size=1;label_size=1", CSV, "", ""),
        ("CSV;HEADER=Present", MediaType(Format.CSV, header=True), "", ""),
        ("text/csv; charset=UTF-8", CSV, "", ""),
        ("text/csv;charset=us-ascii", CSV, "", ""),
        ('text/csv; charset="ISO-8859-1"', CSV, "iso8859-1", ""),
        ("text/libsvm;charset=utf-16", MediaType(Format.LIBSVM), "utf-16", ""),
        ("text/csv; foo=bar", CSV, "", "foo"),
        ("text/csv; q=0.9; 1=1", CSV, "", "q, 1"),
        ("text/csv; label", CSV, "", "label"),
        ("text/csv;;", CSV, "", ""),
        ("text/csv; charset=klingon", CSV, "", "charset klingon"),
        ("text/csv; charset=hex", CSV, "", "charset hex"),
        ("text/csv; charset=a\0b", CSV, "", "charset a"),
        ("application/x-parquet; version=2", MediaType(Format.PARQUET), "", "version"),
    ],
)
def test_what_the_built_in_accepts_is_accepted_and_what_has_no_effect_is_logged(
    capfd: pytest.CaptureFixture[str], text: str, media: MediaType, charset: str, ignored: str
) -> None:
    assert read_content_type("here", text) == ContentType(media, charset)

    log = capfd.readouterr().err
    assert (f"ContentType: {ignored}" in log) if ignored else not log
    assert not ignored or "has no effect" in log


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("text/html", "ContentType text/html is not supported; use text/csv"),
        ("text/csv;label_size=0", "label_size must be 1"),
        ("text/csv;label_size=5;q=1", "label_size must be 1"),
        ("text/csv;label_size=1;label_size=2", "write each parameter once"),
        ("text/csv;label_size=1=1", "label_size must be 1"),
        ("label_size=1;text/csv", "is not supported; use text/csv"),
        ("text/csv;header=yes", "header must be present or absent"),
        (";", "is not supported"),
    ],
)
def test_what_the_built_in_refuses_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=f"^here: .*{complaint}"):
        read_content_type("here", text)
