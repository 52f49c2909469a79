"""The package that SageMaker runs as `train`, `serve` and `evaluate`; it ships alone."""
