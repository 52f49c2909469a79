"""What stops the build of an image."""


class ImageError(Exception):
    """A file system that cannot be made; the text is one line."""
