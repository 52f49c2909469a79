"""Reason of a CDK command that failed, found in the lines that it wrote."""

import re
from collections.abc import Callable, Sequence

from cli.system.system_errors import find_system_error

# What the command line says whether it fails or not.
_NOISE = ("A reserved context key", "✨", "NOTICES", "Stack ARN:", "Failed resources:")
_PROGRESS = re.compile(r"^[\w/-]+( \([\w-]+\))?: (start|success|creating|deploying|destroying)\b")
_PROTECTED = re.compile(
    r"Stack \[(?P<stack>[^\]]+)\] cannot be deleted while TerminationProtection is enabled"
)
_APP_ENDED = re.compile(r": Subprocess (exited with error|was killed with signal)")
_LINKED = re.compile(r" \(see https?://[^)]*\)")
_FINDING = "ERROR "
_ERRORS = ("FATAL ERROR", "❌", "Error:", "error:", "failed:", "Failed", "Another CLI", "ENOENT")
# Its own advice is an option that the command line of this project does not have.
_OTHER_CDK = re.compile(
    r"(Another CLI|Other CLIs) \(PID=(?P<pids>[^)]*)\) (is|are) currently \w+ (to|from) "
    r"(?P<folder>.+?)\. "
)
_ADVICE = {
    "Unable to resolve AWS account": "log in (aws sso login, aws configure)",
    "Need to perform AWS calls for account": "log in to that account",
    "CDK CLI is not compatible": "install it again: make setup",
    "heap out of memory": "close other programs, or set NODE_OPTIONS=--max-old-space-size=4096",
}


def unprotect_command(stack: str) -> str:
    """Return the command that lifts the termination protection of a stack."""
    return (
        "aws cloudformation update-termination-protection --no-enable-termination-protection "
        f"--stack-name {stack}"
    )


def find_reason(lines: Sequence[str], code: int) -> str:
    """Return in one line why a command failed that wrote `lines` and ended with `code`."""
    said = [line.strip() for line in lines]
    said = [line for line in said if line and not line.startswith(_NOISE)]
    said = [line for line in said if not _PROGRESS.match(line)]
    for find in _KINDS:
        reason = find(said)
        if reason:
            return _with_advice(_LINKED.sub("", reason))
    ended = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"it ended with {ended} and wrote no reason"


def _finding(said: Sequence[str]) -> str | None:
    """Return the first finding of the rule packs, with its place on the line below."""
    found = [number for number, line in enumerate(said) if line.startswith(_FINDING)]
    if not found:
        return None
    text = said[found[0]].removeprefix(_FINDING)
    place = said[found[0] + 1].split(" ")[0] if found[0] + 1 < len(said) else ""
    number = f" ({len(found)} findings in all)" if len(found) > 1 else ""
    return f"{place}: {text}{number}" if place else f"{text}{number}"


def _protected(said: Sequence[str]) -> str | None:
    for line in said:
        if match := _PROTECTED.search(line):
            # CloudFormation names a stack by its ARN at times.
            stack = match["stack"].rpartition(":stack/")[2].partition("/")[0]
            return f"{match[0]}; lift it with: {unprotect_command(stack)}"
    return None


def _cause(said: Sequence[str]) -> str | None:
    """Return the line after ‣: it has the cause, the one with ❌ the stack alone."""
    causes = (line for line in said if line.startswith("‣"))
    return next((line.strip("‣ ") for line in causes), None)


def _of_app(said: Sequence[str]) -> str | None:
    """Return the last line of an app that failed; the command line adds only that it ended."""
    ends = [number for number, line in enumerate(said) if _APP_ENDED.search(line)]
    if not ends:
        return None
    before = [line for line in said[: ends[0]] if line]
    return before[-1] if before else said[ends[0]]


def _with_error_word(said: Sequence[str]) -> str | None:
    errors = [line for line in said if any(word in line for word in _ERRORS)]
    if not errors:
        return None
    first = next((line for line in errors if "FATAL ERROR" in line), errors[-1])
    return first.strip("❌ ")


def _last(said: Sequence[str]) -> str | None:
    """Return the last line, or the one before what it says in brackets."""
    told = [line for line in said if not line.startswith("(")]
    return told[-1] if told else None


def _other_cdk(said: Sequence[str]) -> str | None:
    for line in said:
        if match := _OTHER_CDK.search(line):
            return (
                f"another CDK command (process {match['pids']}) works in {match['folder']}; wait "
                "until that has ended and try again"
            )
    return None


_KINDS: tuple[Callable[[Sequence[str]], str | None], ...] = (
    find_system_error,
    _other_cdk,
    _protected,
    _finding,
    _cause,
    _of_app,
    _with_error_word,
    _last,
)


def _with_advice(reason: str) -> str:
    advice = next((text for words, text in _ADVICE.items() if words in reason), None)
    return f"{reason.rstrip('.')}; {advice}" if advice else reason
