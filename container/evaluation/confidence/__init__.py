"""Confidence intervals of metrics: bootstrap resampling, and closed forms where they are better."""
