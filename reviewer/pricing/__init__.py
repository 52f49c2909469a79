"""List prices, billed usage and their sum."""
