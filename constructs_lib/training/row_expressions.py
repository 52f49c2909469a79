"""JSONata that holds the first rows of a CSV file to a model's settings, as the container would.

It names what the container certainly refuses; a line that is not plain (a quote without its pair, a
number in another spelling) passes. There is no `$` alone in it: Step Functions has no context.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.hyperparameters.interpreters import as_text, split_names
from config.hyperparameters.table import our_table
from constructs_lib.workflow.asl import string_literal

if TYPE_CHECKING:
    from config.training import TrainingConfig

MOST_LINES = 100
_LOOKED_AT = 5
_MOST_FIELDS = 100

_NUMBER = r"/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/"
# What JSON writes as a number, which $number reads.
_PLAIN_NUMBER = r"/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/"
_MISSING = "/^(NA|nan|NaN|NAN)?$/"
# Texts that a reader of numbers may know.
_KNOWN_WORDS = "/^[+-]?(na|n\\/a|nan|null|none|inf|infinity)?$/i"
_WORDS_OF_NUMBERS = "/\\b(na|n\\/a|nan|null|none|inf|infinity)\\b/i"
_LETTER = "/[A-Za-z]/"
# By the words with which the container's table of objectives asks for a label.
_LABELS = {
    "0 or 1": "$n = 0 or $n = 1",
    "between 0 and 1": "$n >= 0 and $n <= 1",
    "0 or more": "$n >= 0",
    "greater than 0": "$n > 0",
    "greater than -1": "$n > -1",
    "a whole number from 0 up": "$n >= 0 and $floor($n) = $n",
    "a whole number from 0 to 31": "$n >= 0 and $n <= 31 and $floor($n) = $n",
    "a whole number below num_class": "$n >= 0 and $n < {classes} and $floor($n) = $n",
}


@dataclass(frozen=True)
class CsvRules:
    """What rows have to be: columns before the features, the label's rule, columns of text."""

    header: bool
    leading: int
    objective: str
    labels: str
    classes: str
    categories: tuple[int, ...]
    knows_categories: bool


def csv_rules(training: TrainingConfig) -> CsvRules:
    """Return the rules of a model whose settings the file's check has accepted."""
    table = our_table()
    assert table is not None, "asked before"
    given = training.hyperparameters
    objective = str(table["renamed_objectives"].get(given.get("objective"), given.get("objective")))
    if objective not in table["objectives"]:
        objective = "reg:squarederror"
    named = split_names(as_text(given.get("categorical_features", "")))
    return CsvRules(
        header="header=present" in training.content_type,
        leading=2 if as_text(given.get("csv_weights", 0)) == "1" else 1,
        objective=objective,
        labels=table["objectives"][objective]["labels"],
        classes=as_text(given.get("num_class", 0)),
        categories=tuple(int(name) for name in named if name.isdecimal()),
        knows_categories=all(name.isdecimal() for name in named),
    )


def columns_expression() -> str:
    """Return the JSONata of what `_columns.json` says: features, and where categories are."""
    return (
        "( $features := $parse($states.result.Body).features; "
        "{'features': $count($features), 'texts': [$filter($map($features, "
        "function($one, $place) { $one.categorical = true ? $place : -1 }), "
        "function($place) { $place >= 0 })]} )"
    )


def rows_expression(rules: CsvRules, prefix: str, most_bytes: int) -> str:
    """Return the JSONata of `columns` (of the first row) and `problem` ("": none) of a file's head.

    It reads `$rows.key`, `$channel`, `$columns` (0: this is the first file) and `$named`.
    """
    return f"""(
$body := $states.result.Body;
$text := $substring($body, 0, 1) = "\\uFEFF" ? $substring($body, 1) : $body;
$file := $substringAfter($rows.key, {string_literal(prefix)} & $dataVersion & "/");
$isPlain := $not($contains($text, "\\u0000")) and $not($contains($text, "\\uFFFD"))
  and $substring($text, 0, 4) != "PAR1";
$parts := $split($text, /\\r?\\n/, {MOST_LINES});
$isCut := $states.result.ContentLength >= {most_bytes} and $count($parts) < {MOST_LINES};
$all := [$map($parts, function($line, $i) {{ {{"number": $i + 1, "text": $line}} }})];
$lines := [$all[$trim(text) != "" and ($isCut = false or number < $count($parts))]];
$fields := function($line) {{ [$map($split($replace($replace($line,
  /"([^",]*)"/, "$1"), /"[^"]*"/, "0"), ","), function($one) {{ $trim($one) }})] }};
$first := $lines[0].text;
$isComma := $not($contains($first, /[\\t;|]/))
  and ($contains($first, ",") or $not($contains($first, " ")));
$firstFields := $fields($first);
$count1 := $count($firstFields);
$isText := function($field) {{ $contains($field, {_LETTER}) and $not($contains($field, {_NUMBER}))
  and $not($contains($field, {_KNOWN_WORDS})) }};
$isNumber := function($field) {{ $contains($field, {_NUMBER}) }};
$where := function($line) {{ $file & " line " & $string($line.number) }};
$texts := $append([{", ".join(map(str, rules.categories))}], $named.texts);
{_first_line(rules)}
{_each_line(rules)}
$problem := $isPlain = false or $count($lines) = 0 or $isComma = false ? "" :
  $top != "" ? $top : $filter($map($rest, $check), function($said) {{ $said != "" }})[0];
{{"columns": $isComma ? $count1 : 0, "problem": $exists($problem) ? $problem : ""}}
)"""


