"""Every way a command can end other than well, and the exit code each way has."""


class Failure(Exception):
    """Something went wrong; the message is one line that says what to do."""

    exit_code = 1


class WrongInput(Failure):
    """What was typed or given cannot be right; nothing was done."""

    exit_code = 2


class Interrupted(Failure):
    """A person pressed Ctrl-C; the message says what that left behind."""

    exit_code = 130
