"""Somebody who types what a page shows, one command after the other."""

import json
import re
from collections.abc import Callable, Iterator

from tests.journeys.workplace import Workplace
from tests.journeys.world import wait_for

# A reader goes on when the step before has come to its end, as the page says.
_NEEDS = {"./kiban logs churn --run": "runs", "./kiban approve churn 1": "models"}


def typed(place: Workplace, commands: list[str]) -> Iterator[tuple[str, str]]:
    """Type one command after the other, as a reader would; yield each with what it printed."""
    for command in commands:
        for beginning, word in _NEEDS.items():
            if command.startswith(beginning):
                wait_for(there(place, word), f"`{command}` to make sense")
        # Several readers share this machine, and only one can have the usual port.
        done = place.shell(re.sub(r"^\./kiban up$", "./kiban up --port 0", command))
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr
        yield command, done.stdout


def there(place: Workplace, word: str) -> Callable[[], object]:
    return lambda: json.loads(place.done(word, "churn", "--json", "--sandbox")) or None
