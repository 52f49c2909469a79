"""ECR and CodeBuild: images as folders and Python environments."""
