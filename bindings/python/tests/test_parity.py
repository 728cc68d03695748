"""Both faces have what the front door has, no less and no more; bindings/methods.json is made from it."""

import inspect
import json
from pathlib import Path

import pytest
from boxoffice import AsyncBoxOffice, BoxOffice, Options, _native

METHODS: dict[str, list[str]] = json.loads((Path(__file__).parents[2] / "methods.json").read_text())
OPTIONS = METHODS.pop("options")

OTHERWISE = {"ids": ["seed"], "key_ring": ["jwt_key", "previous_jwt_keys"]}
"""Options that are objects in Rust, and values here."""


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


def faces(part: str) -> list[type]:
    if part == "office":
        return [BoxOffice, AsyncBoxOffice]
    return [getattr(_native, part.capitalize()), getattr(_native, f"Async{part.capitalize()}")]


@pytest.mark.parametrize("part", METHODS)
def test_every_method_is_there(part: str) -> None:
    beside = set(METHODS) if part == "office" else set[str]()
    for kind in faces(part):
        assert public(kind) - beside == set(METHODS[part]), kind.__name__


@pytest.mark.parametrize("part", METHODS)
def test_every_method_has_a_docstring(part: str) -> None:
    for kind in faces(part):
        for name in METHODS[part]:
            assert inspect.getdoc(getattr(kind, name)), f"{kind.__name__}.{name}"


def test_every_option_is_there() -> None:
    expected = {name for option in OPTIONS for name in OTHERWISE.get(option, [option])}
    assert Options.__optional_keys__ == expected


def test_both_faces_take_the_same() -> None:
    for part in METHODS:
        one, other = faces(part)
        for name in METHODS[part]:
            assert parameters(one, name) == parameters(other, name), f"{part}.{name}"


def parameters(kind: type, name: str) -> list[tuple[str, object]]:
    signature = inspect.signature(getattr(kind, name))
    return [(parameter.name, parameter.kind) for parameter in signature.parameters.values()]
