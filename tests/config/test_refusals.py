"""Every rule of an environment file, with a file that breaks it and the line a person gets."""

from pathlib import Path

import pytest

from config.loader import load_environment
from config.schema import EnvironmentConfig
from tests.config.files import TRAINED, VALID, refusal, write
from tests.config.test_shipped import sections

ENDPOINT = "[models.churn.endpoint]\n"
TRAINING = "[models.churn.training]\n"


def line(folder: Path, text: str) -> str:
    """The one line with which `text` is refused, without the file's name."""
    (only,) = refusal(folder, text).splitlines()
    return only.removeprefix("config/dev.toml: ")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ('[workbench]\nvolume_gb = "20"', "workbench.volume_gb"),
        ("[workbench]\nvolume_gb = true", "workbench.volume_gb"),
        ("[workbench]\nvolume_gb = 1.5", "workbench.volume_gb"),
        (TRAINING + 'spot = "yes"', "models.churn.training.spot"),
        ('[monitoring]\nemails = "me@example.com"', "monitoring.emails"),
        (TRAINING + 'triggers = "daily"', "models.churn.training.triggers"),
    ],
)
def test_a_value_of_another_type_is_never_converted(tmp_path: Path, given: str, key: str) -> None:
    assert line(tmp_path, VALID + given).startswith(f"{key}: has the wrong type, got ")


@pytest.mark.parametrize("minimum", ['"0.8"', "true", "nan", "inf"])
def test_a_gate_is_a_finite_number(tmp_path: Path, minimum: str) -> None:
    assert line(tmp_path, VALID.replace("0.8", minimum)).startswith("models.churn.gate.minimum: ")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("[workbench]\nvolume_gb = 4", "workbench.volume_gb: must be at least 5, got 4"),
        ("[workbench]\nvolume_gb = 16385", "workbench.volume_gb: must be at most 16384, got 16385"),
        ("[network]\navailability_zones = 1", "must be at least 2, got 1"),
        ("[monitoring]\nmonthly_budget_usd = -1", "must be at least 0, got -1"),
        (TRAINING + "max_runtime_minutes = 0", "must be at least 1, got 0"),
        (TRAINING + "max_runtime_minutes = 40321", "must be at most 40320, got 40321"),
        (TRAINING + "instance_count = 21", "must be at most 20, got 21"),
        (ENDPOINT + "alarms = { errors_5xx_percent = 0 }", "must be above 0"),
        (ENDPOINT + "capture = { percent = 101 }", "must be at most 100, got 101"),
    ],
)
def test_a_number_out_of_bounds_says_the_bound(tmp_path: Path, given: str, problem: str) -> None:
    assert problem in line(tmp_path, VALID + given)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('[network]\nmode = "public"', "must be 'managed' or 'private', got 'public'"),
        ('approval = "never"', "must be 'manual' or 'automatic', got 'never'"),
        (
            ENDPOINT + 'deployment = { strategy = "blue" }',
            "must be 'all_at_once', 'canary', 'linear' or 'rolling', got 'blue'",
        ),
    ],
)
def test_a_choice_says_the_choices(tmp_path: Path, given: str, wanted: str) -> None:
    assert wanted in line(tmp_path, VALID + given)


@pytest.mark.parametrize("name", ["churn-workbench", "churn-workbench-b"])
def test_a_model_is_not_called_as_experiments_with_another_are(tmp_path: Path, name: str) -> None:
    assert line(tmp_path, VALID.replace("churn", name)) == (
        f"models.{name}: jobs called <model>-workbench-... are experiments with that model; "
        f"rename this one, got {name!r}"
    )


@pytest.mark.parametrize("name", ["workbench", "workbench-b", "workbenches", "my-workbenches"])
def test_a_model_may_have_the_word_elsewhere(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, "dev", VALID.replace("churn", name))

    assert list(load_environment("dev", folder).models) == [name]


