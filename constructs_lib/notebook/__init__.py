"""SageMaker notebook instance, its lifecycle scripts and its permissions."""
