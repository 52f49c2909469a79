"""Lifecycle configuration of the notebook instance: scripts for its creation and each start."""

import base64
import bz2
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Fn, Token
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib.synthesis.stack_lookups import stack_of

SOURCES = Path(__file__).parent / "lifecycle"
QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"

LIMIT_CHARACTERS = 16_384
"""Size limit of a script, counted after base64."""

_LONGEST_DEPLOYED_VALUE = 128
"""Size assumed for a value known only at deployment: a bucket's name has 63, a key's ARN 80."""

_PREAMBLE = "#!/bin/bash\nset -euo pipefail\n"


class LifecycleError(Exception):
    """A script is larger than SageMaker takes; the text is one line."""


class NotebookLifecycle(Construct):
    """Stops an idle instance, names the environment and puts the quickstart in place.

    `variables` become environment variables of terminals and Python kernels; their values may be
    known at deployment only. Everything is embedded, so that it works without internet, but a
    file of authorities to trust, which is in S3.
    Raises LifecycleError when a script would be larger than SageMaker takes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        idle_minutes: int,
        variables: Mapping[str, str],
        authorities_uri: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        trust = {} if authorities_uri is None else _trust(stack_of(self).region, authorities_uri)
        start = {
            **trust,
            "IDLE_MINUTES": str(idle_minutes),
            "VARIABLES": "\n".join(export_line(name, value) for name, value in variables.items()),
            "QUICKSTART": _packed(QUICKSTART),
            "AUTO_STOP": _packed(SOURCES / "auto_stop.py"),
        }
        self._config = sagemaker.CfnNotebookInstanceLifecycleConfig(
            self,
            "Resource",
            on_create=[_hook(["on_create.sh"], {})],
            on_start=[_hook([*(["trust_authorities.sh"] if trust else []), "on_start.sh"], start)],
        )

    @property
    def config_name(self) -> str:
        return self._config.attr_notebook_instance_lifecycle_config_name


def _packed(path: Path) -> str:
    # bz2 gives the same bytes everywhere; zlib has several implementations that differ.
    return base64.b64encode(bz2.compress(path.read_bytes())).decode("ascii")


def export_line(name: str, value: str) -> str:
    """Return one variable for a login shell; raises LifecycleError where it would need quotes."""
    if not Token.is_unresolved(value) and not re.fullmatch(r"[\w.,:/@+-]+", value):
        raise LifecycleError(
            f"variable {name}: only letters, digits and .,:/@+- need no quotes in a shell, "
            f"got {value!r}; leave the rest out"
        )
    return f"export {name}={value}"


def _trust(region: str, uri: str) -> dict[str, str]:
    return {"REGION": region, "AUTHORITIES": uri}


def _hook(
    sources: Sequence[str], settings: Mapping[str, str]
) -> sagemaker.CfnNotebookInstanceLifecycleConfig.NotebookInstanceLifecycleHookProperty:
    given = "".join(f"readonly {key}='{value}'\n" for key, value in settings.items())
    bodies = "".join((SOURCES / source).read_text(encoding="utf-8") for source in sources)
    text = f"{_PREAMBLE}{given}{bodies}"
    check_size(sources[-1], text)
    return sagemaker.CfnNotebookInstanceLifecycleConfig.NotebookInstanceLifecycleHookProperty(
        content=Fn.base64(text)
    )


def check_size(source: str, text: str) -> None:
    """Raise LifecycleError unless `text` fits, with room for values known only at deployment."""
    tokens = re.compile(r"\$\{Token\[[^\]]+\]\}")
    size = len(tokens.sub("x" * _LONGEST_DEPLOYED_VALUE, text).encode("utf-8"))
    characters = 4 * math.ceil(size / 3)
    if characters > LIMIT_CHARACTERS:
        raise LifecycleError(
            f"{source}: a lifecycle script takes {LIMIT_CHARACTERS} characters of base64, "
            f"got {characters}; shorten the script or what it embeds"
        )
