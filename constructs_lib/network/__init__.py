"""The isolated network: subnets, VPC endpoints, flow logs, security groups."""
