"""SageMaker: jobs, endpoints and the model registry."""