@pytest.mark.parametrize("days", ["0", "2", "42", "366"])
def test_logs_are_kept_as_long_as_cloudwatch_can_say(tmp_path: Path, days: str) -> None:
    text = VALID.replace("[models", f"log_retention_days = {days}\n[models", 1)

    assert line(tmp_path, text).startswith("platform.log_retention_days: must be 1, 3, 5, 7, 14")


@pytest.mark.parametrize("account", ['"123"', '"12345678901a"', "123456789012"])
def test_an_account_is_twelve_digits_in_quotes(tmp_path: Path, account: str) -> None:
    text = VALID.replace("[models", f"account = {account}\n[models", 1)

    assert line(tmp_path, text).startswith("platform.account: ")


@pytest.mark.parametrize("name", ["Churn", "c", "churn_1", "1churn", "churn-", "a" * 21])
def test_a_model_name_fits_into_every_name_built_from_it(tmp_path: Path, name: str) -> None:
    assert line(tmp_path, VALID.replace("churn", name)) == (
        f"models.{name}: is not spelled right, got '{name}'; "
        "write lower case letters, digits and hyphens, 2 to 20 characters"
    )


def test_an_environment_has_a_model(tmp_path: Path) -> None:
    assert line(tmp_path, '[platform]\nregion = "us-east-1"\n[models]\n') == (
        "models: is empty; add a [models.<name>] table"
    )


def test_the_file_name_is_a_name(tmp_path: Path) -> None:
    assert "Prod X.toml: environment: is not spelled right" in refusal(tmp_path, VALID, "Prod X")


@pytest.mark.parametrize(
    "email", ["", "me", "me@", "@example.com", "me@example", "m e@example.com"]
)
def test_an_email_address_is_one(tmp_path: Path, email: str) -> None:
    assert line(tmp_path, f'{VALID}[monitoring]\nemails = ["{email}"]').endswith(
        f"got '{email}'; write name@example.com"
    )


@pytest.mark.parametrize("key", ["aws:owner", "AWS:owner", "", "k" * 129])
def test_a_tag_that_aws_reserves_is_refused(tmp_path: Path, key: str) -> None:
    text = VALID.replace("[models", f'tags = {{ "{key}" = "x" }}\n[models', 1)

    assert line(tmp_path, text) == f"platform: tag key {key!r} is reserved or too long; rename it"


def test_there_is_room_for_our_own_tags(tmp_path: Path) -> None:
    tags = ", ".join(f'k{number} = "x"' for number in range(41))

    assert "41 tags are too many" in line(
        tmp_path, VALID.replace("[models", f"tags = {{ {tags} }}\n[models", 1)
    )


@pytest.mark.parametrize(
    "cidr",
    [
        "127.0.0.0/16",
        "169.254.0.0/16",
        "198.18.0.0/16",
        "10.40.0.0/29",
        "10.0.0.0/8",
        "8.8.0.0/16",
        "10.40.0.1/16",
        "x",
    ],
)
def test_the_network_is_private_and_of_a_useful_size(tmp_path: Path, cidr: str) -> None:
    assert line(tmp_path, f'{VALID}[network]\ncidr = "{cidr}"').startswith("network: cidr ")


@pytest.mark.parametrize("time", ["24:00", "8:00", "20.00", "20:60"])
def test_the_nightly_stop_is_a_time_of_day(tmp_path: Path, time: str) -> None:
    assert line(tmp_path, f'{VALID}[workbench]\nnightly_stop = "{time}"').endswith(
        f"got '{time}'; write hours and minutes, as in 20:00"
    )


def test_more_models_than_the_workbench_can_hold_are_refused(tmp_path: Path) -> None:
    more = "".join(f"[models.m{n}]\n{TRAINED}gate.minimum = 0.8\n" for n in range(100))

    assert "101 models are too many" in line(tmp_path, VALID + more)


