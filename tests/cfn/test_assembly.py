"""A folder that is no assembly is refused in one line that says where and what to do."""

from pathlib import Path

import pytest

from cfn.assembly import AssemblyError, stacks, stacks_in_order, stages
from reviewer.assembly import read_assembly
from tests.reviewer.conftest import rewritten


def refusal(folder: Path, environment: str = "prod") -> str:
    with pytest.raises(AssemblyError) as caught:
        read_assembly(folder, environment)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith("synthesise again with: make synth")
    return text


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    assert "manifest.json: no such file" in refusal(tmp_path)


def test_an_environment_that_is_not_there_is_refused_with_what_is(broken: Path) -> None:
    told = refusal(broken, "qa")

    assert "no environment qa; it holds dev, prod, staging" in told


def test_half_a_manifest_is_refused(broken: Path) -> None:
    manifest = broken / "manifest.json"
    manifest.write_text(manifest.read_text()[:100])

    assert "is not JSON" in refusal(broken)


@pytest.mark.parametrize("text", ["[]", "{}", '{"artifacts": 3}', '{"artifacts": {"a": {}}}'])
def test_a_manifest_of_something_else_is_refused(broken: Path, text: str) -> None:
    (broken / "manifest.json").write_text(text)

    refusal(broken)


def test_a_missing_template_is_refused_by_its_name(broken: Path) -> None:
    template = next((broken / "assembly-kiban-prod").glob("*Storage*.template.json"))
    template.unlink()

    assert f"assembly-kiban-prod/{template.name}: no such file" in refusal(broken)


def test_a_template_without_resources_is_refused(broken: Path) -> None:
    template = next((broken / "assembly-kiban-prod").glob("*Storage*.template.json"))
    rewritten(template, lambda body: body.pop("Resources"))

    assert "has no Resources" in refusal(broken)


def test_stacks_come_after_what_they_need_in_the_order_of_the_manifest(synthesis: Path) -> None:
    names = [stack.stack_name for stack in stacks_in_order(synthesis)]

    assert (
        len(names) == len(set(names)) == sum(len(stacks(one)) for one in stages(synthesis).values())
    )
    for stack in stacks_in_order(synthesis):
        before = {one.id for one in stacks_in_order(synthesis)[: names.index(stack.stack_name)]}
        needed = {name for name in stack.needs if not name.endswith(".assets")}
        assert needed <= before, stack.stack_name
