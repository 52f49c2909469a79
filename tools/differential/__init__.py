"""Comparison of the container with SageMaker's built-in XGBoost, case by case."""
