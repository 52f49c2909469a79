"""What is wrong with a page, in one line for the person who wrote it."""


class BrokenPage(Exception):
    """A page that cannot become part of the site: where, what, and what to do."""
