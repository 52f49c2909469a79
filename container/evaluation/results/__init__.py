"""Results of an evaluation, of candidate and champion."""
