"""The operating system: signal handlers, child processes, paths of the project."""
