"""Error of a review: its input is missing or broken."""


class ReviewError(Exception):
    """What was given cannot be reviewed; the message is one line that says where, what and do."""
