"""Logical ids of stack outputs: the stacks write them, the command line reads them."""

# Storage
KEY_ARN = "KeyArn"
DATA_BUCKET_NAME = "DataBucketName"
ARTIFACTS_BUCKET_NAME = "ArtifactsBucketName"
MONITORING_BUCKET_NAME = "MonitoringBucketName"
LOGS_BUCKET_NAME = "LogsBucketName"
# Monitoring
TOPIC_ARN = "TopicArn"
# Network
VPC_ID = "VpcId"
# Registry
REPOSITORY_NAME = "RepositoryName"
REPOSITORY_URI = "RepositoryUri"
IMAGE_TAG = "ImageTag"
IMAGE_BUILD_PROJECT_NAME = "ImageBuildProjectName"
# Inference-<model>: only while a model is deployed
ENDPOINT_NAME = "EndpointName"
ENDPOINT_CONFIG_NAME = "EndpointConfigName"
INVOKE_POLICY_ARN = "InvokePolicyArn"
# Training-<model>
WORKFLOW_ARN = "WorkflowArn"
INTAKE_ARN = "IntakeArn"
ROLLOUT_ARN = "RolloutArn"
MODEL_PACKAGE_GROUP_NAME = "ModelPackageGroupName"
# Workbench
NOTEBOOK_INSTANCE_NAME = "NotebookInstanceName"
# Delivery
DEPLOY_ROLE_ARN = "DeployRoleArn"
