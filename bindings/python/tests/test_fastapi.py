"""The settings of the ready router, and who is signed in."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Unpack

import pytest
from boxoffice import AsyncBoxOffice, User, ValidationError
from boxoffice.fastapi import BoxOfficeAPI, Settings, current_user, require_user
from conftest import PASSWORD
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient


def create_app(path: Path, **settings: Unpack[Settings]) -> FastAPI:
    """An application with two routes that say who is signed in."""
    api = BoxOfficeAPI(**settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncBoxOffice.open(path) as office, api.serving(app, office):
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    api.install(app)

    @app.get("/me")
    async def me(user: Annotated[User, Depends(require_user)]) -> str:
        return user.email

    @app.get("/perhaps-me")
    async def perhaps_me(user: Annotated[User | None, Depends(current_user)]) -> str | None:
        return None if user is None else user.email

    return app


TWO_NAMES: list[Any] = [
    ["https://a.example", "https://B.example:443/"],
    "https://a.example, https://b.example",
    ("https://a.example https://b.example",),
]


@pytest.mark.parametrize("urls", TWO_NAMES)
def test_people_may_reach_it_by_several_names(tmp_path: Path, urls: Any) -> None:
    with TestClient(create_app(tmp_path, public_url=urls)) as client:
        origins = ["https://a.example", "https://b.example", "http://a.example", "https://c.example"]
        answers = [client.post("/api/users/signout", headers={"origin": origin}) for origin in origins]
        assert [answer.status_code for answer in answers] == [200, 200, 403, 403]
        signed_up = client.post("/api/users/signup", json={"email": "ann@example.com", "password": PASSWORD})
        assert "__Host-session=" in signed_up.headers["set-cookie"]


PROXIES: list[Any] = [
    "10.0.0.0/8",
    "192.0.2.7, 10.1.2.3",
    ["192.0.2.7", "10.0.0.0/8"],
    [IPv6Network("fd00::/8"), IPv4Network("10.0.0.0/8")],
    (IPv4Address("10.1.2.3"),),
]


def sign_up(client: TestClient, address: str) -> int:
    """Tries to sign up from an address behind a proxy: what lacks everything counts as a try, too."""
    return client.post("/api/users/signup", json={}, headers={"x-forwarded-for": address}).status_code


@pytest.mark.parametrize("proxies", PROXIES)
def test_what_trusted_proxies_say_of_clients_is_believed(tmp_path: Path, proxies: Any) -> None:
    with TestClient(create_app(tmp_path, trusted_proxies=proxies), client=("10.1.2.3", 50_000)) as client:
        assert {sign_up(client, "198.51.100.1") for _ in range(30)} == {400, 429}
        assert sign_up(client, "198.51.100.2") == 400


@pytest.mark.parametrize("proxies", [None, [], "192.0.2.0/24"])
def test_what_others_say_of_clients_is_not_believed(tmp_path: Path, proxies: Any) -> None:
    with TestClient(create_app(tmp_path, trusted_proxies=proxies), client=("10.1.2.3", 50_000)) as client:
        assert {sign_up(client, f"198.51.100.{at}") for at in range(30)} == {400, 429}


def served(path: Path, settings: dict[str, Any]) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(path) as office, BoxOfficeAPI(**settings).serving(FastAPI(), office):
            pass

    asyncio.run(main())


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"public_url": "tickets.example.com"}, "publicUrl", "must be an origin"),
    ({"public_url": ["https://a.example", "https://a.example/path"]}, "publicUrl", "must be an origin"),
    ({"public_url": ["https://a.example", "http://b.example"]}, "publicUrl", "must all be https, or all http"),
    ({"public_url": "http://a.example, https://b.example"}, "publicUrl", "must all be https, or all http"),
    ({"public_url": ""}, "publicUrl", "must not be empty"),
    ({"public_url": [7]}, "publicUrl", "must be an origin"),
    ({"cors_origins": ["*"]}, "corsOrigins", "must be an origin"),
    ({"trusted_proxies": "10.0.0.0/33"}, "trustedProxies", "must be addresses or networks"),
    ({"trusted_proxies": ["10.0.0.1", "proxy"]}, "trustedProxies", "not `proxy`"),
    ({"trusted_proxies": [None]}, "trustedProxies", "not `None`"),
]


@pytest.mark.parametrize(("settings", "field", "reason"), WRONG)
def test_what_is_no_address_is_refused_by_name(tmp_path: Path, settings: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        served(tmp_path, settings)
    [fault] = refused.value.errors
    assert fault.field == field
    assert reason in fault.message


@pytest.mark.parametrize("name", ["in_flight_max", "feeds_max"])
@pytest.mark.parametrize("number", [-1, 2**64, 2**80])
def test_numbers_out_of_range_are_refused_by_name(tmp_path: Path, name: str, number: int) -> None:
    with pytest.raises(TypeError, match=f"(?s)must be a whole number.*'{name}'"):
        served(tmp_path, {name: number})


FOREIGN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmVkIGJ5IHNvbWVib2R5IGVsc2U"
"""A session of another application on the same host, in a cookie of the same name."""


def test_of_several_session_cookies_the_good_one_counts(tmp_path: Path) -> None:
    with TestClient(create_app(tmp_path)) as client:
        person = {"email": "ann@example.com", "password": PASSWORD}
        token = client.post("/api/users/signup", json=person).cookies["session"]
        client.cookies.clear()

        def asked(path: str, *tokens: str, **headers: str) -> Any:
            cookie = "; ".join(f"session={token}" for token in tokens)
            answer = client.get(path, headers={"cookie": f"theme=dark; {cookie}", **headers})
            return answer.json() if answer.status_code == 200 else answer.status_code

        for tokens in [(FOREIGN, token), (token, FOREIGN), ("x", FOREIGN, token)]:
            assert asked("/me", *tokens) == "ann@example.com"
            assert asked("/perhaps-me", *tokens) == "ann@example.com"
            # The routes of the host see it the same way.
            assert asked("/api/users/current-user", *tokens)["currentUser"]["email"] == "ann@example.com"
        for none in [(FOREIGN,), ("x", FOREIGN)]:
            assert asked("/me", *none) == 401
            assert asked("/perhaps-me", *none) is None
        # Whoever sends the header means it.
        assert asked("/me", token, authorization=f"Bearer {FOREIGN}") == 401
        assert asked("/me", FOREIGN, authorization=f"Bearer {token}") == "ann@example.com"


def test_over_https_a_cookie_that_others_can_plant_signs_nobody_in(tmp_path: Path) -> None:
    with TestClient(create_app(tmp_path, public_url="https://tickets.example.com")) as client:
        person = {"email": "ann@example.com", "password": PASSWORD}
        cookies = client.post("/api/users/signup", json=person).headers.get_list("set-cookie")
        token = next(cookie for cookie in cookies if cookie.startswith("__Host-session=")).partition("=")[2].partition(";")[0]
        client.cookies.clear()

        def asked(path: str, cookie: str) -> Any:
            return client.get(path, headers={"cookie": f"{cookie}={token}"}).json()

        assert asked("/perhaps-me", "__Host-session") == "ann@example.com"
        assert asked("/perhaps-me", "session") is None
        assert asked("/api/users/current-user", "session") == {"currentUser": None}
