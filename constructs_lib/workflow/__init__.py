"""State machines, their states in Amazon States Language, and their triggers."""
