"""Cases generated from an environment: every property, statement and state of it, weakened."""
