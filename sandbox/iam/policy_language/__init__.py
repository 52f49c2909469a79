"""Language of policies: conditions, the keys that they may name, and wildcards."""
