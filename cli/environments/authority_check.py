"""Check how long the certificate authorities that an environment file names are valid."""

import time
from pathlib import Path

from cli.environments.check_result import CheckResult
from config.authorities import FOLDER, read_authorities
from config.schema import EnvironmentConfig

_SUBJECT = "authorities"
_DAY_SECONDS = 86_400
_SOON_DAYS = 30


def check_authorities(config: EnvironmentConfig, folder: Path = FOLDER) -> list[CheckResult]:
    """Return the result for `network.ca_bundle`; nothing where the file has none.

    What else can be wrong with the file is refused when the environment file is read.
    """
    name = config.network.ca_bundle
    if name is None:
        return []
    first = min(read_authorities(folder / name), key=lambda one: one.expires_seconds)
    days = (first.expires_seconds - time.time()) / _DAY_SECONDS
    day = time.strftime("%Y-%m-%d", time.gmtime(first.expires_seconds))
    advice = f"put its successor into config/{name}, or take it out"
    if days <= 0:
        return [CheckResult("fail", _SUBJECT, f"{first.name} expired on {day}", advice)]
    note = f"{first.name} expires on {day}"
    if days < _SOON_DAYS:
        return [CheckResult("warn", _SUBJECT, note, advice)]
    return [CheckResult("ok", _SUBJECT, note, "")]
