"""Builds the image's file system, in a Docker build or on any Linux with the same Python."""
