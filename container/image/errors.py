"""Error of the image build."""


class ImageError(Exception):
    """A file system that cannot be made; the text is one line."""
