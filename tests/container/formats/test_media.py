import pytest

from container.contract.errors import InputError
from container.contract.http_errors import HTTPError
from container.formats.media import Format, MediaType, channel_type, request_type, response_format

NAMES = {
    "csv": Format.CSV,
    "text/csv": Format.CSV,
    "libsvm": Format.LIBSVM,
    "text/libsvm": Format.LIBSVM,
    "text/x-libsvm": Format.LIBSVM,
    "parquet": Format.PARQUET,
    "application/x-parquet": Format.PARQUET,
    "recordio-protobuf": Format.RECORDIO,
    "application/x-recordio-protobuf": Format.RECORDIO,
    "application/x-npy": Format.NPY,
}


@pytest.mark.parametrize("name", NAMES)
def test_channels_and_requests_take_all_names_of_the_built_in_in_any_case(name: str) -> None:
    assert channel_type("here", name) == MediaType(NAMES[name])
    assert request_type(name.upper()) == MediaType(NAMES[name])


@pytest.mark.parametrize("name", ["application/json", "application/jsonlines"])
def test_json_is_for_requests_only(name: str) -> None:
    assert request_type(name) == MediaType(Format(name))
    with pytest.raises(InputError, match=f"here: ContentType {name} is not supported; use text/c"):
        channel_type("here", name)


def test_without_a_type_a_request_is_csv_and_a_channel_is_looked_at() -> None:
    assert request_type("") == MediaType(Format.CSV, declared=False)
    assert channel_type("here", "") is None


@pytest.mark.parametrize(
    "text",
    [
        "text/csv;label_size=1",
        "text/csv; label_size = 1",
        "text/csv;charset=utf8",
        "text/csv;charset=us-ascii",
        "text/csv;charset=ascii",
        'TEXT/CSV; charset="UTF-8"; label_size=1',
        "csv; header=absent;",
    ],
)
def test_parameters_of_csv_are_read(text: str) -> None:
    assert channel_type("here", text) == MediaType(Format.CSV)


def test_a_header_is_declared_by_a_parameter() -> None:
    assert channel_type("here", "text/csv;header=present") == MediaType(Format.CSV, header=True)
    assert request_type("text/csv; header=present").header


@pytest.mark.parametrize("size", ["0", "1"])
def test_a_request_may_say_either_label_size_as_its_rows_have_no_label(size: str) -> None:
    assert request_type(f"text/csv;label_size={size}") == MediaType(Format.CSV)


@pytest.mark.parametrize(
    "text",
    [
        "text/html",
        "text/csv;label_size=5",
        "text/csv;label_size=1;label_size=1",
        "label_size=1;text/csv",
        "text/csv;header=yes",
        "text/csv;label_size",
        "text/csv;charset=utf-8;charset=utf-8",
        "text/csv;label_size=2",
        "text/csv;header=present;header=present",
        "image/png\x1b[31m",
        ";",
    ],
)
def test_what_cannot_be_read_is_415_in_a_request_and_refused_in_a_channel(text: str) -> None:
    with pytest.raises(HTTPError) as caught:
        request_type(text)
    assert caught.value.status == 415
    with pytest.raises(InputError):
        channel_type("here", text)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("text/csv;foo=bar", ""),
        ("text/csv; q=0.9", ""),
        ("text/csv;1=1", ""),
        ("text/csv;=", ""),
        ("text/csv;foo;foo", ""),
        ("text/csv;charset=nonsense", ""),
        ("text/csv;charset=", ""),
        ("text/csv;charset=rot13", ""),
        ("text/csv;charset=punycode", ""),
        ("text/csv;charset=utf-7", ""),
        ("text/csv;charset=a\0b", ""),
        ("text/csv; charset=ISO-8859-1", "iso8859-1"),
        ('text/csv; charset="Windows-1252"', "cp1252"),
        ("application/json;charset=utf-16", "utf-16"),
        ("application/jsonlines;charset=latin-1", "iso8859-1"),
        ("text/libsvm;charset=Shift_JIS", "shift_jis"),
    ],
)
def test_in_a_request_other_parameters_have_no_effect_and_a_charset_has(
    text: str, charset: str
) -> None:
    assert request_type(text).charset == charset
    if text.startswith("text/csv"):
        assert request_type(text) == MediaType(Format.CSV, charset=charset)
        # Rows of a training are many: what is written there must mean something.
        with pytest.raises(InputError):
            channel_type("here", text)


@pytest.mark.parametrize("form", Format)
def test_a_format_is_made_of_characters_or_not(form: Format) -> None:
    assert form.is_text is (form not in (Format.PARQUET, Format.RECORDIO, Format.NPY))


def test_a_label_size_of_0_is_refused_in_a_channel() -> None:
    with pytest.raises(InputError, match="label_size must be 1"):
        channel_type("here", "text/csv;label_size=0")


@pytest.mark.parametrize(
    "text",
    ["application/x-npy;charset=x", "application/json; odata=verbose", "text/libsvm; x=1; x2=2"],
)
def test_unknown_parameters_of_other_types_are_not_looked_at(text: str) -> None:
    assert request_type(text).declared


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "text/csv"),
        ("*/*", "text/csv"),
        ("text/*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("application/json;verbose=true", "application/json"),
        ("application/jsonlines", "application/jsonlines"),
        ("application/x-recordio-protobuf", "application/x-recordio-protobuf"),
        ("recordio-protobuf", "application/x-recordio-protobuf"),
        ("image/png, application/json", "application/json"),
        ("text/csv, */*", "text/csv"),
        ("application/json, text/csv", "application/json"),
        ("text/csv;q=0.1, application/json;q=0.9", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("application/*", "application/json"),
        ("application/json;q=high, text/csv;q=0.1", "text/csv"),
        ("application/json;q=2, text/csv;q=0.1", "text/csv"),
        ("application/json;q=nan, */*;q=0.1", "text/csv"),
        ("application/json;q=-1, text/csv;q=0.1", "text/csv"),
        ("application/json;q=1, text/csv;q=0.9", "application/json"),
        ("application/json;q=0, */*;q=0.5", "text/csv"),
        ("text/*;q=0.5, application/*;q=0.6", "application/json"),
        ("*/*;q=0.9, text/csv;q=0.1", "application/json"),
        ("application/*;q=0.9, application/json;q=0.1, text/csv;q=0.5", "application/jsonlines"),
        ("text/csv;v=1;q=0.1, application/json;q=0.5", "application/json"),
    ],
)
def test_accept_chooses_the_format_that_is_wanted_most(header: str, wanted: str) -> None:
    assert response_format(header, "text/csv") == wanted


def test_without_a_wish_the_default_is_written() -> None:
    assert response_format("", "application/jsonlines") == "application/jsonlines"
    assert response_format("application/*", "application/jsonlines") == "application/jsonlines"


@pytest.mark.parametrize("header", ["image/png", "text/libsvm", "text/csv;q=0", ",", "x" * 9_000])
def test_accept_of_nothing_that_can_be_written_is_406(header: str) -> None:
    with pytest.raises(HTTPError) as caught:
        response_format(header, "text/csv")
    assert caught.value.status == 406
    assert len(caught.value.message) < 250


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 60 + "…")])
def test_a_long_header_is_shown_in_part(length: int, shown: str) -> None:
    with pytest.raises(HTTPError) as caught:
        request_type("x" * length)

    assert caught.value.message.startswith(f"Content-Type {shown} is not supported; use text/csv,")
    assert caught.value.message.endswith("application/json or application/jsonlines")
