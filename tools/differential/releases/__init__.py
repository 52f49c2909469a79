"""Models of older releases of XGBoost, with what each release predicted of its own."""