SCALING = "scaling = { min_instances = %s, max_instances = %s, track = { target_per_minute = %s } }"
TWO = "scaling = { min_instances = 2, max_instances = 2 }\n"
BOUNDS: list[tuple[str, str, int, int | None]] = [
    ("storage.old_version_days", "[storage]\nold_version_days = ?", 1, 3_650),
    ("storage.experiment_days", "[storage]\nexperiment_days = ?", 1, 3_650),
    ("storage.checkpoint_days", "[storage]\ncheckpoint_days = ?", 1, 3_650),
    ("storage.capture_days", "[storage]\ncapture_days = ?", 1, 3_650),
    ("storage.access_log_days", "[storage]\naccess_log_days = ?", 1, 3_650),
    ("network.availability_zones", "[network]\navailability_zones = ?", 2, 3),
    ("review.cost_rise_percent", "[review]\ncost_rise_percent = ?", 0, 1_000),
    ("review.cost_rise_usd", "[review]\ncost_rise_usd = ?", 0, 1_000_000),
    ("workbench.volume_gb", "[workbench]\nvolume_gb = ?", 5, 16_384),
    ("workbench.idle_minutes", "[workbench]\nidle_minutes = ?", 10, 1_440),
    ("monitoring.monthly_budget_usd", "[monitoring]\nmonthly_budget_usd = ?", 0, 10_000_000),
    ("training.instance_count", TRAINING + "instance_count = ?", 1, 20),
    ("training.volume_gb", TRAINING + "volume_gb = ?", 1, 16_384),
    ("training.max_runtime_minutes", TRAINING + "max_runtime_minutes = ?", 1, 40_320),
    (
        "training.max_wait_minutes",
        TRAINING + "spot = true\nmax_runtime_minutes = 1\nmax_wait_minutes = ?",
        1,
        40_320,
    ),
    ("gate.tolerance", "tolerance = ?", 0, None),
    ("endpoint.scaling.min_instances", ENDPOINT + SCALING % ("?", 1_000, 1), 1, 1_000),
    ("endpoint.scaling.max_instances", ENDPOINT + SCALING % (1, "?", 1), 1, 1_000),
    (
        "endpoint.scaling.track.target_per_minute",
        ENDPOINT + SCALING % (1, 2, "?"),
        1,
        1_000_000,
    ),
    (
        "endpoint.scaling.scale_in_cooldown_seconds",
        ENDPOINT + "scaling = { scale_in_cooldown_seconds = ? }",
        0,
        86_400,
    ),
    (
        "endpoint.scaling.scale_out_cooldown_seconds",
        ENDPOINT + "scaling = { scale_out_cooldown_seconds = ? }",
        0,
        86_400,
    ),
    (
        "endpoint.deployment.percent",
        ENDPOINT + TWO + 'deployment = { strategy = "canary", percent = ? }',
        5,
        50,
    ),
    ("endpoint.deployment.bake_minutes", ENDPOINT + "deployment = { bake_minutes = ? }", 0, 60),
    ("endpoint.capture.percent", ENDPOINT + "capture = { percent = ? }", 0, 100),
    ("endpoint.alarms.latency_p99_ms", ENDPOINT + "alarms = { latency_p99_ms = ? }", 1, 60_000),
    ("endpoint.alarms.idle_hours", ENDPOINT + "alarms = { idle_hours = ? }", 1, 24),
]


@pytest.mark.parametrize(("key", "text", "low", "high"), BOUNDS, ids=[row[0] for row in BOUNDS])
def test_a_number_reaches_its_bounds_and_goes_no_further(
    tmp_path: Path, key: str, text: str, low: int, high: int | None
) -> None:
    load_environment("dev", write(tmp_path, "dev", VALID + text.replace("?", str(low))))
    assert f"{key}: must be at least {low}" in line(
        tmp_path, VALID + text.replace("?", str(low - 1))
    )
    if high is not None:
        load_environment("dev", write(tmp_path, "dev", VALID + text.replace("?", str(high))))
        message = line(tmp_path, VALID + text.replace("?", str(high + 1)))
        assert f"{key}: must be at most {high}, got {high + 1}" in message


