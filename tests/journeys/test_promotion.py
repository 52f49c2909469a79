import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys import shown
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.terminal import Terminal
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

pytestmark = pytest.mark.acceptance

OWN, OTHER = "123456789012", "222233334444"
PROMOTE = ("promote", "churn", "--from", "dev", "--to", "live", "--sandbox")
LIVE = ("--env", "live", "--sandbox")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """dev in the sandbox's own account, and `live` in another account and region; no model yet.

    Both are deployed at once, from one checkout.
    """
    place = make(tmp_path_factory.mktemp("workplace"))
    try:
        place.done("up", "--port", "0")
        place.done(
            "env", "new", "live", "--from", "dev", "--account", OTHER, "--region", "eu-west-1"
        )
        with ThreadPoolExecutor() as pool:
            both = [pool.submit(place.done, "deploy", *of) for of in (("--sandbox",), LIVE)]
            for one in both:
                one.result()
        yield place
    finally:
        place.kiban("down")


@pytest.fixture(scope="module")
def trained(place: Workplace) -> Workplace:
    """Version 1 in dev passed the gate and waits for a person."""
    rows = place.folder / "rows.csv"
    rows.write_bytes(as_csv(breast_cancer()[:455]))
    place.done("data", "put", "churn", "rows.csv", "--sandbox")
    wait_for(lambda: versions(place, "--sandbox") or None, "the first version")
    return place


@pytest.fixture(scope="module")
def approved(trained: Workplace) -> Workplace:
    """Version 1 is live in dev."""
    trained.done("approve", "churn", "1", "--wait", "--sandbox")
    return trained


