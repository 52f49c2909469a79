"""What an endpoint serves with: its variants and their copies."""
