"""Markdown and HTML pages of a review."""