def test_every_number_with_bounds_is_in_the_table() -> None:
    bounded = {
        name
        for section in sections()
        for name, field in section.model_fields.items()
        if any(hasattr(item, "ge") or hasattr(item, "le") for item in field.metadata)
    }

    # A percentage above 0 may be any fraction; its lower bound has a test of its own.
    assert bounded - {"errors_5xx_percent"} == {row[0].rpartition(".")[2] for row in BOUNDS}


def test_the_share_of_errors_is_above_0_and_at_most_100(tmp_path: Path) -> None:
    text = VALID + ENDPOINT + "alarms = {{ errors_5xx_percent = {} }}"

    for percent in ("0.001", "100"):
        load_environment("dev", write(tmp_path, "dev", text.format(percent)))
    assert "must be above 0" in line(tmp_path, text.format("0.0"))
    assert "must be at most 100" in line(tmp_path, text.format("100.1"))


@pytest.mark.parametrize("setting", ["minimum", "tolerance"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_number_of_the_gate_is_finite(tmp_path: Path, setting: str, value: str) -> None:
    usual = {"minimum": "0.8", "tolerance": "0.0"} | {setting: value}
    text = "\n".join(f"{key} = {number}" for key, number in usual.items())

    assert f"gate.{setting}: " in line(tmp_path, VALID.replace("minimum = 0.8", text))


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_the_maximum_of_an_error_is_finite(tmp_path: Path, value: str) -> None:
    text = VALID.replace("minimum = 0.8", f'metric = "rmse"\nmaximum = {value}')

    assert "gate.maximum: " in line(tmp_path, text)


DELIVERY = '[delivery]\nprovider = "github"\nrepository = "owner/name"\n'
SUBNETS = 'subnet_ids = ["subnet-11111111", "subnet-22222222"]\n'
GROUPS = 'security_group_ids = ["sg-11111111"]\n'
NETWORK = "[existing.network]\n"
KEY = "arn:aws:kms:us-east-1:111122223333:key"


@pytest.mark.parametrize("name", ["owner", "owner/*", "*/*", "/name", "owner/", "a b/c", "o/-n"])
def test_a_repository_that_may_deploy_is_named_exactly(tmp_path: Path, name: str) -> None:
    text = VALID + DELIVERY.replace("owner/name", name)

    assert line(tmp_path, text).startswith("delivery.repository: is not spelled right")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("environment", "*"),
        ("environment", "pro d"),
        ("environment", "prod:x"),
        ("branch", "*"),
        ("branch", "release/*"),
        ("branch", "-main"),
    ],
)
def test_who_may_deploy_is_never_a_pattern(tmp_path: Path, setting: str, value: str) -> None:
    text = f'{VALID}{DELIVERY}{setting} = "{value}"\n'

    assert f"delivery.{setting}: " in refusal(tmp_path, text)


HERE = "arn:aws:kms:us-east-1:111122223333"
KEY_ID = "12345678-1234-1234-1234-123456789012"
NO_KEYS = [
    f"{HERE}:key/abcd",
    f"{HERE}:alias/ours",
    f"{HERE}:key/alias/ours",
    f"{HERE}:key/{KEY_ID[:-1]}",
    f"{HERE}:key/{KEY_ID}0",
    f"{HERE}:key/{KEY_ID.replace('1', 'A')}",
    f"{HERE}:key/{KEY_ID.replace('-', '')}",
    f"{HERE}:key/mrk-{KEY_ID}",
    f"{HERE}:key/mrk-{'0' * 31}",
    f"{HERE.replace('111122223333', '1111')}:key/{KEY_ID}",
    f"{HERE.replace('us-east-1', 'us-east')}:key/{KEY_ID}",
    f"{HERE.replace('us-east-1', '')}:key/{KEY_ID}",
    f"{HERE.replace('arn:aws', 'arn:azure')}:key/{KEY_ID}",
    f"{HERE.replace('kms', 's3')}:key/{KEY_ID}",
    KEY_ID,
]


