"""AWS clients, their errors, and copies of images between registries."""
