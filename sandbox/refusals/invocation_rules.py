"""What SageMaker's runtime refuses of requests to another kind of endpoint than there is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.refusals.forms import Refused
from sandbox.sagemaker.endpoints import ENDPOINTS
from sandbox.sagemaker.hosting import CONFIGURATIONS

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request

_SERVERLESS_BYTES = 4 * 1024 * 1024


def check_invocation(request: Request) -> None:
    """Refuse headers of multi-model and component endpoints, neither of which is emulated."""
    params, endpoint = request.params, request.params["EndpointName"]
    if ENDPOINTS.find(request.place, endpoint) is None:
        return
    if "TargetModel" in params:
        # aws/amazon-sagemaker-examples#1026
        raise Refused(
            "ValidationError",
            f"Endpoint {endpoint} is not a multi-model endpoint and does not support target model "
            "header.",
        )
    if "InferenceComponentName" in params:
        # In these words in the text of a public repository.
        raise Refused(
            "ValidationError",
            "Inference Component Name header is not allowed for endpoints to which you dont plan "
            "to deploy inference components. Please remove the Inference Component Name header "
            "and try again.",
        )
    if len(params.get("Body", b"")) > _SERVERLESS_BYTES and _is_serverless(request):
        # aws/sagemaker-python-sdk#4271
        raise Refused("ValidationError", f"Request for {endpoint} has oversize body.")


def _is_serverless(request: Request) -> bool:
    endpoint = ENDPOINTS.find(request.place, request.params["EndpointName"])
    name = endpoint.document.get("EndpointConfigName", "") if endpoint else ""
    configuration = CONFIGURATIONS.find(request.place, name)
    variants = configuration.document["ProductionVariants"] if configuration else []
    return any("ServerlessConfig" in variant for variant in variants)


def check_asynchronous(request: Request) -> None:
    """Refuse an asynchronous request: no endpoint here takes one. AWS's words were not found."""
    endpoint = request.params["EndpointName"]
    if ENDPOINTS.find(request.place, endpoint) is not None:
        raise Refused("ValidationError", f"Endpoint {endpoint} is not an asynchronous endpoint.")
