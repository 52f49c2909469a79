"""The one way in which a review refuses its input."""


class ReviewError(Exception):
    """What was given cannot be reviewed; the message is one line that says where, what and do."""