def versions(place: Workplace, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(place.done("models", "churn", "--json", *words))
    return found


def share(place: Workplace) -> None:
    """Let the other account have what dev registers from the next deployment on."""
    dev = place.file("dev")
    if "[sharing]" not in dev.read_text():
        dev.write_text(dev.read_text() + f'\n[sharing]\naccounts = ["{OTHER}"]\n')


@pytest.fixture(scope="module")
def shared(approved: Workplace) -> Workplace:
    """Version 1 is live in dev, and the other account may have it."""
    share(approved)
    approved.done("deploy", "--sandbox")
    return approved


def test_two_environments_are_deployed_at_once_from_one_checkout(place: Workplace) -> None:
    for words in (("--sandbox",), LIVE):
        stacks = json.loads(place.done("status", "--json", *words))["stacks"]
        assert {stack["status"] for stack in stacks.values()} == {"CREATE_COMPLETE"}
    made = (place.folder / ".sandbox").glob("cdk.out*")
    written = {found.name for found in made if found.is_dir()}
    assert written == {"cdk.out-dev", "cdk.out-live"}


def test_a_second_account_and_region_stand_after_one_command(place: Workplace) -> None:
    said = json.loads(place.done("status", "--json", *LIVE))

    assert said["region"] == "eu-west-1"
    assert {stack["status"] for stack in said["stacks"].values()} == {"CREATE_COMPLETE"}
    storage = said["stacks"]["Storage"]["outputs"]["KeyArn"]
    assert storage.startswith(f"arn:aws:kms:eu-west-1:{OTHER}:key/")


def test_what_one_account_has_the_other_does_not_see(place: Workplace) -> None:
    assert versions(place, *LIVE) == []
    here = json.loads(place.done("status", "--json", "--sandbox"))
    assert OTHER not in json.dumps(here["stacks"])


def test_an_unknown_model_and_environment_are_refused(place: Workplace) -> None:
    words = ("--from", "dev", "--to", "live", "--sandbox")

    assert place.refused("promote", "chrun", *words) == (
        "config/dev.toml: no model 'chrun'; there is churn"
    )
    assert "no environment 'prd'" in place.refused("promote", "churn", "--from", "prd", *words[2:])
    assert "name another" in place.refused("promote", "churn", "--from", "live", *words[2:])


def test_promotion_is_refused_until_it_is_shared_approved_and_good_enough(
    trained: Workplace,
) -> None:
    unshared = trained.refused(*PROMOTE)
    share(trained)
    undeployed = trained.refused(*PROMOTE)
    trained.done("deploy", "--sandbox")
    unapproved = trained.refused(*PROMOTE)

    assert unshared.startswith("config/dev.toml: sharing.accounts does not name " + OTHER)
    assert "is not shared with this account" in undeployed
    assert "no approved version; approve one with: ./kiban approve churn" in unapproved
    assert versions(trained, *LIVE) == []


def test_a_version_below_the_gate_of_the_target_stays_where_it_is(shared: Workplace) -> None:
    shared.edit("live", "minimum = 0.80", "minimum = 0.9999")
    try:
        told = shared.refused(*PROMOTE)
    finally:
        shared.edit("live", "minimum = 0.9999", "minimum = 0.80")

    assert "the gate in config/live.toml asks for at least 0.9999; nothing was changed" in told
    assert versions(shared, *LIVE) == []


def test_an_approved_version_goes_live_in_the_other_account_and_answers(
    shared: Workplace,
) -> None:
    shared.done(*PROMOTE, "--wait")

    (version,) = versions(shared, *LIVE)
    (origin,) = versions(shared, "--sandbox")
    assert version["live"] is True
    assert version["facts"]["promoted_from"] == origin["arn"]
    assert version["metrics"] == origin["metrics"]
    (shared.folder / "held_out.csv").write_bytes(features_csv(HELD_OUT[:5]))
    there = shared.done("predict", "churn", "held_out.csv", "--json", *LIVE)
    here = shared.done("predict", "churn", "held_out.csv", "--json", "--sandbox")
    assert json.loads(there) == json.loads(here)


def test_promoting_again_changes_nothing(shared: Workplace) -> None:
    before = versions(shared, *LIVE)
    assert before

    shared.done(*PROMOTE, "--wait")

    assert versions(shared, *LIVE) == before


def test_credentials_of_the_other_account_do_the_same_as_a_sandbox(shared: Workplace) -> None:
    """What the README shows, typed at a terminal, with this sandbox where AWS would be."""
    before = versions(shared, *LIVE)
    state = json.loads((shared.folder / ".sandbox/state.json").read_text())
    terminal = Terminal(shared, OTHER)
    deploy, promote = (
        line.replace("staging", "dev")
        for line in shown.between(
            "./kiban deploy --env live", "./kiban promote churn --from staging --to live --wait"
        )
    )

    assert "nothing that a person has to look at" in terminal.done(deploy)
    code, said = terminal.type(promote)
    shared.edit("dev", "[platform]", f'[platform]\naccount = "{state["account"]}"')
    terminal.done(promote)

    assert code == 2
    assert "config/dev.toml: platform.account is missing" in said
    assert versions(shared, *LIVE) == before


def test_what_serves_in_the_other_account_lies_in_the_other_account(shared: Workplace) -> None:
    container = parts(shared)

    assert container["Image"].startswith(f"{OTHER}.dkr.ecr.eu-west-1.amazonaws.com/")
    assert container["Image"].endswith(container["ImageDigest"])
    assert "kiban-live-storage-artifacts" in container["ModelDataUrl"].lower()


def test_metrics_baselines_and_report_lie_in_the_other_account_too(shared: Workplace) -> None:
    (origin,) = versions(shared, "--sandbox")
    here, there = described(shared, origin["arn"], OWN), promoted(shared)

    addresses = [*s3_uris(there), there["CustomerMetadataProperties"]["report"]]
    assert len(addresses) == len(s3_uris(here)) + 1 == 7
    folder = "/churn/evaluation/promoted-kiban-dev-1/"
    for address, original in zip(
        addresses, [*s3_uris(here), here["CustomerMetadataProperties"]["report"]], strict=True
    ):
        assert "kiban-live-storage-artifacts" in address.lower() and folder in address
        assert read(shared, address, OTHER) == read(shared, original, OWN)
    kept = {key: there[key] for key in ("ModelMetrics", "DriftCheckBaselines")}
    assert "kiban-dev-storage" not in json.dumps([kept, there["InferenceSpecification"]]).lower()
    assert there["CustomerMetadataProperties"]["gate"] == "passed"


def test_a_promoted_version_may_be_no_other_model_than_the_one_that_was_evaluated(
    shared: Workplace,
) -> None:
    (version,) = versions(shared, *LIVE)

    (digest,) = parts(shared)["Environment"].values()
    assert version["facts"]["signature_sha256"] == digest


def test_a_version_that_the_target_rejected_is_not_promoted_again(shared: Workplace) -> None:
    shared.done("reject", "churn", "1", "--reason", "too slow", *LIVE)

    told = shared.refused(*PROMOTE)

    assert "came from version 1 of dev and was rejected: too slow" in told


def aws(place: Workplace, service: str, account: str) -> Any:
    from sandbox.state.clients import client, set_secret

    state = json.loads((place.folder / ".sandbox" / "state.json").read_text())
    region = {OWN: "us-east-1", OTHER: "eu-west-1"}[account]
    set_secret(state["url"], state["secret"])
    return client(service, url=state["url"], region=region, account=account)


def described(place: Workplace, arn: str, account: str) -> dict[str, Any]:
    return dict(aws(place, "sagemaker", account).describe_model_package(ModelPackageName=arn))


def promoted(place: Workplace) -> dict[str, Any]:
    """The promoted version, as the other account's registry has it."""
    (version,) = versions(place, *LIVE)
    return described(place, version["arn"], OTHER)


def parts(place: Workplace) -> dict[str, Any]:
    """The container of the promoted version."""
    (container,) = promoted(place)["InferenceSpecification"]["Containers"]
    return dict(container)


def s3_uris(package: dict[str, Any]) -> list[str]:
    """Every address in the metrics and baselines of a version."""

    def found(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, item in sorted(value.items()):
                if key == "S3Uri":
                    yield item
                else:
                    yield from found(item)

    return list(found({key: package[key] for key in ("ModelMetrics", "DriftCheckBaselines")}))


def read(place: Workplace, address: str, account: str) -> bytes:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    body: bytes = aws(place, "s3", account).get_object(Bucket=bucket, Key=key)["Body"].read()
    return body
