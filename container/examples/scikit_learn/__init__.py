"""Logistic regression by scikit-learn, in place of XGBoost."""
