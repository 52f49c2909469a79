"""Cases of the comparison by subject; tables of them are TOML files."""
