"""Settings of a company's network on a notebook: variables of its kernels, and who it trusts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.network.company_network import proxy_exceptions

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig

# What `update-ca-trust` writes on Amazon Linux: the usual authorities and those that were added.
_TRUSTED = "/etc/pki/tls/certs/ca-bundle.crt"


def company_variables(config: EnvironmentConfig) -> dict[str, str]:
    """Return what terminals and kernels have to know; nothing without such settings.

    Programs of the system trust what the system does; those of a conda environment bring their own
    authorities, unless these variables name others. curl reads http_proxy in lower case only.
    """
    network = config.network
    variables: dict[str, str] = {}
    if network.ca_bundle is not None:
        for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            variables[name] = _TRUSTED
    if network.package_index is not None:
        variables |= {
            "PIP_INDEX_URL": network.package_index,
            "UV_DEFAULT_INDEX": network.package_index,
        }
    if network.proxy is not None:
        variables |= {
            "HTTPS_PROXY": network.proxy,
            "http_proxy": network.proxy,
            "NO_PROXY": proxy_exceptions(config),
        }
    return variables
