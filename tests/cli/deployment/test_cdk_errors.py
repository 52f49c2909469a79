"""Every kind of log of the CDK command line (2.1148) that ends a command says its reason."""

import os
import subprocess
from pathlib import Path

import pytest

from cli.deployment.cdk_errors import find_reason
from cli.system.project_paths import CDK
from tests.cli.deployment.test_cdk_command import progress_of

NOISE = """\
A reserved context key ('context.aws:') key was found in cdk.json, it might cause surprising \
behavior.


✨  Synthesis time: 0.04s

"""
BUILT = """\
kiban-dev-Storage: start: Building kiban-dev-Storage Template
kiban-dev-Storage: success: Built kiban-dev-Storage Template
"""
NO_CREDENTIALS = """\
Unable to resolve AWS account to use. It must be either configured when you define your CDK \
Stack, or through the environment
"""
OTHER_ACCOUNT = """\
‣ AuthenticationError: Need to perform AWS calls for account 111122223333, but the current \
credentials are for 444455556666
"""
NO_BOOTSTRAP = """\
kiban-dev-Storage: SSM parameter /cdk-bootstrap/hnb659fds/version not found in \
aws://111122223333/us-east-1. Has the environment been bootstrapped? Please run 'cdk bootstrap' \
(see https://docs.aws.amazon.com/cdk/latest/guide/bootstrapping.html)
Parameter /cdk-bootstrap/hnb659fds/version not found.
‣ SsmParameterNotFound: SSM parameter /cdk-bootstrap/hnb659fds/version not found in \
aws://111122223333/us-east-1. Has the environment been bootstrapped? Please run 'cdk bootstrap' \
(see https://docs.aws.amazon.com/cdk/latest/guide/bootstrapping.html)
‣ ParameterNotFound: Parameter /cdk-bootstrap/hnb659fds/version not found.
"""
PROTECTED = "Stack [kiban-prod-Registry] cannot be deleted while TerminationProtection is enabled\n"
PROTECTED_ARN = (
    "❌  kiban-prod-Storage: destroy failed DeploymentError: Stack "
    "[arn:aws:cloudformation:us-east-1:111122223333:stack/kiban-prod-Storage/6f1c0f40-cd0b] "
    "cannot be deleted while TerminationProtection is enabled\n"
)
FINDINGS = """\
ERROR The build project has no limit - (Control ID: 8.2.1). (PCI.DSS.321)
   kiban-dev/Registry/ImageBuild/Resource aws-cdk-lib.aws_codebuild.CfnProject
   Acknowledge with 'PCI.DSS.321::PCI.DSS.321-CodeBuildProjectSourceRepoUrl'

ERROR The bucket is open - (Control ID: 1). (HIPAA.Security)
   kiban-dev/Storage/Data/Resource aws-cdk-lib.aws_s3.CfnBucket
Synthesis finished with errors
"""
NO_MATCH = "No stacks match the name(s) kiban-nope/*\n"
SCHEMA = """\
This CDK CLI is not compatible with the CDK library used by your application. Please upgrade the \
CLI to the latest version.
(Cloud assembly schema version mismatch: Maximum schema version supported is 55.x.x, but found \
99.0.0)
"""
TRACEBACK = """\
Traceback (most recent call last):
  File "app.py", line 1, in <module>
ValueError: a bucket has no name
python -O app.py: Subprocess exited with error 1
"""
NO_ENVIRONMENT = """\
no environment 'nope'; environments here: dev, prod, staging
PATH=$PWD/.venv/bin:$PATH python -O app.py: Subprocess exited with error 2
"""
KILLED = "python -O app.py: Subprocess was killed with signal SIGKILL\n"
NO_PYTHON = "/bin/sh: 1: python: not found\npython -O app.py: Subprocess exited with error 127\n"
NO_MANIFEST = "ENOENT: no such file or directory, open 'cdk.out/manifest.json'\n"
HEAP = """\
<--- Last few GCs --->
[7:0x1] 42 ms: Mark-Compact (reduce) 2047.1 (2083.0) -> 2046.9 (2083.2) MB
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----
 1: 0xb8ce0c node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
"""
RESOURCES = """\
❌  kiban-dev-Storage failed to deploy
‣ DeploymentError: The stack named kiban-dev-Storage failed creation, it may need to be manually \
deleted from the AWS console: ROLLBACK_COMPLETE (Role (AWS::IAM::Role): No export named nope found.)
"""
OTHER_RUN = (
    "Another CLI (PID=7) is currently synthing to cdk.out. Invoke the CLI in sequence, or use "
    "'--output' to synth into different directories.\n"
)
OTHER_RUNS = (
    "❌ LockError: Other CLIs (PID=7,8) are currently reading from cdk out. Invoke the CLI in "
    "sequence, or use '--output' to synth into different directories.\n"
)
CHANGE_SET = """\
❌  kiban-dev-Storage failed: ToolkitError: Failed to create ChangeSet cdk-deploy-change-set on \
kiban-dev-Storage: FAILED, Export a cannot be deleted as it is in use by b
"""
STUCK = """\
‣ ValidationError: Stack:arn:aws:cloudformation:us-east-1:111122223333:stack/kiban-dev-Storage/1 \
is in UPDATE_ROLLBACK_FAILED state and can not be updated.
"""
EXPIRED = "The security token included in the request is expired\n"


