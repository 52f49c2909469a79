"""Makes the file system of the image, in a Docker build as on any Linux with the same Python."""
