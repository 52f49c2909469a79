"""Data that is gone earlier, or that lies under another key, is named; the other way is not."""

import json
from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.lifetimes import kept
from tests.reviewer.handmade import Told, environment, findings, nested, one, stack, told

BUCKET, LOGS, QUEUE = "AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SQS::Queue"
KEY, MACHINE = "AWS::KMS::Key", "AWS::StepFunctions::StateMachine"
DELETE, RETAIN, SNAPSHOT = "Delete", "Retain", "Snapshot"
_DEFAULT = "BucketEncryption/ServerSideEncryptionConfiguration"


def policies(deletion: str | None, replacement: str | None) -> Assembly:
    given = {"DeletionPolicy": deletion, "UpdateReplacePolicy": replacement}
    return one(BUCKET, {}, **{key: value for key, value in given.items() if value})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ((RETAIN, RETAIN), (DELETE, DELETE), ("stays", "deleted")),
        ((RETAIN, RETAIN), (None, None), ("stays", "deleted")),
        ((SNAPSHOT, RETAIN), (DELETE, RETAIN), ("stays", "deleted")),
        (("RetainExceptOnCreate", RETAIN), (DELETE, RETAIN), ("stays", "deleted")),
        ((RETAIN, RETAIN), (RETAIN, DELETE), (RETAIN, DELETE)),
        ((DELETE, RETAIN), (DELETE, DELETE), (RETAIN, DELETE)),
        ((RETAIN, SNAPSHOT), (RETAIN, None), (SNAPSHOT, DELETE)),
    ],
)
def test_data_that_no_longer_outlives_its_stack_or_an_update_is_named(
    old: tuple[str, str], new: tuple[str, str], told: tuple[str, str]
) -> None:
    (found,) = findings(policies(*old), policies(*new), "data")

    assert (found.rule, found.before, found.after) == ("retention-removed", *told)
    assert findings(policies(*new), policies(*old), "data") == []
    assert findings(policies(*new), policies(*new), "data") == []
    assert findings(policies(*old), policies(*old), "data") == []


@pytest.mark.parametrize(
    ("kind", "key", "old", "new", "expected"),
    [
        (LOGS, "RetentionInDays", 30, 7, ("log-retention-shortened", "30 days", "7 days")),
        (LOGS, "RetentionInDays", None, 7, ("log-retention-shortened", "for ever", "7 days")),
        (KEY, "PendingWindowInDays", 30, 7, ("retention-shortened", "30", "7")),
        (QUEUE, "MessageRetentionPeriod", 1209600, 60, ("retention-shortened", "1209600", "60")),
    ],
)
def test_what_is_kept_shorter_is_named_with_both_times(
    kind: str, key: str, old: int | None, new: int, expected: tuple[str, str, str]
) -> None:
    policy: dict[str, Any] = {"KeyPolicy": {"Statement": []}} if kind == KEY else {}
    before, after = ({**policy, **nested(key, days)} for days in (old, new))

    assert told(kind, before, after, "data") == [expected]
    assert told(kind, after, before, "data") == []
    assert told(kind, after, {**after, "Tags": []}, "data") == []


def test_a_queue_that_only_says_what_it_kept_anyway_is_not_named() -> None:
    assert told(QUEUE, {}, {"MessageRetentionPeriod": 345600}, "data") == []
    assert told(QUEUE, {"MessageRetentionPeriod": 1209600}, {}, "data") == [
        ("retention-shortened", "1209600", "345600")
    ]


def test_a_bucket_that_loses_its_versions_is_named() -> None:
    on, off = (nested("VersioningConfiguration/Status", word) for word in ("Enabled", "Suspended"))

    assert told(BUCKET, on, off, "data") == [("versioning-off", "Enabled", "Suspended")]
    assert told(BUCKET, on, {}, "data") == [("versioning-off", "Enabled", "off")]
    assert told(BUCKET, off, on, "data") == []
    assert told(BUCKET, off, {}, "data") == []
    assert told(BUCKET, on, {**on, "Tags": []}, "data") == []
    assert told(QUEUE, on, off, "data") == []


def test_a_bucket_whose_access_is_logged_asks_nobody() -> None:
    logged = nested("LoggingConfiguration/DestinationBucketName", "{Storage/Logs}")

    assert asked({}, logged) == []
    assert asked(logged, nested("LoggingConfiguration/DestinationBucketName", "elsewhere")) == [
        (
            "log-target-changed",
            "DestinationBucketName: {Storage/Logs}",
            "DestinationBucketName: elsewhere",
        )
    ]


def expiring(days: int, status: str = "Enabled", **more: Any) -> dict[str, Any]:
    rule = {"Id": "Capture", "Status": status, "ExpirationInDays": days, **more}
    return nested("LifecycleConfiguration/Rules", [rule])


def asked(old: dict[str, Any], new: dict[str, Any]) -> list[Told]:
    found = findings(one(BUCKET, old), one(BUCKET, new))
    return [(item.rule, item.before, item.after) for item in found if item.needs_person]


