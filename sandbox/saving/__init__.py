"""A whole sandbox as one checked file: what is in it, and how it comes back."""

REQUEST_PATH = "/sandbox/save"
"""Where a person who holds the sandbox's secret has it saved: POST {"file": an empty file}."""
