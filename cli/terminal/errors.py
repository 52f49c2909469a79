"""Exceptions of commands, each with its exit code."""


class Failure(Exception):
    """A command failed; the message is one line with what to do."""

    exit_code = 1


class WrongInput(Failure):
    """Wrong arguments or a wrong file; nothing was changed."""

    exit_code = 2


class Refused(Failure):
    """AWS will refuse what was asked for; nothing was changed."""

    exit_code = 4


class Interrupted(Failure):
    """Ctrl-C or another signal; the message names what remains."""

    exit_code = 130
