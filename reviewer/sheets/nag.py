"""`nag.md`: every finding of a rule pack that the code answers, with its reason."""

from itertools import groupby

from reviewer.assembly import Acknowledged, Assembly
from reviewer.markdown import code, counted, page, table
from reviewer.resolver import Resolver


def nag(assembly: Assembly, resolver: Resolver) -> str:
    """The whole sheet."""
    found = [item for stack in assembly.stacks for item in stack.acknowledged]
    found = [item for item in found if "::" in item.finding]
    parts: list[list[str]] = []
    for stack in assembly.stacks:
        own = [item for item in stack.acknowledged if "::" in item.finding]
        if own:
            parts += [
                [f"## {stack.label}", ""],
                table(["at", "finding", "reason"], _rows(own, resolver)),
            ]
    return page(
        f"Acknowledged findings in {assembly.stage}",
        [
            f"{counted(len(found), 'answer')} to AwsSolutions, NIST 800-53 r5, HIPAA and PCI DSS; "
            "a synthesis fails while a finding has none.",
            "",
        ],
        ["## Open", ""] if assembly.open_findings else [],
        table(
            ["at", "finding", "says"],
            [
                (code(it.path), f"{code(it.rule)} ({it.pack})", it.said)
                for it in assembly.open_findings
            ],
        ),
        *parts,
    )


def _rows(found: list[Acknowledged], resolver: Resolver) -> list[tuple[str, str, str]]:
    """One row for each finding; packs that share rule, place and reason share a row."""
    rows = []
    keyed = sorted(found, key=_key)
    for (path, rule, reason), group in groupby(keyed, key=_key):
        packs = sorted({item.finding.partition("::")[0] for item in group})
        inside = path.partition("/")[2] or path
        shown = code(resolver.exported(rule).replace("<AWS::AccountId>", "{account}"))
        rows.append((code(inside), f"{shown} ({', '.join(packs)})", reason))
    return rows


def _key(item: Acknowledged) -> tuple[str, str, str]:
    pack, _, finding = item.finding.partition("::")
    return item.path, finding.removeprefix(f"{pack}-"), item.reason
