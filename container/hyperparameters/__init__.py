"""The built-in XGBoost's hyperparameters and what follows from them."""
