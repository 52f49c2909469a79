"""Cloud Control API: changes of single resources, by which `cdk deploy --hotswap` deploys."""
