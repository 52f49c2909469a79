"""The built-in XGBoost's hyperparameters."""
