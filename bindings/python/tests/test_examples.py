"""The examples print what their READMEs promise, and the two web applications answer."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from boxoffice import BoxOffice
from fastapi import FastAPI
from fastapi.testclient import TestClient

EXAMPLES = Path(__file__).parents[3] / "examples"

PROMISING = ["quickstart", "race", "expiry", "own-gateway", "follow-the-journal", "verify-draw", "verify-ticket"]


@pytest.mark.parametrize("name", PROMISING)
def test_it_prints_what_it_promises(name: str) -> None:
    program = [sys.executable, str(EXAMPLES / name / "main.py")]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    promised = (EXAMPLES / name / "README.md").read_text().split("```text\n")[1].split("```")[0]
    assert done.stdout == promised


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / name / "main.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def changed(value: Any) -> Iterator[Any]:
    """Yields the JSON with one number or text in it changed, for each of them.

    A text becomes another one, or one that a careless reader takes for the same.
    """
    if isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: other} for other in changed(member))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in changed(item))
    elif isinstance(value, int):
        yield value + 1
    else:
        yield from (value.upper(), f"{value}-", f"{value}zz", f" {value}", ("1" if value[0] == "0" else "0") + value[1:])


# What the verifier imports may warn as it likes.
@pytest.mark.filterwarnings("default")
def test_a_draw_that_does_not_fit_is_refused() -> None:
    verify = load("verify-draw").verify
    draws = [json.loads((EXAMPLES / "verify-draw" / f"{name}.json").read_text()) for name in ("draw", "seed")]
    assert "places follow" in verify(draws[1])
    for draw, changes in zip(draws, (6 + 12 * 5, 5 + 13 * 5), strict=True):
        files = list(changed(draw))
        assert len(files) == changes
        for file in files:
            # Text that is no number at all is refused by who reads it.
            with pytest.raises((SystemExit, ValueError), match="refused|hexadecimal"):
                verify(file)
    forged = json.loads((EXAMPLES / "verify-draw" / "forged.json").read_text())
    with pytest.raises(SystemExit, match="refused: source"):
        verify(forged)


def test_fastapi_knows_who_is_signed_in(tmp_path: Path) -> None:
    app: FastAPI = load("fastapi").create_app(str(tmp_path))

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("secret")

    @app.get("/number/{number}")
    async def number(number: int) -> int:
        return number

    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/my/summary").json() == {"errors": [{"message": "Not signed in"}]}
        person = {"email": "ann@example.com", "password": "correct horse"}
        signed_up = client.post("/api/users/signup", json=person)
        assert signed_up.status_code == 201
        token = signed_up.cookies["session"]
        assert client.post("/api/tickets", json={"title": "Hamlet", "price": "19.99"}).status_code == 201
        assert client.get("/my/summary").json() == {"email": "ann@example.com", "orders": 0, "listed": 1}
        bearer = {"authorization": f"Bearer {token}"}
        client.cookies.clear()
        assert client.get("/my/summary", headers=bearer).status_code == 200
        assert client.get("/my/summary", headers={"authorization": "Bearer nonsense"}).status_code == 401

        # What goes wrong in a route of the application has the common shape too.
        for path, status, code in [
            ("/broken", 500, "internal"),
            ("/number/x", 400, "validation"),
            ("/nowhere", 404, "route.not_found"),
        ]:
            answer = client.get(path)
            assert (answer.status_code, answer.headers["x-error-code"]) == (status, code), answer.text
            assert list(answer.json()) == ["errors"]
            assert "secret" not in answer.text
        wrong_method = client.post("/number/1")
        assert (wrong_method.status_code, wrong_method.headers["x-error-code"]) == (405, "route.method_not_allowed")


def test_the_ready_router_is_described_in_an_application_of_ones_own() -> None:
    from boxoffice.fastapi import BoxOfficeAPI

    app = FastAPI()
    BoxOfficeAPI().install(app)
    paths = app.openapi()["paths"]
    assert "schema" in str(paths["/api/tickets"]["post"]["requestBody"])
    assert "$ref" not in str(paths["/api/orders"])


def test_flask(tmp_path: Path) -> None:
    with BoxOffice(tmp_path) as office:
        client = load("flask").create_app(office).test_client()
        refused = client.post("/tickets", json={"title": "Hamlet", "price": "19.99"})
        assert (refused.status_code, refused.json) == (401, {"errors": [{"message": "Not signed in"}]})
        signed_up = client.post("/signup", json={"email": "ann@example.com", "password": "correct horse"})
        bearer = {"authorization": f"Bearer {signed_up.json['token']}"}
        made = client.post("/tickets", json={"title": "Hamlet", "price": "19.99"}, headers=bearer)
        assert (made.status_code, made.json["price"]) == (201, "19.99")
        wrong = client.post("/tickets", json={"title": "", "price": "0"}, headers=bearer)
        assert [error["field"] for error in wrong.json["errors"]] == ["title", "price"]


BEYOND_THE_API = ["/", "/tickets", "/console", "/account", "/metrics", "/assets/site.css"]
"""What the server has for people and for those who watch it."""


def test_fastapi_publishes_the_api_and_what_is_chosen_beside_it(tmp_path: Path) -> None:
    create_app = load("fastapi").create_app
    browser = {"accept": "text/html"}
    with TestClient(create_app(str(tmp_path / "api"))) as client:
        assert client.get("/api/tickets").json() == []
        assert client.get("/healthz").status_code == 200
        for path in BEYOND_THE_API:
            answer = client.get(path, headers=browser)
            assert (answer.status_code, answer.headers["x-error-code"]) == (404, "route.not_found"), path
            assert answer.headers["content-type"] == "application/json", path
    with TestClient(create_app(str(tmp_path / "pages"), {}, {"pages": True})) as client:
        assert client.get("/", headers=browser).headers["content-type"].startswith("text/html")
        assert client.get("/metrics").status_code == 404
    with TestClient(create_app(str(tmp_path / "metrics"), {}, {"metrics": True})) as client:
        assert client.get("/metrics").headers["content-type"].startswith("text/plain")
        assert client.get("/", headers=browser).status_code == 404
