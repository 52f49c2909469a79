"""What one permission includes of another, and which requests its conditions let through."""
