"""The sandbox's background process: its state file, start and stop."""
