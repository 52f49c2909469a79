"""SageMaker's Search: filters, nested filters and expressions over what exists."""
