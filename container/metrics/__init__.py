"""Metrics of predictions on labelled rows, as plain arrays."""
