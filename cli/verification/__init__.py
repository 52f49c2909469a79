"""Verification of AWS against the sandbox: one life of an environment on both, call by call."""
