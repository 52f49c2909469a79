"""Request that the reviewer of one revision answers about two: a JSON text for its program."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

NEEDS_PERSON = 3
# How a reviewer ends that does not know this request.
NOT_UNDERSTOOD = 5


@dataclass(frozen=True)
class JudgeRequest:
    """Two revisions of `repository`, as commits and as the folders that they synthesise to.

    `name` is what the base was called; without `head` it is the files as they are. `is_own` says
    that the reviewed revision judges itself. Other revisions of the project send it: a field is
    never renamed, and a new one makes older ones refuse it.
    """

    name: str
    base: str
    head: str
    repository: str
    base_assembly: str
    head_assembly: str
    environments: Sequence[str]
    output: str
    as_json: bool
    is_own: bool = False

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))


def read_request(text: str) -> JudgeRequest | None:
    """Return the request in a text; None when it is not one of this revision's."""
    try:
        return JudgeRequest(**json.loads(text))
    except (ValueError, TypeError):
        return None
