"""The box office in a FastAPI application.

The ready router is the HTTP host of this project, called in this process: the same API, bodies, headers and errors as the
``boxoffice-server``, to the byte. The server's pages and its ``/metrics`` are published only if that is chosen. What your own routes need is here too: who is signed in, and the common error shape.
"""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, Any, TypedDict, Unpack, cast

from boxoffice import _native
from boxoffice._errors import BoxOfficeError, UnauthenticatedError
from boxoffice._native import Session, User
from boxoffice._office import AsyncBoxOffice
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

__all__ = ["BoxOfficeAPI", "Settings", "box_office", "current_user", "error_response", "require_user"]


class Settings(TypedDict, total=False):
    """Settings of the ready router. Omitted settings have the host's defaults."""

    public_url: str | Sequence[str] | None
    """Public address of the application, such as ``https://tickets.example.com``, or several if people reach it by several names, all
    of them ``https`` or all ``http``. With ``https``, cookies are ``Secure``."""
    cors_origins: str | Sequence[str] | None
    """Origins whose pages may call the routes; none by default."""
    rate_limit: bool | None
    """``True``, the default, limits the request rate of each client."""
    trusted_proxies: str | Iterable[str | IPv4Address | IPv6Address | IPv4Network | IPv6Network] | None
    """Proxies whose ``X-Forwarded-For``, or ``Forwarded``, is trusted: addresses, and networks such as ``10.0.0.0/8``, as objects of
    ``ipaddress``, in a list or in a text with commas or blanks; none by default."""
    request_timeout: timedelta | None
    """Timeout of a request; 30 seconds by default."""
    in_flight_max: int | None
    """Maximum number of requests in flight; 4,096 by default."""
    feeds_max: int | None
    """Maximum number of open journal streams; 128 by default."""
    pages: bool
    """Whether the storefront and the operators' console are published, at every path that nobody else answers: not by default."""
    metrics: bool
    """Whether ``/metrics`` is published: not by default."""


class BoxOfficeAPI:
    """The ready router and its connection to a box office."""

    router: APIRouter
    """Every route of the HTTP host's API. It wants to be included without a prefix."""

    def __init__(self, **settings: Unpack[Settings]) -> None:
        self._settings = settings
        self.router = _router(settings.get("metrics", False))

    def install(self, app: FastAPI) -> None:
        """Adds the router to the application, and converts the application's errors to the common error shape."""
        app.include_router(self.router)
        app.add_exception_handler(BoxOfficeError, _on_error)
        app.add_exception_handler(RequestValidationError, _on_invalid)
        app.add_exception_handler(HTTPException, _on_http_error)
        app.add_exception_handler(Exception, _on_failure)

    @asynccontextmanager
    async def serving(self, app: FastAPI, office: AsyncBoxOffice) -> AsyncGenerator[None]:
        """Serves ``office`` until the context ends. Use it in the application's ``lifespan``."""
        host = _native.HttpApp(office._native, **self._settings)  # pyright: ignore[reportPrivateUsage]
        app.state.boxoffice = _Served(office, host)
        try:
            yield
        finally:
            host.stop()


class _Served:
    """The box office and host in the application's state."""

    __slots__ = ("host", "office")

    def __init__(self, office: AsyncBoxOffice, host: _native.HttpApp) -> None:
        self.office = office
        self.host = host


def _served(request: Request) -> _Served:
    served = getattr(request.app.state, "boxoffice", None)
    if not isinstance(served, _Served):
        raise RuntimeError("no box office is served: use BoxOfficeAPI.serving in the application's lifespan")
    return served


def box_office(request: Request) -> AsyncBoxOffice:
    """Returns the served box office. Use it as a dependency."""
    return _served(request).office


async def _session(request: Request) -> Session:
    """Returns the session of the request. A browser may send others' cookies of the name too: the first good one counts."""
    auth = box_office(request).auth
    *others, last = _served(request).host.session_tokens(request.headers.raw) or [""]
    for token in others:
        with suppress(UnauthenticatedError):
            return await auth.authenticate(token)
    return await auth.authenticate(last)


async def require_user(request: Request) -> User:
    """Returns the signed-in user, by the ``Authorization`` header or the session cookie. Use it as a dependency.

    Raises ``UnauthenticatedError`` if the request has no valid session.
    """
    return await box_office(request).auth.current_user(await _session(request))


