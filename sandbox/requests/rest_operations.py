"""Operations of REST APIs, found by method, path and query as botocore's models have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError

from sandbox.state import clients

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_PART = re.compile(r"\{([^}+]+)(\+?)\}")


class _Route(NamedTuple):
    """An operation with what its address must have."""

    operation: str
    path: re.Pattern[str]
    query: frozenset[tuple[str, str]]
    needed: frozenset[str]
    places: dict[str, str]  # name in the query, or of a header in lower case -> parameter


def find(service: str, environ: Document) -> tuple[str, Document]:
    """Return the operation of a WSGI request and the parameters that its address has.

    The operation of a request that no API of the service has is its method and path, which no
    action is called after. It is looked for once, and kept with the request.
    """
    kept = f"sandbox.operation of {service}"
    found: tuple[str, Document] | None = environ.get(kept)
    if found is None:
        found = environ[kept] = _find(service, environ)
    return found


def _find(service: str, environ: Document) -> tuple[str, Document]:
    method, path = str(environ["REQUEST_METHOD"]), str(environ.get("PATH_INFO", ""))
    params: Document = {}
    if service == "s3":
        bucket, _, key = path.lstrip("/").partition("/")
        params, path = ({"Bucket": bucket} if bucket else {}), f"/{key}"
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    # Of two values of one name moto takes the first.
    given = dict(reversed(query)) | _headers(environ)
    fitting = [
        (route, found)
        for route in _routes(service, method, "Bucket" in params)
        if (found := route.path.fullmatch(path))
        and route.query <= set(query)
        and route.needed <= set(given)
    ]
    route, found = max(
        fitting, key=lambda one: (len(one[0].query), len(one[0].needed)), default=(None, None)
    )
    if route is None or found is None or not _has_all(route, [one for one, _ in fitting]):
        return f"{method} {environ.get('PATH_INFO', '')}", params
    params |= {name.replace("__", "-"): one for name, one in found.groupdict().items()}
    params |= {route.places[name]: value for name, value in given.items() if name in route.places}
    return route.operation, params


def _has_all(route: _Route, fitting: Sequence[_Route]) -> bool:
    """Whether an operation takes all that others of the same address would be called by.

    S3 refuses two, such as `?acl&tagging`, as InvalidArgument.
    """
    return all(one.query <= route.query and one.needed <= route.needed for one in fitting)


def _headers(environ: Document) -> dict[str, str]:
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


@lru_cache(maxsize=64)
def _routes(service: str, method: str, has_bucket: bool) -> tuple[_Route, ...]:
    api = model(service)
    if api is None or not is_rest(service):
        return ()
    operations = [api.operation_model(name) for name in api.operation_names]
    # Of two that are the same request, actions are called after the newer one: it is found first.
    operations.sort(key=lambda one: bool(one.deprecated))
    return tuple(
        _route(one)
        for one in operations
        if one.http.get("method") == method
        and (service != "s3" or has_bucket is _names_bucket(one.input_shape))
    )


def is_rest(service: str) -> bool:
    """Whether an API has addresses for its operations; others have one address for all."""
    api = model(service)
    return api is not None and str(api.metadata["protocol"]).startswith("rest-")


@lru_cache(maxsize=64)
def model(service: str) -> Any:
    """Return botocore's model of an API; None for one that it does not know."""
    try:
        with clients.CREATING:
            session: Any = clients.session()._session
            return session.get_service_model(service)
    except UnknownServiceError:
        return None


def _names_bucket(shape: Any) -> bool:
    return shape is not None and "Bucket" in shape.members


def _route(operation: Any) -> _Route:
    path, _, query = operation.http["requestUri"].partition("?")
    path = path.replace("/{Bucket}", "") or "/"
    pattern = _PART.sub(lambda found: f"(?P<{found[1].replace('-', '__')}>{_rest(found)})", path)
    pairs = parse_qsl(query, keep_blank_values=True)
    members = operation.input_shape.members if operation.input_shape else {}
    required = operation.input_shape.required_members if operation.input_shape else []
    places = {
        _place(name, shape): name
        for name, shape in members.items()
        if shape.serialization.get("location") in ("querystring", "header")
    }
    needed = {_place(name, members[name]) for name in required} & set(places)
    return _Route(operation.name, re.compile(pattern), frozenset(pairs), frozenset(needed), places)


def _rest(found: re.Match[str]) -> str:
    return ".+" if found[2] else "[^/]+"


def _place(name: str, shape: Any) -> str:
    where = shape.serialization
    said = str(where.get("name", name))
    return said.lower() if where.get("location") == "header" else said
