"""What the CDK needs of an account, and a deployment without its command line."""
