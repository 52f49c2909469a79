"""Which values are secrets in plain text, which are references to one, and what masking leaves."""

import base64
import json
import time

import pytest

from reviewer.secrets import is_secret, mask, mask_tree

# Put together here, so that no scanner takes this file for a leak.
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "a1B2" * 9
SLACK = "xoxb-" + "123456789012-abcdefGHIJ"
WEBHOOK = "https://hooks.slack.com/services/" + "T0000/B0000/abcdEFGH"
OPENAI = "sk-" + "proj-abc123DEF456ghi789JKL"
JWT = ".".join(["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "c2lnbmF0dXJl"])
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----"
RANDOM = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzzzzzzKEY1"
TOKENS = (AWS_KEY, GITHUB, SLACK, WEBHOOK, OPENAI, JWT, PEM)


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_of_a_known_kind_is_masked_wherever_it_stands(token: str) -> None:
    text = f"run --with {token} and go on"

    assert is_secret("Anything", token)
    assert token not in mask(text)
    assert mask(text).startswith("run --with [masked: ")
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MasterUserPassword", "hunter2"),
        ("SecretString", "hunter2"),
        ("API_TOKEN", "abc"),
        ("ApiKey", "abc"),
        ("db_password", "correct horse battery"),
        ("Password2", "changeme"),
        ("aws_secret_access_key", RANDOM),
        ("SigningKey", RANDOM),
        ("EncryptionKey", RANDOM),
    ],
)
def test_a_plain_value_under_the_name_of_a_secret_is_one(name: str, value: str) -> None:
    assert is_secret(name, value)
    assert value not in mask(f"{name}: {value!r}")
    assert value not in mask(json.dumps({name: value}))
    assert value not in json.dumps(mask_tree({"Deep": [{name: value}]}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MasterUserPassword", "{{resolve:secretsmanager:prod/db:SecretString:password}}"),
        ("Password", "{Storage/Secret}"),
        ("TOKEN", "${GITHUB_TOKEN}"),
        ("TOKEN", "$TOKEN"),
        ("password", "$(aws secretsmanager get-secret-value)"),
        ("Token", "arn:aws:secretsmanager:us-east-1:111122223333:secret:x"),
        ("Password", "true"),
        ("PasswordLength", "32"),
        ("MinimumPasswordLength", "14"),
        ("SecretArn", "arn:aws:x"),
        ("SecretId", "prod/db"),
        ("TokenExpiration", "3600"),
        ("ManageMasterUserPassword", "sure"),
        ("KmsMasterKeyId", "alias/aws/sqs"),
        ("Key", "Environment"),
        ("S3Key", "assets/" + "0123456789abcdef" * 4 + ".zip"),
        ("Description", "It rotates the password every thirty days"),
        ("Password", ""),
    ],
)
def test_a_reference_or_a_setting_is_no_secret(name: str, value: str) -> None:
    assert not is_secret(name, value)
    assert mask(json.dumps({name: value})) == json.dumps({name: value})


def test_a_name_and_a_value_in_a_list_belong_together() -> None:
    plain = {"Name": "API_TOKEN", "Type": "PLAINTEXT", "Value": "abc"}
    by_name = {"Name": "API_TOKEN", "Type": "SECRETS_MANAGER", "Value": "prod/api:token"}

    assert mask_tree([plain, by_name]) == [plain | {"Value": "[masked: secret]"}, by_name]
    assert mask_tree({"Password": {"Ref": "Parameter"}}) == {"Password": {"Ref": "Parameter"}}
    assert mask_tree({"DbPassword": {"Default": "abc"}}) == {
        "DbPassword": {"Default": "[masked: secret]"}
    }


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("export DB_PASSWORD=hunter2", "export DB_PASSWORD=[masked: secret]"),
        ("password: hunter2", "password: [masked: secret]"),
        ("mysql --password hunter2 -u x", "mysql --password [masked: secret] -u x"),
        ("--api-key=abc --other=1", "--api-key=[masked: secret] --other=1"),
        ("https://me:hunter2@example.com/x", "https://[masked: password]@example.com/x"),
        (
            "Authorization: Bearer abcdefghij0123456789",
            "Authorization: Bearer [masked: credentials]",
        ),
        ('{"a": "token=abc"}', '{"a": "token=[masked: secret]"}'),
        ("secret = lookup('x')", "secret = lookup('x')"),
    ],
)
def test_a_script_keeps_everything_but_its_secrets(line: str, masked: str) -> None:
    assert mask(line) == masked
    assert mask(masked) == masked


def test_a_script_in_base64_is_masked_only_when_it_holds_a_secret() -> None:
    good = base64.b64encode(b"#!/bin/sh\necho a harmless script of some lines\n").decode()
    bad = base64.b64encode(f"#!/bin/sh\nexport TOKEN={GITHUB}\n".encode()).decode()

    assert mask(good) == good
    assert mask(bad) == "[masked: base64 with a secret]"


def test_a_private_key_without_an_end_is_masked_to_the_end() -> None:
    assert mask(f"a {PEM.partition('-----END')[0]}") == "a [masked: private key]"


@pytest.mark.parametrize(
    "piece", ["a", "a.", "password", "-----BEGIN PRIVATE KEY", "eyJ", "{", "="]
)
def test_masking_a_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    mask(text)

    assert time.process_time() - started < 5
