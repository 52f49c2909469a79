"""What an evaluation found, of candidate and champion."""
