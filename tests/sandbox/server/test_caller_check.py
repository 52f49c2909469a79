"""Another user of the machine can do nothing with a sandbox, and its own clients everything."""

import hashlib
import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.iam import access_keys
from sandbox.server import caller_check, signatures
from sandbox.server.server import Sandbox

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/session"
TRUST = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
CONFIG = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
ODD = "a folder/with ~!*'()&=+ün%2F.csv"
"""A key of an object whose characters clients encode in different ways."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.client("s3").create_bucket(Bucket="bucket")
        running.client("iam").create_role(
            RoleName="session", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]})
        )
        running.client("iam").put_role_policy(
            RoleName="session",
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ALL]}),
        )
        yield running


def client(sandbox: Sandbox, service: str, *words: str, **options: Any) -> Any:
    """A client with these credentials: key, secret and maybe a token."""
    config = CONFIG.merge(Config(**options))
    key, secret, token = [*words, None][:3]
    session: Any = boto3.Session(key, secret, token, "us-east-1")
    return session.client(service, endpoint_url=sandbox.url, config=config)


def session_of(sandbox: Sandbox) -> list[str]:
    found = sandbox.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="test")["Credentials"]
    return [found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]]


ALGORITHM = "AWS4-HMAC-SHA256"
CALLS = {"iam": "list_users", "sagemaker": "list_models", "s3": "list_buckets"}
UNKNOWN = {
    "iam": "InvalidClientTokenId",
    "sagemaker": "UnrecognizedClientException",
    "s3": "InvalidAccessKeyId",
}
MISMATCH = {
    "iam": "SignatureDoesNotMatch",
    "sagemaker": "InvalidSignatureException",
    "s3": "SignatureDoesNotMatch",
}
MISSING = {"iam": "MissingAuthenticationToken", "sagemaker": "MissingAuthenticationTokenException"}


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize("service", CALLS)
def test_a_key_that_nobody_here_issued_is_refused(sandbox: Sandbox, service: str) -> None:
    for key in ("AKIAIOSFODNN7EXAMPLE", "testing", f"1{ACCOUNT}"):
        stranger = client(sandbox, service, key, sandbox.secret)
        assert refused(getattr(stranger, CALLS[service])) == UNKNOWN[service]


@pytest.mark.parametrize("service", CALLS)
def test_a_caller_who_does_not_know_the_secret_is_refused(sandbox: Sandbox, service: str) -> None:
    for key in ("sandbox", ACCOUNT, "111122223333"):
        stranger = client(sandbox, service, key, "sandbox")
        assert refused(getattr(stranger, CALLS[service])) == MISMATCH[service]


@pytest.mark.parametrize("service", MISSING)
def test_a_request_that_nobody_signed_is_refused(sandbox: Sandbox, service: str) -> None:
    stranger = client(sandbox, service, "x", "y", signature_version=UNSIGNED)

    assert refused(getattr(stranger, CALLS[service])) == MISSING[service]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", "/moto-api/reset"), ("GET", "/moto-api/data.json"), ("GET", "/moto-api/")),
        *(("GET", "/latest/meta-data/iam/security-credentials/"), ("GET", "/bucket")),
        *(("PUT", "/bucket/key"), ("GET", "/endpoints/e/invocations"), ("OPTIONS", "/")),
        *(("POST", "/?Action=ListUsers&Version=2010-05-08"), ("GET", "/sandbox/layers/sha256:1")),
    ],
)
def test_nothing_of_moto_answers_a_stranger(sandbox: Sandbox, method: str, path: str) -> None:
    request = urllib.request.Request(f"{sandbox.url}{path}", method=method)

    with pytest.raises(urllib.error.HTTPError) as caught, urllib.request.urlopen(request):
        pass
    with caught.value as answer:
        assert answer.code == 403


@pytest.mark.parametrize("service", CALLS)
def test_the_sandboxs_own_keys_and_those_of_its_sessions_are_accepted(
    sandbox: Sandbox, service: str
) -> None:
    for words in (["sandbox", sandbox.secret], [ACCOUNT, sandbox.secret], session_of(sandbox)):
        assert getattr(client(sandbox, service, *words), CALLS[service])()


def test_a_key_of_an_iam_user_is_accepted_while_it_is_active(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    iam.create_user(UserName="person")
    made = iam.create_access_key(UserName="person")["AccessKey"]
    own = client(sandbox, "sts", made["AccessKeyId"], made["SecretAccessKey"])
    assert own.get_caller_identity()["Arn"].endswith(":user/person")

    iam.update_access_key(UserName="person", AccessKeyId=made["AccessKeyId"], Status="Inactive")

    assert refused(own.get_caller_identity) == "InvalidClientTokenId"


def test_a_session_needs_its_token_and_ends(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, secret, token = session_of(sandbox)
    for words in ([key, secret], [key, secret, f"{token}x"]):
        assert refused(client(sandbox, "iam", *words).list_users) == "InvalidClientTokenId"

    monkeypatch.setattr(access_keys.AccessKey, "has_expired", True)
    assert refused(client(sandbox, "iam", key, secret, token).list_users) == "ExpiredToken"


@pytest.mark.parametrize("key", ["plain.csv", ODD])
@pytest.mark.parametrize("algorithm", [None, "SHA256", "CRC32"])
def test_objects_with_any_name_are_written_and_read(
    sandbox: Sandbox, key: str, algorithm: str | None
) -> None:
    s3 = sandbox.client("s3")
    more = {"ChecksumAlgorithm": algorithm} if algorithm else {}

    s3.put_object(Bucket="bucket", Key=key, Body=b"1,2\n", Metadata={"a": "b  c"}, **more)

    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"1,2\n"
    listed = s3.list_objects_v2(Bucket="bucket", Prefix=key, Delimiter="|")["Contents"]
    assert [one["Key"] for one in listed] == [key]


@pytest.mark.parametrize("version", ["s3v4", "s3"])
@pytest.mark.parametrize("key", ["plain.csv", ODD])
def test_a_presigned_address_works_until_it_ends_or_is_changed(
    sandbox: Sandbox, version: str, key: str
) -> None:
    sandbox.client("s3").put_object(Bucket="bucket", Key=key, Body=b"1,2\n")
    own = client(sandbox, "s3", "sandbox", sandbox.secret, signature_version=version)
    wanted = {"Bucket": "bucket", "Key": key}

    address = own.generate_presigned_url("get_object", Params=wanted, ExpiresIn=60)
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"1,2\n"

    late = own.generate_presigned_url("get_object", Params=wanted, ExpiresIn=-1)
    foreign = client(sandbox, "s3", "sandbox", "guessed", signature_version=version)
    guessed = foreign.generate_presigned_url("get_object", Params=wanted)
    other = address.replace("/bucket/", "/bucket/x")
    for wrong, code in (
        (late, "AccessDenied"),
        (guessed, "SignatureDoesNotMatch"),
        (other, "SignatureDoesNotMatch"),
    ):
        with pytest.raises(urllib.error.HTTPError) as caught, urllib.request.urlopen(wrong):
            pass
        with caught.value as refusal:
            assert (refusal.code, f"<Code>{code}</Code>" in refusal.read().decode()) == (403, True)


def uploaded(address: str, fields: dict[str, str]) -> int:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}' for k, v in fields.items()
    ]
    parts.append('--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n1,2')
    body = "\r\n".join([*parts, "--b--", ""]).encode()
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, kind)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_form_uploads_with_a_signed_policy_only(sandbox: Sandbox, version: str) -> None:
    own = client(sandbox, "s3", "sandbox", sandbox.secret, signature_version=version)
    form = own.generate_presigned_post("bucket", "from-a-form")
    late = own.generate_presigned_post("bucket", "from-a-form", ExpiresIn=-1)["fields"]
    signature = "x-amz-signature" if version == "s3v4" else "signature"

    assert uploaded(form["url"], form["fields"]) == 204
    assert uploaded(form["url"], late) == 403
    assert uploaded(form["url"], {**form["fields"], signature: "guessed"}) == 403
    assert uploaded(form["url"], {"key": "from-a-form"}) == 403


def test_a_form_is_held_to_the_policy_that_was_signed(sandbox: Sandbox) -> None:
    own = client(sandbox, "s3", "sandbox", sandbox.secret, signature_version="s3v4")
    limits = [["starts-with", "$key", "mine/"], ["content-length-range", 1, 3]]
    form = own.generate_presigned_post("bucket", "mine/${filename}", Conditions=limits)
    small = own.generate_presigned_post(
        "bucket", "mine/x", Conditions=[["content-length-range", 0, 2]]
    )

    assert uploaded(form["url"], form["fields"]) == 204
    assert uploaded(form["url"], {**form["fields"], "key": "yours/x"}) == 403
    assert uploaded(form["url"], {**form["fields"], "acl": "public-read"}) == 403
    assert uploaded(small["url"], small["fields"]) == 403


def test_an_object_that_was_changed_after_it_was_signed_is_refused(sandbox: Sandbox) -> None:
    own = client(sandbox, "s3", "sandbox", sandbox.secret, signature_version="s3v4")

    def change(request: Any, **_: Any) -> None:
        request.body = b"forged"

    own.meta.events.register_last("before-send.s3", change)

    with pytest.raises(ClientError) as refusal:
        own.put_object(Bucket="bucket", Key="k", Body=b"signed")
    assert refusal.value.response["Error"]["Code"] == "XAmzContentSHA256Mismatch"


@pytest.mark.parametrize(
    ("service", "stated", "is_signed"),
    [
        ("ssm", "", True),
        ("ssm", hashlib.sha256(b"{}").hexdigest(), True),
        ("ssm", hashlib.sha256(b"[]").hexdigest(), False),
        ("ssm", "UNSIGNED-PAYLOAD", False),
        ("s3", "UNSIGNED-PAYLOAD", True),
        ("s3", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", True),
        ("s3", "anything", False),
    ],
)
def test_only_s3_takes_a_body_that_nobody_signed(
    service: str, stated: str, is_signed: bool
) -> None:
    scope = f"KEY/20260531/eu-west-1/{service}/aws4_request"
    environ = {
        "HTTP_AUTHORIZATION": f"{ALGORITHM} Credential={scope}, SignedHeaders=host, Signature=0",
        "HTTP_X_AMZ_CONTENT_SHA256": stated,
        "CONTENT_LENGTH": "2",
        "wsgi.input": io.BytesIO(b"{}"),
    }
    signature = signatures.read(environ)
    assert signature is not None

    assert signatures.has_signed_body(environ, signature) is is_signed


def test_a_form_of_a_roles_session_is_refused_as_nobody_holds_it_to_the_role(
    sandbox: Sandbox,
) -> None:
    own = client(sandbox, "s3", *session_of(sandbox), signature_version="s3v4")
    form = own.generate_presigned_post("bucket", "from-a-role")

    assert uploaded(form["url"], form["fields"]) == 403


@pytest.mark.parametrize(
    "header",
    [
        *("", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=sandbox", "Basic c2FuZGJveDp4"),
        "AWS4-ECDSA-P256-SHA256 Credential=sandbox/20260101/us-east-1/iam/aws4_request",
    ],
)
def test_what_is_no_signature_is_refused(header: str) -> None:
    found = caller_check.refusal({"HTTP_AUTHORIZATION": header, "REQUEST_METHOD": "GET"})

    assert found is not None
    assert found.code == "MissingAuthenticationToken"


def test_every_sandbox_has_a_secret_of_its_own() -> None:
    found = {Sandbox().secret for _ in range(3)}

    assert len(found) == 3
    assert {len(one) for one in found} == {40}
