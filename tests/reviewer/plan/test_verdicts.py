"""Each edit gets the verdict that AWS would give it, and a way to go on where it is refused."""

from dataclasses import replace

import pytest

from reviewer.assembly import Assembly
from reviewer.plan.deployment_plan import DeploymentPlan, plan
from reviewer.plan.verdict import Deployed
from reviewer.pricing.prices import read_prices
from tests.reviewer.conftest import edited
from tests.reviewer.plan.file_edits import FILE_EDITS
from tests.reviewer.plan.files import synthesised
from tests.reviewer.plan.template_edits import TEMPLATE_EDITS
from tests.reviewer.planted import DANGEROUS, HARMLESS
from tests.templates.synthesis import REPO

PRICED = read_prices(REPO / "prices", "us-east-1")


def verdicts_on(found: DeploymentPlan, at: str) -> set[str]:
    return {verdict.kind for verdict in found.verdicts if verdict.at == at}


def file_plan(name: str) -> DeploymentPlan:
    edit = FILE_EDITS[name]
    before, after = synthesised(edit.before), synthesised(edit.after)
    labels = {stack.label for stack in after.stacks}
    kept = tuple(stack for stack in before.stacks if stack.label in labels)
    strays = tuple(stack.name for stack in before.stacks if stack.label not in labels)
    return plan(Deployed(replace(before, stacks=kept), strays=strays), after, PRICED)


@pytest.mark.parametrize("name", FILE_EDITS)
def test_an_edit_of_the_file_gets_its_verdict(name: str) -> None:
    edit, found = FILE_EDITS[name], file_plan(name)

    assert edit.kind in verdicts_on(found, edit.at), found.verdicts
    assert found.exit_code == edit.exit_code


@pytest.mark.parametrize("name", TEMPLATE_EDITS)
def test_an_edit_of_a_template_gets_its_verdict(name: str, prod: Assembly) -> None:
    edit = TEMPLATE_EDITS[name]

    found = plan(Deployed(prod), edited(prod, edit.stack, edit.change), PRICED)

    assert edit.kind in verdicts_on(found, edit.at), found.verdicts
    assert found.exit_code == edit.exit_code


@pytest.mark.parametrize("name", DANGEROUS)
def test_what_a_review_calls_dangerous_is_never_nothing(name: str, prod: Assembly) -> None:
    planted = DANGEROUS[name]

    found = plan(Deployed(prod), edited(prod, planted.stack, planted.change), PRICED)

    assert found.exit_code in (3, 4)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_review_calls_harmless_is_a_change_without_risk(name: str, prod: Assembly) -> None:
    stack, change = HARMLESS[name]

    found = plan(Deployed(prod), edited(prod, stack, change), PRICED)

    assert (found.exit_code, len(found.verdicts)) == (0, 1)


def test_no_change_is_no_verdict(prod: Assembly) -> None:
    found = plan(Deployed(prod), prod, PRICED)

    assert (found.exit_code, found.verdicts) == (0, ())
    assert found.unchanged == sum(len(stack.resources) for stack in prod.stacks)


def test_the_way_to_another_platform_keeps_the_disk(prod: Assembly) -> None:
    edit = TEMPLATE_EDITS["another platform of the notebook"]

    refused = plan(Deployed(prod), edited(prod, edit.stack, edit.change), PRICED).of_kind("refused")

    assert {one.at for one in refused} == {"Workbench/Workbench", "workbench platform"}
    for one in refused:
        steps = " ".join(one.recipe)
        assert "put notebook-al2023-v1 back in the template" in steps
        assert "./kiban notebook upgrade --to notebook-al2-v3 --env prod" in steps
        assert "delete-stack" not in steps
