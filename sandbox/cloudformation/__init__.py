"""CloudFormation: templates, stacks, change sets and deployments."""
