"""Stage of an environment, checks of a synthesis, and its speed."""