@pytest.mark.parametrize("key", [KEY_ID, f"mrk-{'0123456789abcdef' * 2}"])
def test_a_key_is_named_by_its_id_that_of_several_regions_too(tmp_path: Path, key: str) -> None:
    text = f'{VALID}[existing]\nkey_arn = "{HERE}:key/{key}"\n'

    assert load_environment("dev", write(tmp_path, "dev", text)).existing.key_arn is not None


def test_what_two_settings_are_wrong_about_has_one_colon(tmp_path: Path) -> None:
    key = f'key_arn = "{HERE.replace("us-east-1", "eu-west-1")}:key/{KEY_ID}"'

    said = refusal(tmp_path, f"{VALID}[existing]\n{key}\n")

    assert said.startswith("config/dev.toml: existing.key_arn is a key in eu-west-1 but ")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[existing]\nkey_arn = "alias/ours"', "existing.key_arn"),
        (f'[existing]\nkey_arn = "{KEY}/*"', "existing.key_arn"),
        *((f'[existing]\nkey_arn = "{arn}"', "existing.key_arn") for arn in NO_KEYS),
        ('[existing]\ndata_bucket = "Upper"', "existing.data_bucket"),
        ('[existing]\ndata_bucket = "ab"', "existing.data_bucket"),
        ('[existing]\nartifacts_bucket = "any*"', "existing.artifacts_bucket"),
        ('[existing]\nrepository = "name:tag"', "existing.repository"),
        ('[existing]\nrepository = "*"', "existing.repository"),
        ('[existing]\nrepository = "ml//models"', "existing.repository"),
        ('[existing]\nrepository = "models/"', "existing.repository"),
        (NETWORK + SUBNETS.replace("subnet-1", "net-1") + GROUPS, "network.subnet_ids.0"),
        (NETWORK + SUBNETS + GROUPS.replace("sg-1", "group-1"), "security_group_ids.0"),
        ('[sharing]\naccounts = ["*"]', "sharing.accounts.0"),
        ('[platform]\nname = "Kiban"', "platform.name"),
    ],
)
def test_a_name_of_aws_is_spelled_as_aws_spells_it(tmp_path: Path, text: str, key: str) -> None:
    # A table is written once in a file.
    text = VALID.replace("[platform]", text) if "[platform]" in text else VALID + text

    assert f"{key}: is not spelled right" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("subnets", "groups"), [(1, 1), (17, 1), (2, 0), (2, 6)], ids=lambda number: str(number)
)
def test_an_existing_network_has_as_many_parts_as_sagemaker_takes(
    tmp_path: Path, subnets: int, groups: int
) -> None:
    def network(subnets: int, groups: int) -> str:
        nets = ", ".join(f'"subnet-{number:08x}"' for number in range(subnets))
        sgs = ", ".join(f'"sg-{number:08x}"' for number in range(groups))
        return f"{VALID}{NETWORK}subnet_ids = [{nets}]\nsecurity_group_ids = [{sgs}]\n"

    for most in ((2, 1), (16, 5)):
        load_environment("dev", write(tmp_path, "dev", network(*most)))
    assert "existing.network." in line(tmp_path, network(subnets, groups))


def test_at_most_20_accounts_share_what_is_registered(tmp_path: Path) -> None:
    def sharing(count: int) -> str:
        accounts = ", ".join(f'"{number:012}"' for number in range(count))
        return f"{VALID}[sharing]\naccounts = [{accounts}]\n"

    load_environment("dev", write(tmp_path, "dev", sharing(20)))
    assert "sharing.accounts: " in line(tmp_path, sharing(21))


