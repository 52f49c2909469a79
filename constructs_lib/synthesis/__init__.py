"""The stage of an environment, the checks of a synthesis, and its speed."""
