"""What CloudFormation refuses about a template at the request."""