def old_versions(days: int) -> dict[str, Any]:
    rule = {
        "Id": "Old",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
    }
    return nested("LifecycleConfiguration/Rules", [rule])


def test_objects_that_expire_earlier_are_named() -> None:
    rule = "expiry-shortened"

    assert asked(expiring(30), expiring(7)) == [(rule, "30 days", "7 days")]
    assert asked({}, expiring(7)) == [(rule, "for ever", "7 days")]
    assert asked(expiring(7, "Disabled"), expiring(7)) == [(rule, "for ever", "7 days")]
    assert asked(old_versions(30), old_versions(1)) == [(rule, "30 days", "1 day")]


def test_what_stays_in_a_rule_asks_nothing_beside_what_changes() -> None:
    sides = [old_versions(7), old_versions(30)]
    for side in sides:
        side["LifecycleConfiguration"]["Rules"][0]["ExpiredObjectDeleteMarker"] = True

    found = findings(one(BUCKET, sides[0]), one(BUCKET, sides[1]))

    asking = [finding.rule for finding in found if finding.needs_person]
    assert asking == ["expiry-lengthened"]


def test_objects_that_expire_later_or_no_more_are_named() -> None:
    assert asked(expiring(7), expiring(30)) == [("expiry-lengthened", "7 days", "30 days")]
    gone = [("expiry-gone", "7 days", "for ever")]
    assert asked(expiring(7), expiring(1, "Disabled")) == gone
    assert asked(expiring(7), {}) == gone
    assert asked(old_versions(7), {}) == gone


def test_a_rule_for_other_objects_is_named() -> None:
    scope = "expiry-scope-changed"
    narrow, wide = expiring(7, Prefix="a/b/"), expiring(7, Prefix="a/")

    assert asked(narrow, wide) == [(scope, "Prefix a/b/", "Prefix a/")]
    assert asked(narrow, expiring(7)) == [(scope, "Prefix a/b/", "every object")]
    tagged = expiring(7, TagFilters=[{"Key": "a", "Value": "b"}])
    assert [rule for rule, *_ in asked(tagged, expiring(7))] == [scope]


def test_an_expiry_on_a_date_is_named() -> None:
    dated = nested(
        "LifecycleConfiguration/Rules",
        [{"Id": "Capture", "Status": "Enabled", "ExpirationDate": "2026-01-01"}],
    )

    assert asked(expiring(7), dated) == [("expiry-on-date", "-", "2026-01-01")]
    assert ("expiry-gone", "2026-01-01", "-") in asked(dated, expiring(7))


def test_objects_that_move_and_versions_that_are_kept_are_named() -> None:
    archived = expiring(7, Transitions=[{"StorageClass": "GLACIER", "TransitionInDays": 1}])
    kept = {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3}

    assert [rule for rule, *_ in asked(expiring(7), archived)] == ["storage-class-changed"]
    few, every = (
        expiring(7, NoncurrentVersionExpiration=one) for one in (kept, {"NoncurrentDays": 7})
    )
    assert asked(every, few) == [("old-versions-kept-changed", "every one", "3")]


def test_parts_of_uploads_that_are_deleted_earlier_ask_nobody() -> None:
    def uploads(days: int | None) -> dict[str, Any]:
        parts: dict[str, Any] = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days}}
        return expiring(7, **(parts if days else {}))

    assert asked(uploads(7), uploads(1)) == asked(uploads(None), uploads(1)) == []
    assert asked(uploads(1), uploads(7)) == [("unfinished-uploads-kept", "1 day", "7 days")]
    assert asked(uploads(1), uploads(None)) == [("unfinished-uploads-kept", "1 day", "for ever")]


def test_what_is_not_known_of_a_rule_asks() -> None:
    assert [rule for rule, *_ in asked(expiring(7), expiring(7, Unheard=1))] == [
        "not-known-harmless"
    ]


def test_a_stack_that_loses_its_protection_is_named() -> None:
    safe, open_ = (environment(stack({}, protected=on)) for on in (True, False))

    (found,) = findings(safe, open_)
    assert (found.rule, found.at, found.after) == ("termination-protection-off", "Storage", "off")
    assert findings(open_, safe) == []
    assert findings(open_, open_) == []
    assert "termination-protection-off" not in str(findings(environment(), open_))


def test_data_that_goes_away_is_named_and_what_holds_none_is_not() -> None:
    (lost,) = findings(one(BUCKET, {}, DeletionPolicy=RETAIN), one(BUCKET, None), "data")

    assert (lost.rule, lost.said) == ("data-removed", "it goes away; what it holds: stays")
    assert findings(one("AWS::SNS::Topic", {}), one("AWS::SNS::Topic", None), "data") == []
    assert findings(one(BUCKET, None), one(BUCKET, {}), "data") == []


