"""Rule packs that checked a synthesis, and what this project's own rules find in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cfn.json_files import Part, read_json
from reviewer.assembly import Assembly, OpenFinding
from reviewer.changes.finding import Finding
from reviewer.rules.custom_rules import RULES, violations

# The name under which a synthesis reports what breaks the project's own rules.
_OWN_PACK = "Kiban"
_SAID = {rule.name: rule.said for rule in RULES}


def rule_pack_changes(old: Path, new: Path) -> Iterator[Finding]:
    """Yield the packs that checked one synthesis and not the other one.

    Some report only what they object to: of those nothing is known where they are silent.
    """
    gone = {name for name, objects in _packs(old) if not objects} - {
        name for name, _ in _packs(new)
    }
    for pack in sorted(gone):
        said = "a rule pack no longer checks what is synthesised"
        yield Finding("rule-pack-gone", "review", pack, said, "checks", "-")


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
