"""Keys of the tags on stacks, resources and jobs: synthesis writes them, the command line reads."""

ENVIRONMENT_TAG = "kiban:environment"
"""The stage, as in `kiban-dev`."""

MODEL_TAG = "kiban:model"
STACK_TAG = "kiban:stack"
"""The name of a stack without the stage, as in `Training-churn`."""
