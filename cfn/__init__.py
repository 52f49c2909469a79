"""CloudFormation as plain data: assemblies, templates, intrinsic functions, resource types."""