async def current_user(request: Request) -> User | None:
    """Returns the signed-in user, or ``None``. Use it as a dependency."""
    try:
        return await require_user(request)
    except UnauthenticatedError:
        return None


OptionalUser = Annotated[User | None, Depends(current_user)]
"""``current_user`` as an annotation."""
RequiredUser = Annotated[User, Depends(require_user)]
"""``require_user`` as an annotation."""


def error_response(error: BoxOfficeError) -> JSONResponse:
    """Returns a response with the common error shape."""
    headers = {"x-error-code": error.code}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after.total_seconds())))
    if error.status_code == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse({"errors": error.serialize_errors()}, error.status_code, headers)


async def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, BoxOfficeError)
    return error_response(error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults: list[dict[str, str]] = []
    for fault in error.errors():
        place = [str(part) for part in fault["loc"] if part not in ("body", "query", "path", "header", "cookie")]
        faults.append({"message": str(fault["msg"]), **({"field": ".".join(place)} if place else {})})
    return JSONResponse({"errors": faults}, 400, {"x-error-code": "validation"})


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    usual = {404: "Not Found", 405: "Method Not Allowed"}
    if usual.get(error.status_code) == error.detail:
        # An unknown route, or an unsupported method of a host route: the host creates the response.
        answer = await _forward(request)
        if error.status_code == 404 or answer.status_code != 404:
            return answer
    code = {404: "route.not_found", 405: "route.method_not_allowed"}.get(error.status_code, "http.error")
    headers = {**(error.headers or {}), "x-error-code": code}
    return JSONResponse({"errors": [{"message": str(error.detail)}]}, error.status_code, headers)


async def _on_failure(request: Request, error: Exception) -> Response:
    message = {code: message for code, _, _, message in _native.codes()}["internal"]
    return JSONResponse({"errors": [{"message": message}]}, 500, {"x-error-code": "internal"})


async def _forward(request: Request) -> Response:
    """Forwards the request to the host."""
    host = _served(request).host
    target: bytes = request.scope["raw_path"]
    if request.scope["query_string"]:
        target += b"?" + request.scope["query_string"]
    client = None if request.client is None else (request.client.host, request.client.port)
    body = await _body(request, host.body_limit)
    answer = await host.handle(request.method, target.decode("latin-1"), request.headers.raw, body, client)
    if _is_stream(answer):
        response: Response = StreamingResponse(_chunks(answer), answer.status)
    else:
        response = Response(b"".join([chunk async for chunk in _chunks(answer)]), answer.status)
    response.raw_headers = answer.headers
    return response


async def _body(request: Request, limit: int) -> bytes:
    """Reads the body, up to the first chunk beyond ``limit`` bytes. The host refuses longer bodies."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def _is_stream(answer: _native.HttpResponse) -> bool:
    return any(name == b"content-type" and value == b"text/event-stream" for name, value in answer.headers)


async def _chunks(answer: _native.HttpResponse) -> AsyncIterator[bytes]:
    while (chunk := await answer.chunk()) is not None:
        yield chunk


def _router(metrics: bool) -> APIRouter:
    """Creates a router with the routes of the host's OpenAPI description."""
    router = APIRouter()
    description = json.loads(_native.openapi())
    for path, item in description["paths"].items():
        if path == "/metrics" and not metrics:
            continue
        for method, operation in item.items():
            router.add_api_route(
                path,
                _forward,
                methods=[method.upper()],
                name=operation["operationId"],
                operation_id=operation["operationId"],
                tags=operation["tags"],
                summary=operation.get("summary"),
                response_model=None,
                openapi_extra=_resolved(operation, description, 0),
            )
            if method == "get":
                router.add_api_route(path, _forward, methods=["HEAD"], include_in_schema=False, response_model=None)
    for path in ("/docs", "/docs/docs.css", "/docs/docs.js"):
        router.add_api_route(path, _forward, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    return router


def _resolved(value: object, description: dict[str, Any], depth: int) -> Any:
    """Replaces references in ``value`` by their targets, because the application's own description has other components."""
    if isinstance(value, dict):
        members = cast(dict[str, Any], value)
        reference = members.get("$ref")
        if isinstance(reference, str) and depth < 16:
            found: Any = description
            for part in reference.removeprefix("#/").split("/"):
                found = found[part]
            return _resolved(found, description, depth + 1)
        return {name: _resolved(item, description, depth) for name, item in members.items()}
    if isinstance(value, list):
        return [_resolved(item, description, depth) for item in cast(list[object], value)]
    return value
