"""What SageMaker runs: a package that ships alone."""
