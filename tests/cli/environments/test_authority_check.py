"""`doctor` says when the first of a company's authorities expires."""

from pathlib import Path

import pytest

from cli.environments.authority_check import check_authorities
from cli.environments.deployment_requirements import require_authorities
from cli.environments.environment import Environment
from cli.terminal.errors import WrongInput
from tests.company import authority, pem
from tests.templates.environments import make_environment

INSIDE = make_environment(network={"ca_bundle": "company.pem"})


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [
        (0, "fail", "Soon expired on 20"),
        (29, "warn", "Soon expires on"),
        (31, "ok", "Soon expires"),
    ],
)
def test_the_first_to_expire_counts(tmp_path: Path, days: int, level: str, said: str) -> None:
    certificates = (authority("Later", days=400)[0], authority("Soon", days=days)[0])
    (tmp_path / "company.pem").write_text("".join(map(pem, certificates)))

    (found,) = check_authorities(INSIDE, tmp_path)

    assert found.level == level
    assert found.note.startswith(said)
    assert ("config/company.pem" in found.advice) == (level != "ok")


def test_a_file_without_authorities_is_not_asked_about() -> None:
    assert check_authorities(make_environment()) == []


@pytest.mark.parametrize(("days", "is_refused"), [(0, True), (1, False)])
def test_an_expired_authority_is_not_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, is_refused: bool
) -> None:
    bundle = tmp_path / "company.pem"
    bundle.write_text(pem(authority("Old", days=days)[0]))
    found = check_authorities(INSIDE, tmp_path)
    monkeypatch.setattr(
        "cli.environments.deployment_requirements.check_authorities", lambda config: found
    )
    env = Environment(INSIDE, None)  # type: ignore[arg-type]

    if is_refused:
        with pytest.raises(WrongInput, match=r"config/test.toml: network.ca_bundle: Old expired"):
            require_authorities(env)
    else:
        require_authorities(env)
