"""The image repository and the build that fills it."""
