"""Every command of the CDK's command line that changes or compares stacks, against the sandbox.

One journey: each step is a Node of its own, and begins where the one before ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.engine.stacks import Stacks

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[3]
ASSETS = "cdk-hnb659fds-assets-123456789012-us-east-1"
HERE = "aws://123456789012/us-east-1"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"
DEPLOY = ("deploy", "--require-approval", "never", "--app")
GIVE_UP_AFTER_SECONDS = 120

APP = """
import pathlib, sys
import aws_cdk as cdk
from aws_cdk import aws_logs as logs, aws_s3 as s3, aws_s3_assets as assets, aws_ssm as ssm
from aws_cdk import aws_sns as sns, aws_stepfunctions as sfn
here = pathlib.Path(sys.argv[1])


def assembly(name, said, *, text="one", content="a", takes=False, is_broken=False):
    file = here / f"file-{content}"
    file.write_text(content)
    app = cdk.App(outdir=str(here / name), analytics_reporting=False,
                  builtin_cloud_formation_validation=False)
    home = cdk.Environment(account="123456789012", region="us-east-1")
    stack = cdk.Stack(app, "Commands", env=home)
    parameter = ssm.StringParameter(stack, "P", string_value=text, parameter_name="/name")
    s3.Bucket(stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY)
    topic = sns.Topic(stack, "Topic", display_name="as deployed")
    says = sfn.Pass(stack, "Say", result=sfn.Result.from_object({"said": said}))
    sfn.StateMachine(stack, "Machine", state_machine_name="machine",
                     definition_body=sfn.DefinitionBody.from_chainable(says))
    asset = assets.Asset(stack, "Asset", path=str(file))
    cdk.CfnOutput(stack, "Source", value=asset.s3_object_key)
    if takes:
        for made in (s3.CfnBucket(stack, "Old", bucket_name="made-by-hand"),
                     logs.CfnLogGroup(stack, "OldGroup", log_group_name="/made/by/hand")):
            made.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    if is_broken:
        broken = cdk.CfnResource(stack, "Broken", type="AWS::SNS::Subscription", properties={
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:none", "Protocol": "email",
            "Endpoint": "a@example.com"})
        broken.node.add_dependency(parameter)
    app.synth()


assembly("first", "one")
assembly("swapped", "two")
assembly("mixed", "three", text="three", content="b")
assembly("taken", "three", text="three", content="b", takes=True)
assembly("broken", "three", text="broken", content="b", takes=True, is_broken=True)
assembly("watched", "watched", text="watched", content="b", takes=True)
"""
# Refuses and writes down every machine but this one; the command line goes on as without a network.
GUARD = """
const dns = require("dns"), fs = require("fs"), net = require("net");
const inside = (host) => [undefined, "127.0.0.1", "localhost", "::1"].includes(host);
const refuse = (host) => {
  fs.appendFileSync(process.env.OTHERS, host + "\\n");
  return Object.assign(new Error(host + " is not this machine"), {code: "ENOTFOUND"});
};
const lookup = dns.lookup, connect = net.Socket.prototype.connect;
dns.lookup = (host, ...rest) =>
  inside(host) ? lookup(host, ...rest) : process.nextTick(rest.at(-1), refuse(host));
net.Socket.prototype.connect = function (...given) {
  const flat = given.flat(), options = flat.find((one) => one && typeof one === "object") || {};
  const host = options.host ?? (typeof flat[0] === "number" ? flat[1] : undefined);
  if (typeof host === "string" && !inside(host)) {
    process.nextTick(() => this.destroy(refuse(host)));
    return this;
  }
  return connect.apply(this, given);
};
"""


class Commands:
    """The command line in a folder of its own, which notes whom it tries to reach."""

    def __init__(self, stacks: Stacks, folder: Path) -> None:
        self.stacks, self.folder = stacks, folder
        self.others = folder / "others"
        self.others.touch()
        (folder / "guard.cjs").write_text(GUARD)
        (folder / "cdk.json").write_text(json.dumps({"notices": False, "versionReporting": False}))
        kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self.environment = {
            **kept,
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "JSII_NODE": str(ROOT / "constructs_lib/synthesis/cdk-node"),
            "NODE_OPTIONS": f"--require {folder / 'guard.cjs'}",
            "OTHERS": str(self.others),
            "AWS_ENDPOINT_URL": stacks.sandbox.url,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": stacks.sandbox.secret,
            "AWS_REGION": "us-east-1",
            "HOME": str(folder),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "1",
            "NO_COLOR": "1",
        }
        plain = {k: v for k, v in self.environment.items() if k != "NODE_OPTIONS"}
        subprocess.run([sys.executable, "-c", APP, str(folder)], env=plain, check=True)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(ROOT / "node_modules/.bin/cdk"), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, which has to end with `code`; return what it said."""
        process = self.start(*arguments)
        try:
            said, _ = process.communicate(timeout=GIVE_UP_AFTER_SECONDS)
        finally:
            process.kill()
        assert process.returncode == code, said
        return said

    def outside(self) -> list[str]:
        """Whom the command line tried to reach besides this machine."""
        return self.others.read_text().split()

    def definition(self) -> str:
        found = self.stacks.aws("stepfunctions").describe_state_machine(stateMachineArn=MACHINE)
        return str(found["definition"])

    def assets(self) -> set[str]:
        listed = self.stacks.aws("s3").list_objects_v2(Bucket=ASSETS).get("Contents", [])
        return {one["Key"] for one in listed}


@pytest.fixture
def cdk(stacks: Stacks, bootstrapped: None, tmp_path: Path) -> Iterator[Commands]:
    """A bootstrapped sandbox; whatever a test does, nobody else was asked."""
    commands = Commands(stacks, tmp_path)
    yield commands
    assert commands.outside() == []


