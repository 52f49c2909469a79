"""Automatic model tuning: hyperparameter tuning jobs, which run training jobs."""
