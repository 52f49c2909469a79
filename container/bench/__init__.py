"""Benchmark of the container beside a conventional server and an empty one."""