def test_stacks_are_compared_changed_in_place_taken_over_rolled_back_and_cleaned_up(
    stacks: Stacks, cdk: Commands
) -> None:
    _compare_and_deploy(stacks, cdk)
    _see_drift(stacks, cdk)
    _change_in_place(stacks, cdk)
    _take_over(stacks, cdk)
    _fail_and_roll_back(stacks, cdk)
    _watch(stacks, cdk)
    _collect_garbage(stacks, cdk)

    cdk.run("destroy", "--force", "--app", "watched")

    assert stacks.names() == set()
    assert stacks.aws("s3").head_bucket(Bucket="made-by-hand")


def _compare_and_deploy(stacks: Stacks, cdk: Commands) -> None:
    assert cdk.run("list", "--app", "first").split() == ["Commands"]
    assert "[+] AWS::SNS::Topic" in cdk.run("diff", "--app", "first", "--fail", code=1)
    assert stacks.names() == set()  # the change set of the comparison left no stack
    cdk.run(*DEPLOY, "first")
    assert stacks.status("Commands") == "CREATE_COMPLETE"
    assert "There were no differences" in cdk.run("diff", "--app", "first", "--fail")
    said = cdk.run("diff", "--app", "swapped", "--method", "template", "--fail", code=1)
    assert "[~] AWS::StepFunctions::StateMachine" in said


def _see_drift(stacks: Stacks, cdk: Commands) -> None:
    assert "No drift detected" in cdk.run("drift", "--app", "first", "--fail")
    topic = next(v for k, v in stacks.resources("Commands").items() if k.startswith("Topic"))
    name = {"TopicArn": topic, "AttributeName": "DisplayName"}
    stacks.aws("sns").set_topic_attributes(**name, AttributeValue="by hand")

    said = cdk.run("drift", "--app", "first", "--fail", code=1)

    assert "1 resource has drifted" in said
    assert "/DisplayName" in said
    stacks.aws("sns").set_topic_attributes(**name, AttributeValue="as deployed")


def _change_in_place(stacks: Stacks, cdk: Commands) -> None:
    said = cdk.run(*DEPLOY, "swapped", "--hotswap")
    assert "hotswapped!" in said
    assert '"said":"two"' in cdk.definition()
    assert stacks.status("Commands") == "CREATE_COMPLETE"

    said = cdk.run(*DEPLOY, "mixed", "--hotswap-fallback")
    assert "Falling back to doing a full deployment" in said
    assert '"said":"three"' in cdk.definition()
    assert (stacks.status("Commands"), stacks.ssm("/name")) == ("UPDATE_COMPLETE", "three")


def _take_over(stacks: Stacks, cdk: Commands) -> None:
    stacks.aws("s3").create_bucket(Bucket="made-by-hand")
    stacks.aws("logs").create_log_group(logGroupName="/made/by/hand")
    named = {
        "Old": {"BucketName": "made-by-hand"},
        "OldGroup": {"LogGroupName": "/made/by/hand"},
    }
    (cdk.folder / "named.json").write_text(json.dumps(named))

    cdk.run("import", "--app", "taken", "--resource-mapping", "named.json")

    assert stacks.status("Commands") == "IMPORT_COMPLETE"
    assert stacks.resources("Commands")["Old"] == "made-by-hand"


def _fail_and_roll_back(stacks: Stacks, cdk: Commands) -> None:
    assert "Topic does not exist" in cdk.run(*DEPLOY, "broken", "--no-rollback", code=1)
    assert (stacks.status("Commands"), stacks.ssm("/name")) == ("UPDATE_FAILED", "broken")

    cdk.run("rollback", "--app", "broken")

    assert (stacks.status("Commands"), stacks.ssm("/name")) == ("UPDATE_ROLLBACK_COMPLETE", "three")


def _watch(stacks: Stacks, cdk: Commands) -> None:
    """Deploy at the start and after a change of a file; an interrupt ends all that it began."""
    which = cdk.folder / "which"
    which.write_text("taken")
    settings = {
        "notices": False,
        "versionReporting": False,
        "app": 'cp -R "$(cat which)/." "$CDK_OUTDIR"',
        "watch": {"include": "which"},
    }
    (cdk.folder / "cdk.json").write_text(json.dumps(settings))
    process = cdk.start("watch", "--no-logs", "--hotswap-fallback")
    try:
        _wait(lambda: (cdk.folder / "cdk.out" / "manifest.json").exists())
        _wait(lambda: not stacks.status("Commands").endswith("IN_PROGRESS"))

        def is_seen() -> bool:
            # A change before the first deployment is over may be missed.
            which.write_text("watched")
            return bool(stacks.ssm("/name") == "watched")

        _wait(is_seen, pause=1)
        _wait(lambda: stacks.status("Commands") == "UPDATE_COMPLETE")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=GIVE_UP_AFTER_SECONDS)
    finally:
        process.kill()
    assert stacks.ssm("/name") == "watched", said
    _wait(lambda: _group(process.pid) == [])


def _group(number: int) -> list[int]:
    """The processes of a group that have not ended."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, group, state in rows if group == str(number) and state[0] != "Z"]


def _collect_garbage(stacks: Stacks, cdk: Commands) -> None:
    used = stacks.outputs("Commands")["Source"]
    assert len(cdk.assets()) > 1
    days = ("--rollback-buffer-days=0", "--created-buffer-days=0", "--confirm=false")

    # The folder that `watch` read may be held by what init has not reaped yet.
    cdk.run("gc", HERE, "--app", "watched", "--unstable=gc", *days)

    assert cdk.assets() == {used}


def _wait(is_so: Callable[[], bool], pause: float = 0.2) -> None:
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(pause)