def test_an_account_is_shared_with_once(tmp_path: Path) -> None:
    text = f'{VALID}[sharing]\naccounts = ["111122223333", "111122223333"]\n'

    assert "account 111122223333 is named twice; remove one of them" in line(tmp_path, text)


@pytest.mark.parametrize("account", ["", 'account = "111122223333"\n'])
def test_nothing_is_shared_with_the_environments_own_account(tmp_path: Path, account: str) -> None:
    home = VALID.replace("[models", f"{account}[models", 1)
    text = f'{home}[sharing]\naccounts = ["111122223333"]\n'

    if account:
        assert "which is the environment's own account; remove it" in line(tmp_path, text)
    else:
        load_environment("dev", write(tmp_path, "dev", text))


def test_what_is_just_allowed_is_allowed(tmp_path: Path) -> None:
    """Each rule at its last value that passes: a longest tag, 40 of them, 100 models."""
    tags = ", ".join(['k = "x"', *(f'{"k" * 126}{number} = "x"' for number in range(10, 49))])
    tagged = VALID.replace("[models", f"tags = {{ {tags} }}\n[models", 1)
    models = "".join(f"[models.m{n}]\n{TRAINED}gate.minimum = 0.8\n" for n in range(99))
    network = '[network]\ncidr = "10.9.0.0/{}"\n'
    waits = TRAINING + "spot = true\nmax_runtime_minutes = 30\nmax_wait_minutes = 30\n"

    for text in (tagged, VALID + models, VALID + waits):
        load_environment("dev", write(tmp_path, "dev", text))
    for length in (16, 24):
        load_environment("dev", write(tmp_path, "dev", VALID + network.format(length)))


@pytest.mark.parametrize("cidr", ["10.40.0.0/15", "10.40.0.0/25"])
def test_a_network_of_one_bit_more_or_less_is_refused(tmp_path: Path, cidr: str) -> None:
    assert "between /16 and /24" in line(tmp_path, f'{VALID}[network]\ncidr = "{cidr}"')


def test_what_a_file_does_not_say_is_the_careful_choice() -> None:
    config = EnvironmentConfig.model_validate(
        {
            "environment": "dev",
            "platform": {"region": "us-east-1"},
            "delivery": {"provider": "github", "repository": "owner/name"},
            "models": {"churn": {"gate": {"minimum": 0.8}}},
        }
    )
    churn = config.models["churn"]

    assert config.platform.removal == "retain"
    assert config.platform.log_retention_days == 365
    assert config.delivery is not None and config.delivery.creates_provider
    assert churn.gate.approval == "manual"
    assert churn.gate.tolerance == 0
    assert churn.training.triggers.on_data
    assert not churn.training.spot
    assert not churn.training.sharded
    assert churn.endpoint.capture.percent == 0
    assert config.sharing.accounts == ()
    assert (config.review.cost_rise_percent, config.review.cost_rise_usd) == (10, 20)


