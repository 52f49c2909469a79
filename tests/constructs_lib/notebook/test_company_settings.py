"""A notebook behind a company's authority, index and proxy: its start, and its kernels."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

import pytest
from aws_cdk import Aws, Environment, Stack
from aws_cdk.assertions import Template

from app import add_stacks
from compare.synthesis import documents
from config import authorities
from constructs_lib.notebook.company_settings import company_variables
from constructs_lib.notebook.notebook_lifecycle import LIMIT_CHARACTERS, NotebookLifecycle
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from stacks.workbench import NAMED_MODELS
from tests.company import PACKAGE, Company, company, proxy
from tests.constructs_lib.notebook.scripts import final_scripts
from tests.templates.environments import make_environment, new_app

PROXY = "http://proxy.example.com:3128"
TRUSTED = "/etc/pki/tls/certs/ca-bundle.crt"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as found:
        yield found


def workbench(place: Company) -> Mapping[str, Any]:
    """The notebook's template in an environment that names all settings."""
    network = {"ca_bundle": "company.pem", "package_index": place.index, "proxy": PROXY}
    config = make_environment(network=network)
    stage = EnvironmentStage(new_app(), config=config)
    add_stacks(stage, config)
    (stack,) = (one for one in stage.node.children if one.node.id == "Workbench")
    assert isinstance(stack, Stack)
    return Template.from_stack(stack).to_json()


