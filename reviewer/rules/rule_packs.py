"""Rule packs that checked a synthesis, and what this project's own rules find in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cfn.json_files import AssemblyError, Part, read_json
from reviewer.assembly import Assembly, OpenFinding
from reviewer.changes.finding import Finding
from reviewer.rules.custom_rules import RULES, violations

# The name under which a synthesis reports what breaks the project's own rules.
_OWN_PACK = "Kiban"
# What constructs_lib/synthesis/checked_app.py registers.
RULE_PACKS = ("AwsSolutions", "HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321")
_SAID = {rule.name: rule.said for rule in RULES}


def missing_rule_packs(cdk_out: Path) -> Iterator[Finding]:
    """Yield the packs that have to check every synthesis and did not check this one."""
    there = {name for name, _ in _packs(cdk_out)}
    for pack in RULE_PACKS:
        if pack not in there:
            said = "a rule pack did not check what was synthesised"
            yield Finding("rule-pack-gone", "review", pack, said, "checks", "-")


def has_open_findings(cdk_out: Path) -> bool:
    """Return whether a pack objects to anything in a synthesis; True when that is not known."""
    try:
        packs = _packs(cdk_out)
    except AssemblyError:
        return True
    return not packs or any(objects for _, objects in packs)


def with_own_rules(assembly: Assembly) -> Assembly:
    """Return the environment with what these rules find in it, not what its own revision found."""
    others = [item for item in assembly.open_findings if item.pack != _OWN_PACK]
    return replace(assembly, open_findings=(*others, *_own(assembly)))


def _own(assembly: Assembly) -> Iterator[OpenFinding]:
    try:
        for found in violations(assembly):
            said = f"{_SAID[found.rule]}: {found.said}"
            yield OpenFinding(found.resource.path, found.rule, _OWN_PACK, said)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # The rules are for what this project's constructs write; a template may hold anything.
        said = f"the rules cannot be tried on it ({type(error).__name__}: {error})"
        yield OpenFinding(assembly.stage, "Unreadable", _OWN_PACK, said)


def _packs(cdk_out: Path) -> list[tuple[str, bool]]:
    """Return each pack of a synthesis, and whether it objects to anything."""
    path = cdk_out / "validation-report.json"
    packs = Part(path.name, read_json(path)).objects("pluginReports") if path.exists() else ()
    return [(pack.text("pluginName"), any(pack.objects("violations"))) for pack in packs]
