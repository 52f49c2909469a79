"""How long values become lines: JSON indented, scripts decoded, secrets masked, bounded work."""

import base64
import json

import pytest

from reviewer.revision_report.finding_rows import finding_rows, masked_finding
from reviewer.revision_report.json_document import json_report, json_text
from reviewer.revision_report.value_lines import difference, value_lines
from tests.reviewer.revision_report.written import GRAVE, SAME, comparison, finding

SCRIPT = "#!/bin/sh\nset -e\npip install thing\n"


def test_a_state_machine_is_indented_with_the_documents_in_it() -> None:
    definition = json.dumps({"States": {"Train": {"Arguments": json.dumps({"Cpu": 1})}}})

    assert value_lines(definition) == [
        "{",
        '  "States": {',
        '    "Train": {',
        '      "Arguments": {',
        '        "Cpu": 1',
        "      }",
        "    }",
        "  }",
        "}",
    ]


@pytest.mark.parametrize("content", [SCRIPT, base64.b64encode(SCRIPT.encode()).decode()])
def test_a_script_in_a_document_is_lines_whether_in_base64_or_not(content: str) -> None:
    lines = value_lines(json.dumps([{"Content": content}]))

    assert lines == [
        "[", "  {", '    "Content": |', "      #!/bin/sh", "      set -e",
        "      pip install thing", "  }", "]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["{", "[1", "{not json}", "QUJD" * 8 + "Q", base64.b64encode(bytes(40)).decode(), ""]
)
def test_what_is_neither_json_nor_a_text_in_base64_stays_as_it_is(text: str) -> None:
    assert value_lines(text) == [text]


def test_a_line_that_is_too_wide_breaks_after_what_separates_its_parts() -> None:
    assert value_lines("a=1," * 50) == ["a=1,"] * 50
    assert value_lines("x" * 500) == ["x" * 500]


def test_documents_without_end_are_lines_too() -> None:
    assert len(value_lines("[" * 5_000 + "]" * 5_000)) == 1
    assert len(value_lines('{"a":' * 400 + "1" + "}" * 400)) == 801


def test_only_lines_that_differ_are_shown_with_a_little_around_them() -> None:
    before = [str(number) for number in range(100)]
    after = [*before[:50], "new", *before[51:]]

    assert difference(before, after) == [
        "@@ -48,7 +48,7 @@", " 47", " 48", " 49", "-50", "+new", " 51", " 52", " 53",
    ]  # fmt: skip
    assert difference([], ["a"]) == ["@@ -0,0 +1 @@", "+a"]
    assert difference(["a"], ["a"]) == []


def test_of_too_many_lines_all_differ() -> None:
    before, after = [[f"{side}{number}" for number in range(5_000)] for side in "ab"]

    assert len(difference(["x", *before], ["x", *after])) == 10_000


def test_a_secret_is_in_no_report_and_its_change_is_seen() -> None:
    plain = finding("MasterUserPassword differs", before="hunter2", after="hunter3")
    script = SCRIPT + "\n".join("echo" for _ in range(50)) + "\nexport API_TOKEN=hunter2"
    long = finding("it runs", before=script, after=base64.b64encode(f"{script}3".encode()).decode())
    table = finding("a variable", after=json.dumps({"Name": "TOKEN", "Value": "hunter2" * 30}))
    found = [comparison(plain, long, table)]

    row = next(row for row in finding_rows(found) if row.finding.said == plain.said)

    assert row.cells() == ("[masked: secret]", "[masked: secret], another one")
    written = [json_text(json_report("main", found)), *(str(row) for row in finding_rows(found))]
    assert not any("hunter" in text for text in written)
    assert "API_TOKEN=[masked: secret]" in written[-1] + written[-2] + written[-3]


def test_a_script_in_base64_with_a_secret_is_still_a_difference_of_its_lines() -> None:
    script = SCRIPT * 3 + "export API_TOKEN=hunter2\n"
    texts = [base64.b64encode(text.encode()).decode() for text in (script, f"{script}curl x\n")]

    (row,) = finding_rows([comparison(finding(before=texts[0], after=texts[1]))])

    assert "+curl x" in row.lines
    assert " export API_TOKEN=[masked: secret]" in row.lines


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        ('{\n  "A": [\n    "é"\n  ]\n}', '{"A": ["é"]}'),
        ("[\n  1,\n  2\n]", "[1, 2]"),
        ("{\nno json}", "10 characters"),
        ("a\nb", "3 characters"),
    ],
)
def test_a_short_document_is_one_line_in_its_cell(before: str, shown: str) -> None:
    (row,) = finding_rows([comparison(finding(before=before))])

    assert row.cells() == (shown, "-")


def test_a_name_of_a_secret_is_found_among_many_that_may_be_one() -> None:
    said = f"{' '.join(f'Object{number}Key' for number in range(50))} and MasterPassword differ"

    assert masked_finding(finding(said, after="hunter2")).after == "[masked: secret]"
    assert masked_finding(finding("ObjectKey differs", after="a/b.csv")).after == "a/b.csv"


def test_a_value_beyond_measure_is_named_by_its_length() -> None:
    huge = finding(before="x" * 300_000, after="y")

    assert masked_finding(huge).before == "(300,000 characters)"
    (row,) = finding_rows([comparison(huge)])
    assert (row.cells(), row.lines) == (("(300,000 characters)", "y"), ())


def test_a_machine_gets_every_finding_with_its_own_letters() -> None:
    report = json_report("main", [SAME, GRAVE])

    assert (report["base"], report["needs_person"]) == ("main", True)
    assert [one["needs_person"] for one in report["environments"]] == [False, True]
    assert json_report("main", [SAME])["needs_person"] is False
    assert "alarm-removed" in [one["rule"] for one in report["environments"][1]["findings"]]
    assert report["environments"][0]["oldest_price"] is None
    text = json_text({"said": "é → x", "half": "\ud800"})
    assert text == '{\n  "said": "é → x",\n  "half": "\\ud800"\n}\n'
    assert json.loads(text) == {"said": "é → x", "half": "\ud800"}
