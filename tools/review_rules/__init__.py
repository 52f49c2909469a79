"""Page of the documentation with every rule that a review's findings have."""
