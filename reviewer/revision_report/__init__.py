"""Reports of a comparison of two revisions: comment on a pull request, page, JSON."""
