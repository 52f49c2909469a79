"""Templates without what has to differ: names, account and region of their own environment."""

import re
from typing import Any

from config.schema import EnvironmentConfig

_PSEUDO = {
    "AWS::AccountId": "<account>",
    "AWS::Region": "<region>",
    "AWS::Partition": "<partition>",
    "AWS::URLSuffix": "<suffix>",
}
_PARTITION = re.compile(r"\barn:aws(-[a-z]+)*:")


def plain(node: Any, config: EnvironmentConfig) -> Any:
    """`node` with placeholders for the stage, account and region of `config`.

    A text is the same text whether CDK spelled it or joined it from pseudo parameters.
    """
    if isinstance(node, list):
        return [plain(item, config) for item in node]
    if isinstance(node, str):
        return _placeheld(node, config)
    if not isinstance(node, dict):
        return node
    match node:
        case {"Ref": str(name)} if name in _PSEUDO:
            return _PSEUDO[name]
        case {"Fn::Sub": str(text)}:
            return _placeheld(text, config)
        case {"Fn::Join": [str(delimiter), list(items)]}:
            return delimiter.join(_inside_text(plain(item, config)) for item in items)
    return {plain(key, config): plain(value, config) for key, value in node.items()}


def _inside_text(node: Any) -> str:
    match node:
        case str():
            return node
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"${{{resource}.{attribute}}}"
        case _:
            return f"${{{node}}}"


def _placeheld(text: str, config: EnvironmentConfig) -> str:
    place = config.platform
    text = text.replace("${AWS::AccountId}", "<account>").replace("${AWS::Region}", "<region>")
    text = text.replace("${AWS::Partition}", "<partition>")
    text = _PARTITION.sub("arn:<partition>:", text)
    text = text.replace(config.stage, "<stage>").replace(place.region, "<region>")
    return text if place.account is None else text.replace(place.account, "<account>")
