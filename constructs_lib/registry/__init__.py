"""The model package group, and what the constructs of one model share."""