def reason_of(log: str, code: int = 1) -> str:
    return find_reason(progress_of(log).lines, code)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (NO_CREDENTIALS, "Unable to resolve AWS account to use"),
        (NO_CREDENTIALS, "aws sso login"),
        (OTHER_ACCOUNT, "credentials are for 444455556666; log in to that account"),
        (NO_BOOTSTRAP, "Please run 'cdk bootstrap'"),
        (PROTECTED, "lift it with: aws cloudformation update-termination-protection"),
        (PROTECTED, "--stack-name kiban-prod-Registry"),
        (PROTECTED_ARN, "--stack-name kiban-prod-Storage"),
        (FINDINGS, "kiban-dev/Registry/ImageBuild/Resource: The build project has no limit"),
        (FINDINGS, "(2 findings in all)"),
        (NO_MATCH, "No stacks match the name(s) kiban-nope/*"),
        (SCHEMA, "not compatible with the CDK library"),
        (SCHEMA, "make setup"),
        (TRACEBACK, "ValueError: a bucket has no name"),
        (NO_ENVIRONMENT, "no environment 'nope'; environments here: dev, prod, staging"),
        (KILLED, "was killed with signal SIGKILL"),
        (NO_PYTHON, "python: not found"),
        (NO_MANIFEST, "no such file or directory, open 'cdk.out/manifest.json'"),
        (HEAP, "JavaScript heap out of memory; "),
        (RESOURCES, "No export named nope found"),
        (OTHER_RUN, "another CDK command (process 7) works in cdk.out; wait until that has ended"),
        (OTHER_RUNS, "another CDK command (process 7,8) works in cdk out; wait until"),
        (CHANGE_SET, "Export a cannot be deleted as it is in use by b"),
        (STUCK, "is in UPDATE_ROLLBACK_FAILED state and can not be updated"),
        (EXPIRED, "The security token included in the request is expired"),
    ],
)
def test_a_log_says_its_reason_in_one_line(log: str, reason: str) -> None:
    found = reason_of(NOISE + BUILT + log)

    assert reason in found
    assert "\n" not in found
    assert "https://" not in found
    assert "Subprocess exited" not in found


@pytest.mark.parametrize("log", ["", NOISE, BUILT])
def test_a_log_without_a_reason_says_how_the_command_ended(log: str) -> None:
    assert reason_of(log) == "it ended with exit code 1 and wrote no reason"
    assert reason_of(log, -9) == "it ended with signal 9 and wrote no reason"


@pytest.mark.parametrize(
    "noise",
    [
        "A reserved context key ('context.aws:') key was found in cdk.json",
        "✨  Synthesis time: 0.04s",
        "NOTICES         (What's this? https://github.com/aws/aws-cdk/wiki/CLI-Notices)",
        "Stack ARN:",
        "Failed resources:",
    ],
)
def test_what_the_command_line_always_says_is_no_reason(noise: str) -> None:
    assert reason_of(noise).endswith("wrote no reason")
    assert reason_of(f"it is ill\n{noise}\n") == "it is ill"


@pytest.mark.parametrize(
    "error",
    [
        "FATAL ERROR: no memory",
        "❌ kiban-dev-Storage is ill",
        "ToolkitError: it is ill",
        "fatal error: it is ill",
        "kiban-dev-Storage failed: it is ill",
        "Failed to publish an asset",
        "Another CLI (PID=7) is at work",
        "ENOENT, no such file",
    ],
)
def test_a_line_that_speaks_of_an_error_says_more_than_the_last_one(error: str) -> None:
    assert reason_of(f"begun\n{error}\nmore lines\n") == error.removeprefix("❌ ")


def test_what_ended_the_program_says_more_than_what_it_brought_about() -> None:
    assert reason_of("FATAL ERROR: no memory\nError: child ended\n") == "FATAL ERROR: no memory"
    assert reason_of("Error: first\nError: second\n") == "Error: second"


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("Unable to resolve AWS account", "log in (aws sso login, aws configure)"),
        ("Need to perform AWS calls for account 1", "log in to that account"),
        ("This CDK CLI is not compatible with it", "install it again: make setup"),
        ("heap out of memory", "NODE_OPTIONS=--max-old-space-size=4096"),
    ],
)
def test_a_reason_that_is_known_comes_with_advice(reason: str, advice: str) -> None:
    assert reason_of(f"{reason}.\n").startswith(f"{reason}; ")
    assert reason_of(f"{reason}.\n").endswith(advice)
    assert reason_of("it is ill\n") == "it is ill"


def test_a_finding_at_the_end_of_the_log_has_no_place_beside_it() -> None:
    assert reason_of("ERROR The bucket is open\n") == "The bucket is open"


def test_one_finding_is_not_counted() -> None:
    assert "in all" not in reason_of(FINDINGS.partition("\n\n")[0])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("kiban-nope/*",), "No stacks match the name(s) kiban-nope/*"),
        (("**",), "Unable to resolve AWS account to use"),
        (("**", "--app", "echo the app is ill; exit 3"), "the app is ill"),
        (("**", "--app", "kill -9 $$"), "was killed with signal SIGKILL"),
    ],
)
def test_the_command_line_that_is_installed_says_it_that_way(
    dev_assembly: Path, tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment |= {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}
    environment |= {"CDK_DISABLE_CLI_TELEMETRY": "true"}
    app = () if "--app" in words else ("--app", str(dev_assembly))
    done = subprocess.run(
        [str(CDK), "deploy", *words, *app, "--no-color", "--ci"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode
    assert reason in reason_of(done.stdout + done.stderr, done.returncode)