@pytest.mark.parametrize("setting", ["cost_rise_percent", "cost_rise_usd"])
@pytest.mark.parametrize("value", ["-1", "2.5", '"10"', "1000001"])
def test_a_bound_of_a_review_is_a_whole_number_of_percent_or_dollars(
    tmp_path: Path, setting: str, value: str
) -> None:
    assert f"review.{setting}: " in refusal(tmp_path, f"{VALID}[review]\n{setting} = {value}\n")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (TRAINING + "spot = 1", "true or false"),
        ("workbench = 1", "a table"),
        ('[platform]\ntags = "x"', "a table"),
        (ENDPOINT + 'alarms = { errors_5xx_percent = "1" }', "a number"),
        ('[workbench]\nvolume_gb = "20"', "a whole number"),
        ('[monitoring]\nemails = "me@example.com"', "a list in [ ]"),
        ("[workbench]\nnightly_stop = 20", 'text in " "'),
        ('[platform]\naccount = "12"', "12 digits in quotes"),
        ('[sharing]\naccounts = ["12"]', "12 digits in quotes"),
        ('[existing]\nartifacts_bucket = "A"', "a bucket's name"),
        ('[existing]\ndata_bucket = "A"', "a bucket's name"),
        ('[existing]\nrepository = "A"', "a repository's name, without registry and tag"),
        (
            '[existing]\nkey_arn = "A"',
            "the key's ARN with its whole ID, as in arn:aws:kms:REGION:ACCOUNT:key/ID; no alias",
        ),
        (NETWORK + SUBNETS.replace("subnet-1", "net-1") + GROUPS, "subnet- and its hexadecimal"),
        (NETWORK + SUBNETS + GROUPS.replace("sg-1", "g-1"), "sg- and its hexadecimal number"),
        ('[workbench]\nnightly_stop = "8"', "hours and minutes, as in 20:00"),
        ('[monitoring]\nemails = ["me"]', "name@example.com"),
        ('[platform]\nname = "Kiban"', "lower case letters, digits and hyphens, 2 to 20"),
    ],
)
def test_a_line_ends_with_what_to_write(tmp_path: Path, text: str, advice: str) -> None:
    # A table is written once in a file, and a key of the file itself stands before all tables.
    valid = VALID.replace("[platform]", text) if "[platform]" in text else VALID + text
    valid = f"{text}\n{VALID}" if not text.startswith("[") else valid

    assert f"; write {advice}" in refusal(tmp_path, valid)


def test_a_file_with_a_wrong_name_says_how_to_name_it(tmp_path: Path) -> None:
    assert "write a file name of lower case letters, digits" in refusal(tmp_path, VALID, "Prod X")


@pytest.mark.parametrize(
    ("subnets", "groups", "twice"),
    [
        ('"subnet-11111111", "subnet-11111111"', '"sg-11111111"', "subnet-11111111"),
        ('"subnet-11111111", "subnet-22222222"', '"sg-11111111", "sg-11111111"', "sg-11111111"),
    ],
)
def test_a_part_of_an_existing_network_is_named_once(
    tmp_path: Path, subnets: str, groups: str, twice: str
) -> None:
    text = f"{NETWORK}subnet_ids = [{subnets}]\nsecurity_group_ids = [{groups}]\n"

    assert f"{twice} is named twice; remove one of them" in line(tmp_path, VALID + text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[existing]\ndata_bucket = "a..b"', "existing.data_bucket: no bucket's name has two per"),
        ('[existing]\nartifacts_bucket = "m-s3alias"', "existing.artifacts_bucket: S3 keeps such"),
        ('[existing]\nrepository = "a"', "existing.repository: a repository's name has 2 to 256"),
        (
            f'[existing]\nkey_arn = "{HERE.replace("arn:aws", "arn:aws-cn")}:key/{KEY_ID}"',
            "existing.key_arn is a key in aws-cn but platform.region, us-east-1, is in aws; name",
        ),
        ('[network]\nproxy = "http://proxy.example.com:99999"', "network.proxy: has port 99999"),
        ('[network]\nproxy = "http://proxy.example.com:0"', "network.proxy: has port 0; write one"),
    ],
)
def test_what_aws_has_no_name_for_is_refused_with_a_reason(
    tmp_path: Path, text: str, problem: str
) -> None:
    assert line(tmp_path, VALID + text).startswith(problem)


def test_a_boundary_is_a_policy_of_the_regions_partition(tmp_path: Path) -> None:
    arn = "arn:aws-cn:iam::aws:policy/boundary"
    text = VALID.replace("[models", f'permissions_boundary = "{arn}"\n[models', 1)

    assert line(tmp_path, text) == (
        "platform: permissions_boundary is a policy in aws-cn but region is us-east-1, which is in "
        "aws; name a policy there"
    )