def under(key: str | None, algorithm: str = "aws:kms") -> dict[str, Any]:
    named = {} if key is None else {"KMSMasterKeyID": key}
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **named}}
    return nested(_DEFAULT, [rule])


def test_a_bucket_without_our_key_is_named() -> None:
    removed = "encryption-removed"
    ours, amazons, s3 = under("ours"), under(None), under(None, "AES256")

    assert told(BUCKET, ours, {}, "encryption") == [(removed, "ours", "no key of ours")]
    assert told(BUCKET, ours, amazons, "encryption") == [(removed, "ours", "no key of ours")]
    assert told(BUCKET, amazons, s3, "encryption") == [(removed, "aws:kms", "no key of ours")]
    assert told(BUCKET, ours, under("other"), "encryption") == [
        ("encryption-key-changed", "ours", "other")
    ]
    for old, new in ((s3, amazons), (amazons, ours), ({}, ours), (s3, {}), ({}, s3)):
        assert told(BUCKET, old, new, "encryption") == []
    assert told(BUCKET, None, s3, "encryption") == []
    assert told(BUCKET, ours, None, "encryption") == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (QUEUE, "KmsMasterKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        (LOGS, "KmsKeyId"),
        ("AWS::SageMaker::EndpointConfig", "KmsKeyId"),
        ("AWS::SageMaker::EndpointConfig", "DataCaptureConfig/KmsKeyId"),
        ("AWS::CodeBuild::Project", "EncryptionKey"),
        ("AWS::ECR::Repository", "EncryptionConfiguration/KmsKey"),
    ],
)
def test_a_key_is_missed_wherever_a_type_keeps_it(kind: str, path: str) -> None:
    ours, other = nested(path, "ours"), nested(path, "other")

    assert told(kind, ours, {}, "encryption") == [("encryption-removed", "ours", "no key of ours")]
    assert told(kind, ours, other, "encryption") == [("encryption-key-changed", "ours", "other")]
    assert told(kind, {}, ours, "encryption") == []


@pytest.mark.parametrize(
    ("kind", "key", "rule"),
    [
        (KEY, "EnableKeyRotation", "key-rotation-off"),
        (QUEUE, "SqsManagedSseEnabled", "encryption-switched-off"),
    ],
)
def test_a_switch_of_encryption_is_missed(kind: str, key: str, rule: str) -> None:
    policy: dict[str, Any] = {"KeyPolicy": {"Statement": []}} if kind == KEY else {}
    on, off = ({**policy, key: value} for value in (True, False))

    assert told(kind, on, off, "encryption") == [(rule, "on", "off")]
    assert told(kind, on, policy, "encryption") == [(rule, "on", "off")]
    assert told(kind, off, on, "encryption") == []
    # A queue is encrypted without the property, a key is not renewed.
    switched_off = [(rule, "-", "false")] if kind == QUEUE else []
    assert told(kind, policy, off, "encryption") == switched_off


def test_a_bucket_key_saves_money_and_encrypts_nothing() -> None:
    on, off = (nested(_DEFAULT, [{"BucketKeyEnabled": value}]) for value in (True, False))

    assert told(BUCKET, on, off, "encryption") == []
    assert [rule for rule, *_ in told(BUCKET, on, off, "cost")] == ["bucket-key-off"]
    assert told(BUCKET, off, on, "cost") == []


def test_a_job_that_leaves_its_key_is_named_by_its_state() -> None:
    def machine(**config: str) -> dict[str, Any]:
        train = {"Type": "Pass", "Arguments": {"ResourceConfig": {"Count": 1, **config}}}
        return {"DefinitionString": json.dumps({"States": {"Train": train}})}

    before, after = (one(MACHINE, machine(**c)) for c in ({"VolumeKmsKeyId": "ours"}, {}))

    (found,) = findings(before, after, "encryption")
    assert found.said == (
        "no longer encrypted with our key: Train/Arguments/ResourceConfig/VolumeKmsKeyId"
    )


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (LOGS, {"RetentionInDays": 1}, "1 day"),
        (LOGS, {}, "for ever"),
        (QUEUE, {}, "each message 4 days"),
        (QUEUE, {"MessageRetentionPeriod": 86400}, "each message 1 day"),
        (BUCKET, {}, "current objects for ever"),
        (BUCKET, expiring(7), "every object 7 days"),
        (BUCKET, expiring(7, Prefix="a/"), "current objects for ever; below `a/` 7 days"),
        (BUCKET, old_versions(30), "current objects for ever; old versions 30 days"),
        ("AWS::ECR::Repository", {}, "for ever"),
        ("AWS::ECR::Repository", {"LifecyclePolicy": {}}, "as its lifecycle policy says"),
        ("AWS::SSM::Parameter", {}, "until it is overwritten or deleted"),
    ],
)
def test_how_long_something_is_kept_in_words(
    kind: str, properties: dict[str, Any], expected: str
) -> None:
    (item,) = one(kind, properties).resources()

    assert kept(item) == expected
