"""Secrets in plain text: API keys, tokens, private keys and passwords, recognised and masked.

A reference to a secret (`{{resolve:secretsmanager:…}}`, Ref, an ARN) is none. What is masked says
which kind of secret stood there and nothing of its letters.
"""

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

# A kind of token is known by how its issuer begins it; each pattern takes linear time.
_TOKENS: dict[str, re.Pattern[str]] = {
    "private key": re.compile(
        r"-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        r"(?s:.*?)(?:-----END (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|\Z)"
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    "AWS access key": re.compile(
        r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])"
    ),
    # https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
    "GitHub token": re.compile(r"gh[opsur]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}"),
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    "GitLab token": re.compile(r"gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w-]{20,255}"),
    # https://api.slack.com/concepts/token-types
    "Slack token": re.compile(
        r"xox[a-z](?:\.xox[a-z])?-[\w-]{10,255}|xapp-[\w-]{10,255}"
        r"|https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{10,255}"
    ),
    "API key": re.compile(
        r"(?<![A-Za-z0-9])(?:sk-[\w-]{20,255}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}"
        r"|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{16,255}|hf_[A-Za-z0-9]{30,64}"
        r"|SG\.[\w-]{16,32}\.[\w-]{16,64}|dapi[0-9a-f]{32}|dckr_pat_[\w-]{20,64}"
        r"|hv[sbr]\.[\w-]{20,255}|do[opr]_v1_[0-9a-f]{64})"
    ),
    # Header and claims of a JSON Web Token are JSON, of which `{"` is `eyJ` in base64.
    "JSON Web Token": re.compile(r"(?<![\w-])eyJ[\w-]{8,8192}\.eyJ[\w-]{4,8192}\.[\w-]{0,2048}"),
    "account key": re.compile(r"(?<=AccountKey=)[A-Za-z0-9+/]{40,100}={0,2}"),
    "password": re.compile(r"(?<=://)[^\s/:@\"'`{}$]{0,100}:[^\s/@\"'`{}$]{1,200}(?=@)"),
    "credentials": re.compile(
        r"(?<=\bBearer )[\w.~+/-]{16,2048}={0,2}|(?<=\bBasic )[A-Za-z0-9+/]{12,1024}={0,2}"
    ),
}
_SECRET_NAME = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?|pwd|secret(?:[_-]?(?:string|key|value|access[_-]?key))?"
    r"|secretbinary|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?"
    r"|signing[_-]?key|auth[_-]?key|connection[_-]?string|webhook[_-]?url)\d*\Z",
    re.IGNORECASE,
)
# Of these only letters without a word in them are secrets.
_WEAK_NAME = re.compile(r"(?:key|auth|salt|cert|pin)\Z", re.IGNORECASE)
# The names of AWS that end like a secret and hold none.
_NO_SECRETS = frozenset(
    {
        "bypass",
        "compass",
        "managemasteruserpassword",
        "multipass",
        "nexttoken",
        "proxy_pass",
        "clienttoken",
        "clientrequesttoken",
        "generatesecret",
        "tasktoken",
    }
)
# `password: hunter2` in YAML, JSON, a shell script or a list of options; a name that is too long is
# none, so that a text takes linear time.
_ASSIGNED = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]{1,80})(?P<between>\\?[\"']?\s{0,3}(?::=|[:=])\s{0,3})"
    r"(?P<quote>\\?[\"']?)(?P<value>(?<=\")[^\"\\\n]{1,4096}|(?<=')[^'\\\n]{1,4096}"
    # What a bracket follows is a call.
    r"|[^\s\"'\\,;&|<>(){}\[\]]{1,4096}+(?![(\[]))"
)
_OPTION = re.compile(
    r"(?P<name>--?[\w-]{0,40}(?:password|passwd|token|secret|api-key))(?P<between>\s{1,3})"
    r"(?P<quote>[\"']?)(?P<value>[^\s\"'\\,;&|<>(){}\[\]-][^\s\"'\\;&|<>(){}\[\]]{0,4095})",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\{\{resolve:|\$[({A-Za-z_]|\{[^{}\s]{1,200}\}|\Aarn:|\Aref\b|<[^<>]{1,80}>|\A%.{1,60}%\Z"
    r"|\A(?:secretsmanager|ssm):|\Afn::",
    re.IGNORECASE,
)
_NOTHING = frozenset(
    {"", "-", "*", "true", "false", "null", "none", "yes", "no", "enabled", "disabled", "required"}
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/\n]{40,}={0,2}(?![A-Za-z0-9+/=])")
# Types of a variable whose value is the name of a secret (CodeBuild, Amplify, ECS).
_BY_NAME = frozenset({"SECRETS_MANAGER", "PARAMETER_STORE"})
_MASKED = re.compile(r"\[masked: [\w ]{1,40}\]")
_LEAST_KEY, _LEAST_ENTROPY = 20, 3.5


def is_secret(name: str, value: object) -> bool:
    """Whether `value`, which stands under `name`, is a secret in plain text.

    A name is a property, a variable or a parameter, as in `MasterUserPassword` or `API_TOKEN`.
    """
    if not isinstance(value, str) or _MASKED.search(value):
        return False
    text = value.strip()
    if _known_kind(text):
        return True
    if text.lower() in _NOTHING or _REFERENCE.search(text) or _is_number(text):
        return False
    return _is_secret_name(name) or (_WEAK_NAME.search(name) is not None and _is_random(text))


def may_name_a_secret(name: str) -> bool:
    """Whether a name says that what stands under it is a secret, or that it may be one."""
    return _is_secret_name(name) or _WEAK_NAME.search(name) is not None


def mask(text: str) -> str:
    """Return `text` with `[masked: …]` in place of each secret; masking again changes nothing."""
    text = _mask_tree(text) if text.lstrip()[:1] in ("{", "[") else text
    text = _mask_tokens(text)
    text = _ASSIGNED.sub(_masked_assignment, text)
    text = _OPTION.sub(_masked_assignment, text)
    return _BASE64.sub(_masked_base64, text)


def mask_sentence(text: str) -> str:
    """Return a sentence without its secrets; `the key: it is ours` says something of a key."""

    def masked(found: re.Match[str]) -> str:
        is_word = found["between"].lstrip().startswith(":") and found["name"].isalpha()
        return found[0] if is_word else _masked_assignment(found)

    return _ASSIGNED.sub(masked, _mask_tokens(text))


def mask_value(name: str, value: str) -> str:
    """Return the value of one property or variable, masked as a whole when its name demands it."""
    return f"[masked: {_kind(value)}]" if is_secret(name, value) else mask(value)


def mask_tree(value: Any, name: str = "") -> Any:
    """Return a value of a template with every secret in it masked."""
    if isinstance(value, str):
        return mask_value(name, value)
    if isinstance(value, list):
        return [mask_tree(item, name) for item in value]
    if not isinstance(value, Mapping):
        return value
    named = value.get("Name", value.get("Key", value.get("ParameterKey")))
    by_name = value.get("Type") in _BY_NAME
    found = {}
    for key, item in value.items():
        if key in ("Value", "ParameterValue") and isinstance(named, str):
            found[key] = item if by_name else mask_tree(item, named)
        elif key in ("Default", "Value", "Ref") or key.startswith("Fn::"):
            found[key] = mask_tree(item, "" if key.startswith(("Ref", "Fn::")) else name)
        else:
            found[key] = mask_tree(item, str(key))
    return found


def _mask_tokens(text: str) -> str:
    for kind, pattern in _TOKENS.items():
        text = pattern.sub(f"[masked: {kind}]", text)
    return text


def _mask_tree(text: str) -> str:
    try:
        tree = json.loads(text)
        masked = mask_tree(tree)
        # What holds no secret keeps its own spaces.
        return text if masked == tree else json.dumps(masked, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _masked_assignment(found: re.Match[str]) -> str:
    name, value = found["name"], found["value"]
    if not is_secret(name, value):
        return found[0]
    return f"{name}{found['between']}{found['quote']}[masked: {_kind(value)}]"


def _masked_base64(found: re.Match[str]) -> str:
    """Mask a script in base64 that holds a secret; its letters would give it away."""
    try:
        text = base64.b64decode(found[0], validate=False).decode("utf-8")
    except (binascii.Error, ValueError):
        return found[0]
    return found[0] if mask(text) == text else "[masked: base64 with a secret]"


def _known_kind(text: str) -> str:
    return next((kind for kind, pattern in _TOKENS.items() if pattern.search(text)), "")


def _kind(value: str) -> str:
    return _known_kind(value) or "secret"


def _is_secret_name(name: str) -> bool:
    return name.lower().lstrip("-") not in _NO_SECRETS and bool(_SECRET_NAME.search(name))


def _is_number(text: str) -> bool:
    # Seconds, lengths and counts; a PIN of digits alone is not told apart from them.
    return text.replace(".", "", 1).isdigit() and len(text) < 10


def _is_random(text: str) -> bool:
    """Whether the letters follow each other without a word: many kinds of them, all mixed."""
    if len(text) < _LEAST_KEY or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", text):
        return False
    if not (re.search(r"\d", text) and re.search(r"[a-z]", text) and re.search(r"[A-Z]", text)):
        return False
    if re.search(r"[a-z]{7}", text):
        return False
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares) >= _LEAST_ENTROPY