@pytest.fixture(scope="module")
def template(place: Company) -> Iterator[Mapping[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authorities, "FOLDER", place.authority.parent)
        yield workbench(place)


@pytest.fixture
def machine(tmp_path: Path, place: Company, template: Mapping[str, Any]) -> Path:
    """A folder in which the start script has run; S3 and the system's tool are played."""
    usual = "/etc/ssl/certs/ca-certificates.crt"
    tools = {
        "aws": f'echo "$*" > {tmp_path}/aws.log\ncp {place.authority} "${{@: -1}}"',
        "update-ca-trust": f"cat {usual} {tmp_path}/etc/pki/ca-trust/source/anchors/*.pem"
        f" > {tmp_path}{TRUSTED}",
        "systemctl": "exit 0",
    }
    for folder in (
        *("bin", "home/ec2-user/SageMaker", "etc/systemd/system", "etc/pki/tls/certs"),
        "etc/pki/ca-trust/source/anchors",
    ):
        (tmp_path / folder).mkdir(parents=True)
    for name, text in tools.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    script = final_scripts(template)["OnStart"].replace("-o ec2-user -g ec2-user", "")
    for path in ("/home/ec2-user", "/etc/", "/opt/workbench"):
        script = script.replace(path, f"{tmp_path}{path}")
    variables = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    done = subprocess.run(["bash"], input=script, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return tmp_path


def exported(machine: Path) -> dict[str, str]:
    """What a terminal of the notebook has in its environment."""
    text = (machine / "etc/profile.d/workbench.sh").read_text()
    lines = (line.removeprefix("export ").partition("=") for line in text.splitlines())
    return {name: value for name, _, value in lines}


def download(folder: Path, variables: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Let the real pip fetch the company's package with these variables alone."""
    words = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), PACKAGE]
    alone = {"PATH": os.environ["PATH"], "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(words, env={**alone, **variables}, capture_output=True, text=True)


def test_a_kernel_gets_packages_of_the_companys_index(machine: Path) -> None:
    known = exported(machine)

    done = download(machine / "wheels", known)

    assert done.returncode == 0, done.stderr
    assert [path.name for path in (machine / "wheels").iterdir()] == [
        f"{PACKAGE}-1.2.3-py3-none-any.whl"
    ]


def test_without_the_authority_it_gets_none(machine: Path) -> None:
    known = {key: value for key, value in exported(machine).items() if TRUSTED not in value}

    done = download(machine / "wheels", known)

    assert done.returncode != 0
    assert "CERTIFICATE_VERIFY_FAILED" in done.stdout + done.stderr


def test_uv_gets_them_too(machine: Path) -> None:
    words = ["uv", "pip", "install", "--no-cache", "--no-config", "--target", str(machine / "site")]
    alone = {"PATH": os.environ["PATH"], "HOME": str(machine)}
    known = exported(machine)

    done = subprocess.run([*words, PACKAGE], env={**alone, **known}, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert (machine / "site" / f"{PACKAGE}.py").exists()


def test_everything_else_goes_through_the_proxy(machine: Path) -> None:
    with proxy() as (address, asked):
        known = {
            name: value.replace(PROXY, address).replace("localhost", "127.0.0.1")
            for name, value in exported(machine).items()
        }
        elsewhere = {**known, "PIP_INDEX_URL": "https://pypi.elsewhere.example/simple"}

        assert download(machine / "wheels", elsewhere).returncode != 0
        assert {*asked} == {"pypi.elsewhere.example:443"}


@pytest.mark.parametrize(
    ("host", "passes_by"),
    [
        ("s3.us-east-1.amazonaws.com", True),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com", True),
        ("169.254.169.254", True),
        ("localhost", True),
        ("pypi.org", False),
        ("amazonaws.com.example.org", False),
    ],
)
def test_aws_the_machine_and_the_index_are_reached_without_the_proxy(
    machine: Path, host: str, passes_by: bool
) -> None:
    exceptions = {"no": exported(machine)["NO_PROXY"]}

    assert bool(proxy_bypass_environment(host, exceptions)) is passes_by


def test_each_variable_names_what_it_should(machine: Path, place: Company) -> None:
    known = exported(machine)

    for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        assert known[name] == f"{machine}{TRUSTED}"
    assert known["PIP_INDEX_URL"] == known["UV_DEFAULT_INDEX"] == place.index
    assert known["HTTPS_PROXY"] == known["http_proxy"] == PROXY
    assert known["NO_PROXY"].split(",")[-2:] == [".amazonaws.com", "localhost"]


def test_the_file_is_fetched_from_the_region_at_every_start(machine: Path) -> None:
    words = (machine / "aws.log").read_text().split()

    assert words[:5] == ["s3", "cp", "--only-show-errors", "--region", "us-east-1"]
    assert words[5].startswith("s3://")


def test_the_script_is_sound_shell_and_fits_with_as_many_models_as_are_named(
    place: Company,
) -> None:
    network = {"ca_bundle": "company.pem", "package_index": place.index, "proxy": PROXY}
    named = [f"model-{number:014}" for number in range(NAMED_MODELS // 2)]
    assert {*map(len, named)} == {20}, "the longest name of a model"
    known = ("ACCOUNT", "DATA_BUCKET", "EXPERIMENT_ROLE", "REGION")
    variables = {
        **{f"KIBAN_{name}": Aws.ACCOUNT_ID for name in known},
        **company_variables(make_environment(network=network)),
        "AWS_DEFAULT_REGION": Aws.REGION,
        "KIBAN_MODELS": ",".join(named),
        "KIBAN_STAGE": f"{'p' * 20}-{'e' * 20}",
    }
    stack = Stack(new_app(), "Any", env=Environment(region="ap-northeast-1"))
    uri = f"s3://{Aws.STACK_NAME}/{'a' * 64}.pem"
    NotebookLifecycle(stack, "Lifecycle", idle_minutes=60, variables=variables, authorities_uri=uri)
    script = final_scripts(Template.from_stack(stack).to_json())["OnStart"]

    done = subprocess.run(["shellcheck", "-"], input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert len(base64.b64encode(script.encode())) <= LIMIT_CHARACTERS


def test_the_notebook_may_read_that_one_file(template: Mapping[str, Any]) -> None:
    found = [
        statement
        for body in template["Resources"].values()
        if body["Type"] == "AWS::IAM::ManagedPolicy"
        for statement in body["Properties"]["PolicyDocument"]["Statement"]
        if ".pem" in str(statement["Resource"])
    ]

    assert [one["Action"] for one in found] == ["s3:GetObject"]
    assert "*" not in str(found[0]["Resource"])


def test_jobs_and_endpoints_are_isolated_and_need_none_of_it(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorities, "FOLDER", place.authority.parent)
    network = {"ca_bundle": "company.pem", "package_index": place.index, "proxy": PROXY}
    plain = documents(make_environment(), add_stacks)
    inside = documents(make_environment(network=network), add_stacks)

    differing = {name for name in plain if plain[name] != inside[name]}
    assert differing == {"Registry", "Workbench"}
    machine = str(plain["Training-churn"]["Resources"])
    assert machine.count('"EnableNetworkIsolation":true') == 2, "training and evaluation"
    (model,) = (
        body["Properties"]
        for body in plain["Inference-churn"]["Resources"].values()
        if body["Type"] == "AWS::SageMaker::Model"
    )
    assert model["EnableNetworkIsolation"] is True
