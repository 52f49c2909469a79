"""The page that a person reads before a model goes live."""
