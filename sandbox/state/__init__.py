"""What the sandbox remembers, by account and region, and clients that reach it."""
