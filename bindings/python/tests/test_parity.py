"""Both façades have what the façade has, no less and no more; bindings/methods.json is written from it."""

import inspect
import json
import pydoc
import re
from pathlib import Path

import boxoffice
import pytest
from boxoffice import AsyncBoxOffice, BoxOffice, Options

METHODS: dict[str, list[str]] = json.loads((Path(__file__).parents[2] / "methods.json").read_text())
OPTIONS = METHODS.pop("options")
SYSTEM = {name.removeprefix("system_"): METHODS.pop(name) for name in list(METHODS) if name.startswith("system_")}

OTHERWISE = {"ids": ["seed"], "key_ring": ["jwt_key", "previous_jwt_keys"]}
"""Options that are objects in Rust, and values here."""


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


def facades(part: str) -> list[type]:
    if part == "office":
        return [BoxOffice, AsyncBoxOffice]
    return [getattr(boxoffice, part.capitalize()), getattr(boxoffice, f"Async{part.capitalize()}")]


@pytest.mark.parametrize("part", METHODS)
def test_every_method_is_there(part: str) -> None:
    beside = set(METHODS) if part == "office" else set[str]()
    for kind in facades(part):
        assert public(kind) - beside == set(METHODS[part]), kind.__name__


@pytest.mark.parametrize("part", SYSTEM)
def test_the_system_has_what_takes_an_actor(part: str) -> None:
    for prefix in ["", "Async"]:
        assert part in public(getattr(boxoffice, f"{prefix}System"))
        kind = getattr(boxoffice, f"{prefix}System{part.capitalize()}")
        assert public(kind) == set(SYSTEM[part])
        for name in SYSTEM[part]:
            _, first, *rest = parameters(getattr(boxoffice, f"{prefix}{part.capitalize()}"), name)
            assert first[0] == "actor_id"
            assert parameters(kind, name)[1:] == rest, f"{kind.__name__}.{name}"
            assert inspect.getdoc(getattr(kind, name))


@pytest.mark.parametrize("part", METHODS)
def test_every_method_has_a_docstring(part: str) -> None:
    for kind in facades(part):
        for name in METHODS[part]:
            assert inspect.getdoc(getattr(kind, name)), f"{kind.__name__}.{name}"


def test_every_option_is_there() -> None:
    expected = {name for option in OPTIONS for name in OTHERWISE.get(option, [option])}
    assert Options.__optional_keys__ == expected


def test_both_facades_take_the_same() -> None:
    for part in METHODS:
        one, other = facades(part)
        for name in METHODS[part]:
            assert parameters(one, name) == parameters(other, name), f"{part}.{name}"


def parameters(kind: type, name: str) -> list[tuple[str, object]]:
    signature = inspect.signature(getattr(kind, name))
    return [(parameter.name, parameter.kind) for parameter in signature.parameters.values()]


AT_ONCE = {
    "as_system",
    "is_ready",
    "iter",
    "message",
    "metrics",
    "now",
    "open",
    "statement_csv",
    "status",
    "subscribe",
    "subscribe_after",
    "takes_webhooks_of",
}
"""What asyncio need not wait for: it gives what it has, or an iterator."""


@pytest.mark.parametrize("part", METHODS)
def test_what_takes_time_is_a_coroutine_function(part: str) -> None:
    _, kind = facades(part)
    for name in METHODS[part]:
        assert inspect.iscoroutinefunction(getattr(kind, name)) == (name not in AT_ONCE), f"{part}.{name}"


@pytest.mark.parametrize("kind", [BoxOffice, AsyncBoxOffice])
def test_help_shows_the_options_and_what_they_do(kind: type) -> None:
    text = pydoc.plain(pydoc.render_doc(kind))
    for name in Options.__optional_keys__:
        assert re.search(rf"^ \|      +{name} \([^)]+\): \w", text, re.MULTILINE), name
