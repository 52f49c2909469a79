"""Command line of Kiban, `./kiban`: one command for each operation on an environment."""
