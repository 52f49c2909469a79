"""Text of an environment file: bytes in, a table of TOML values or one line out."""
