"""Plan of a deployment: what is deployed, and what CloudFormation says to the change."""
