"""One command per file; a command prints and exits, the modules above it decide."""
