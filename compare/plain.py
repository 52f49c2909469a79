"""Templates without what has to differ: names, account and region of their own environment."""

import re
from typing import Any

from cfn.intrinsics import Visitor
from config.schema import EnvironmentConfig
from constructs_lib.access.job_names import environment_digits

_PSEUDO = {
    "AWS::AccountId": "<account>",
    "AWS::Region": "<region>",
    "AWS::Partition": "<partition>",
    "AWS::URLSuffix": "<suffix>",
}
_PARTITION = re.compile(r"\barn:aws(-[a-z]+)*:")


def plain(node: Any, config: EnvironmentConfig) -> Any:
    """`node` with placeholders for the stage, account and region of `config`.

    A text is the same text whether CDK wrote it or joined it from pseudo parameters.
    """
    return _Placeholders(config).visit(node)


class _Placeholders(Visitor):
    """Replaces what belongs to one environment, also in the keys of objects."""

    def __init__(self, config: EnvironmentConfig) -> None:
        place = config.platform
        self._names = {
            config.stage: "<stage>",
            environment_digits(config.stage): "<environment digits>",
            place.region: "<region>",
        }
        # Notices say commands of the command line.
        self._names[f"--env {config.environment}"] = "--env <environment>"
        if place.account is not None:
            self._names[place.account] = "<account>"

    def string(self, text: str) -> Any:
        """Return the text without the environment's own names."""
        text = _PARTITION.sub("arn:<partition>:", text)
        for name, placeholder in self._names.items():
            text = text.replace(name, placeholder)
        return text

    def mapping(self, node: dict[str, Any]) -> Any:
        """Return the object with its keys replaced, too."""
        return {self.visit(key): self.visit(value) for key, value in node.items()}

    def reference(self, name: str) -> Any:
        """Return the placeholder of a pseudo parameter; other references stay."""
        return _PSEUDO.get(name, {"Ref": name})

    def as_text(self, value: Any) -> str:
        """Return a reference as Fn::Sub writes it."""
        match value:
            case str():
                return value
            case {"Ref": name}:
                return f"${{{name}}}"
            case {"Fn::GetAtt": [resource, attribute]}:
                return f"${{{resource}.{attribute}}}"
            case _:
                return f"${{{value}}}"
