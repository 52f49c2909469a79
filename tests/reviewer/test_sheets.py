"""The committed sheets are what the templates say today, and depend on nothing else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from config.loader import environment_names
from reviewer.assembly import Assembly, read_assembly
from reviewer.pricing.prices import PriceList, read_prices
from reviewer.pricing.usage import ROTATIONS_SOURCE, TRACKING_SOURCE
from reviewer.sheets.sheet_set import sheet_set
from tests.templates.synthesis import REPO

PAGES = ("resources.md", "iam.md", "network.md", "data.md", "cost.md", "nag.md")
NO_PRICES = PriceList("us-east-1", {})


def committed(environment: str) -> dict[str, str]:
    folder = REPO / "sheets" / environment
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.fixture(scope="module")
def sheets(prod: Assembly) -> dict[str, str]:
    return sheet_set(prod, NO_PRICES)


@pytest.mark.parametrize("environment", environment_names())
def test_the_committed_sheets_are_current(environment: str, synthesis: Path) -> None:
    assembly = read_assembly(synthesis, environment)
    wanted = sheet_set(assembly, read_prices(REPO / "prices", assembly.region))

    stale = [name for name, text in wanted.items() if committed(environment).get(name) != text]

    assert stale == [], "write them with: make review"
    assert committed(environment).keys() == wanted.keys()


def test_every_environment_has_its_sheets_and_nothing_else_has() -> None:
    folders = [path.name for path in (REPO / "sheets").iterdir() if path.is_dir()]

    assert sorted(folders) == environment_names()


def test_two_readings_are_the_same_bytes(prod: Assembly, sheets: dict[str, str]) -> None:
    assert sheet_set(prod, NO_PRICES) == sheets


def test_an_account_in_the_file_changes_no_sheet(broken: Path, sheets: dict[str, str]) -> None:
    for path in broken.rglob("*.json"):
        text = path.read_text().replace("unknown-account", "111122223333")
        path.write_text(text.replace('{"Ref": "AWS::AccountId"}', '"111122223333"'))

    assert read_assembly(broken, "prod").account == "111122223333"
    assert sheet_set(read_assembly(broken, "prod"), NO_PRICES) == sheets


@pytest.mark.parametrize("page", PAGES)
def test_no_sheet_holds_an_account_or_a_hash(page: str, sheets: dict[str, str]) -> None:
    assert not re.search(r"\d{12}|[0-9a-f]{16}", sheets[page])


@pytest.mark.parametrize("page", PAGES)
def test_a_sheet_says_each_fact_on_a_line_of_its_own(page: str, sheets: dict[str, str]) -> None:
    lines = [line for line in sheets[page].splitlines() if line.startswith(("- ", "| `"))]

    assert lines or page == "nag.md"
    assert len(lines) == len(set(lines)) or page in ("iam.md", "resources.md")


def test_every_resource_is_on_the_sheet(prod: Assembly, sheets: dict[str, str]) -> None:
    for item in prod.resources():
        assert f"| `{item.name}`" in sheets["resources.md"], item.path


def test_every_role_says_who_may_assume_it(prod: Assembly, sheets: dict[str, str]) -> None:
    for role in prod.resources("AWS::IAM::Role"):
        _, _, below = sheets["iam.md"].partition(f"## {role.path}\n")
        assert "may assume it, only when" in below.split("\n## ")[0], role.path


def test_every_action_of_every_policy_is_on_the_sheet(
    prod: Assembly, sheets: dict[str, str]
) -> None:
    for policy in prod.resources("AWS::IAM::ManagedPolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            for action in actions if isinstance(actions, list) else [actions]:
                assert f"`{action}`" in sheets["iam.md"], action


def test_what_has_no_price_is_named_and_never_free(sheets: dict[str, str]) -> None:
    cost = sheets["cost.md"]

    assert "No price is known" in cost
    assert "`sagemaker-hosting:ml.c7i.xlarge`" in cost.partition("Without a price:")[2]
    assert "USD 0" not in cost


class Links(HTMLParser):
    """Collects whatever a page would load or link to, and every id."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.clicked: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "data", "action"):
                self.loads.append(value or "")
            if tag == "a" and name == "href":
                self.clicked.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def test_the_page_asks_nobody_for_anything(sheets: dict[str, str]) -> None:
    links = Links()
    links.feed(sheets["index.html"])

    # A source is followed by a click alone.
    asked = [link for link in links.loads if not link.startswith(("#", "data:"))]
    assert sorted(asked) == sorted([TRACKING_SOURCE, ROTATIONS_SOURCE])
    assert {*asked} <= {*links.clicked}
    assert "default-src 'none'" in sheets["index.html"]
    assert "@import" not in sheets["index.html"]
    assert "url(" not in sheets["index.html"]


def test_a_page_with_prices_links_to_their_sources_and_loads_nothing(prod: Assembly) -> None:
    prices = read_prices(REPO / "prices", prod.region)
    links = Links()
    links.feed(sheet_set(prod, prices)["index.html"])

    outside = [link for link in links.loads if not link.startswith(("#", "data:"))]
    assert outside
    assert outside == [link for link in outside if link in links.clicked]
    told = " ".join(price.source for price in prices.prices.values())
    told += f" {TRACKING_SOURCE} {ROTATIONS_SOURCE}"
    assert [link for link in outside if link not in told] == []


def test_every_link_of_the_page_leads_somewhere(sheets: dict[str, str]) -> None:
    links = Links()
    links.feed(sheets["index.html"])

    assert len(links.ids) == len(set(links.ids))
    assert {link[1:] for link in links.loads if link.startswith("#")} <= set(links.ids)
