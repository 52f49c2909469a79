"""The pipelines as they are to be copied, run line for line by the role that their tokens get."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml  # type: ignore[import-untyped]
from botocore.exceptions import ClientError

from sandbox.cdk.bootstrap import ensure
from sandbox.iam import web_tokens
from sandbox.state import clients
from tests.journeys.workplace import Workplace, make
from tests.templates.synthesis import REPO

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]

FOLDER = REPO / "docs" / "delivery"
REGION = "us-east-1"
ACCOUNTS = {"staging": "111122223333", "prod": "444455556666"}
INSTALLED = "make setup"
"""The one line that is not run: a workplace links to what is installed here."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A checkout with small environments of these names, and a sandbox where AWS would be."""
    place = make(tmp_path_factory.mktemp("workplace"))
    place.done("up", "--port", "0")
    clients.set_secret(url(place), state_of(place)["secret"])
    for account in ACCOUNTS.values():
        ensure(url=url(place), region=REGION, account=account)
    yield place
    place.kiban("down")


def state_of(place: Workplace) -> dict[str, str]:
    state = json.loads((place.folder / ".sandbox" / "state.json").read_text())
    return {key: str(text) for key, text in state.items()}


def url(place: Workplace) -> str:
    return state_of(place)["url"]


def roles(place: Workplace, provider: str) -> dict[str, str]:
    """A person writes the files for `provider` and deploys the one stack of each environment."""
    found = {}
    for name, account in ACCOUNTS.items():
        place.file(name).write_text(
            f'[platform]\nregion = "{REGION}"\naccount = "{account}"\nremoval = "destroy"\n'
            f'[delivery]\nprovider = "{provider}"\nrepository = "team/kiban"\n'
            "[models.churn]\ngate.minimum = 0.8\n"
            'training.hyperparameters = { objective = "binary:logistic", num_round = 9 }\n'
        )
    for name, account in ACCOUNTS.items():
        words = f"cdk deploy kiban-{name}/Delivery -c env={name} --require-approval never"
        run(
            place,
            [words],
            {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": state_of(place)["secret"]},
        )
        formation = clients.client("cloudformation", url=url(place), region=REGION, account=account)
        (stack,) = formation.describe_stacks(StackName=f"kiban-{name}-Delivery")["Stacks"]
        (found[name],) = [one["OutputValue"] for one in stack["Outputs"]]
    return found


def run(place: Workplace, lines: list[str], variables: Mapping[str, str]) -> str:
    """Run the lines of a job in one shell that ends with the first mistake; return the output."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith("AWS_")}
    bins = [str(place.folder / ".venv/bin"), str(place.folder / "node_modules/.bin")]
    nobody = {
        "AWS_ENDPOINT_URL": url(place),
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HOME": str(place.folder),
        "PATH": os.pathsep.join([*bins, os.environ["PATH"]]),
    }
    kept.pop("KIBAN_SANDBOX", None)
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", "\n".join(lines)],
        cwd=place.folder,
        env={**kept, **nobody, **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, "\n".join([*lines, done.stdout, done.stderr])
    return done.stdout + done.stderr


def token(place: Workplace, issuer: str, audience: str, subject: str) -> str:
    claims = {"iss": f"https://{issuer}", "aud": audience, "sub": subject}
    return web_tokens.make(claims, state_of(place)["secret"])


def github_credentials(place: Workplace, role: str, environment: str) -> dict[str, str]:
    """What aws-actions/configure-aws-credentials exports for a job with this environment."""
    text = token(
        place,
        "token.actions.githubusercontent.com",
        "sts.amazonaws.com",
        f"repo:team/kiban:environment:{environment}",
    )
    sts = boto3.client("sts", endpoint_url=url(place), region_name=REGION)
    found = sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="GitHubActions", WebIdentityToken=text
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
    }


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def test_the_pipeline_of_github_deploys_both_environments_with_its_own_roles(
    place: Workplace,
) -> None:
    own = roles(place, "github")

    for name, job in read("github/deploy.yml")["jobs"].items():
        lines = [step["run"] for step in job["steps"] if "run" in step]
        assert lines[0] == INSTALLED
        credentials = github_credentials(place, own[name], job["environment"])
        said = run(place, lines[1:], credentials)
        assert f"kiban-{name} is deployed: 7 stacks" in said
        only_these_calls_are_allowed(place, credentials)

    with pytest.raises(ClientError, match="Not authorized"):
        github_credentials(place, own["prod"], "staging")


def only_these_calls_are_allowed(place: Workplace, credentials: Mapping[str, str]) -> None:
    """The same credentials are refused what a pipeline has no use for: permissions are enforced."""
    caller = boto3.Session(
        credentials["AWS_ACCESS_KEY_ID"],
        credentials["AWS_SECRET_ACCESS_KEY"],
        credentials["AWS_SESSION_TOKEN"],
        REGION,
    )
    formation = caller.client("cloudformation", endpoint_url=url(place))
    sagemaker = caller.client("sagemaker", endpoint_url=url(place))
    for call in (formation.list_stacks, formation.describe_stacks, sagemaker.list_models):
        with pytest.raises(ClientError) as caught:
            call()
        assert "AccessDenied" in caught.value.response["Error"]["Code"]


def test_the_pipeline_of_gitlab_deploys_both_environments_with_its_own_roles(
    place: Workplace, tmp_path: Path
) -> None:
    own = roles(place, "gitlab")
    pipeline = read("gitlab-ci.yml")
    subject = "project_path:team/kiban:ref_type:branch:ref:main"

    for name in ACCOUNTS:
        job = pipeline[f"deploy-{name}"]
        (audience,) = (one["aud"] for one in job["id_tokens"].values())
        lines = [*job["before_script"], *job["script"]]
        assert lines[0] == INSTALLED
        variables = {
            "AWS_TOKEN": token(place, "gitlab.com", audience, subject),
            "CI_PIPELINE_ID": "1",
            "STAGING_ROLE_ARN": own["staging"],
            "PROD_ROLE_ARN": own["prod"],
            "TMPDIR": str(tmp_path),
        }
        assert f"kiban-{name} is deployed: 7 stacks" in run(place, lines[1:], variables)