def _first_line(rules: CsvRules) -> str:
    """Return the JSONata of `$rest`, the rows, and `$top`, what is wrong with the first line."""
    least = rules.leading + 1
    rest = "$lines[[1..$count($lines) - 1]]" if rules.header else "$lines"
    needs = "a label, a weight and a feature" if rules.leading == 2 else "a label and a feature"
    if rules.header:
        is_value = f"function($one) {{ $contains($one, {_MISSING}) or $isNumber($one) }}"
        is_wrong = f"$count($filter($firstFields, {is_value})) = $count1"
        told = " is no header; set content_type to text/csv"
    else:
        is_wrong = "$isText($firstFields[0]) and $count($filter($firstFields, $isNumber)) = 0"
        told = " is a header; remove it, or set content_type to text/csv;header=present"
    width = f"$named.features + {rules.leading}"
    return f"""$rest := [{rest}];
$top := {is_wrong} ? $where($lines[0]) & "{told}" :
  $count1 < {least} ? $where($lines[0]) & " has " & $string($count1) & " columns; give {needs}" :
  $columns > 0 and $count1 != $columns ? $where($lines[0]) & ": " & $string($count1)
    & " columns, train has " & $string($columns) & "; give both the same columns" :
  $channel = "train" and $named.features > 0 and $count1 != {width} ? $where($lines[0]) & ": "
    & $string($count1) & " columns, _columns.json names " & $string({width}) : "";"""


def _each_line(rules: CsvRules) -> str:
    """Return the JSONata of `$check`, which says what is wrong with one row, or "".

    A line with a quote left is not plain.
    """
    rule = _LABELS.get(rules.labels, "true").format(classes=rules.classes)
    needs = string_literal(f" is not {_demand(rules)} as {rules.objective} needs")
    return f"""$badLabel := function($label) {{ ( $n := $contains($label, {_PLAIN_NUMBER})
  ? $number($label) : "";
  $contains($label, {_MISSING}) ? ": the label is empty; give every row one" :
  $isText($label) ? ": label " & $label & " is not a number; write it as one" :
  $n != "" and $not({rule}) ? ": label " & $label & {needs} : "" ) }};
{_text_columns(rules)}
$check := function($line) {{ ( $own := $fields($line.text);
  $label := $badLabel($own[0]);
  $contains($replace($line.text, /"[^"]*"/, ""), '"') ? "" :
  $count($own) != $count1 ? $where($line) & ": " & $string($count($own)) & " columns, line "
    & $string($lines[0].number) & " has " & $string($count1) :
  $label != "" ? $where($line) & $label : ( $place := $textAt($line.number, $own);
  $place > 0 ? $where($line) & ": column " & $string($place + 1) & " holds "
    & $substring($own[$place], 0, 40) & "; write it as a number, or name the column in "
    & "categorical_features" : "" ) ) }};"""


def _text_columns(rules: CsvRules) -> str:
    """Return the JSONata of `$textAt`: the place of the first text where a number is due, or 0.

    Without categories one search finds it; with some each field is looked at, of few rows.
    """
    if not rules.knows_categories:
        return "$textAt := function($row, $own) { 0 };"
    return f"""$textAt := function($row, $own) {{ $count($texts) = 0 ?
  ( $joined := $replace($join($own, ","), {_WORDS_OF_NUMBERS}, "0");
  $found := $match($joined, /(^|,)[+-]?[A-Za-z][^,]*/, 1);
  $count($found) = 0 ? 0 : $count($split($substring($joined, 0, $found[0].index + 1), ",")) - 1 ) :
  $row > {_LOOKED_AT} or $count1 > {_MOST_FIELDS} ? 0 :
  ( $found := $filter($map($own, function($one, $place) {{ $place >= {rules.leading}
    and $isText($one) and $not(($place - {rules.leading}) in $texts) ? $place : 0 }}),
    function($place) {{ $place > 0 }});
  $count($found) = 0 ? 0 : $found[0] ) }};"""


def _demand(rules: CsvRules) -> str:
    return rules.labels.replace("below num_class", f"below {rules.classes}")
