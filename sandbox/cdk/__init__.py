"""CDK bootstrap of an account, and a deployment without the CDK command line."""
