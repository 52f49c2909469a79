"""Exit statuses of the image build, which its shell script and the training workflow share."""

REGISTRY_FAILED = 75
"""Exit status of a build that failed for a reason of a registry: EX_TEMPFAIL of sysexits.h.

The exit status is all that CodeBuild reports of a command that failed.
"""
