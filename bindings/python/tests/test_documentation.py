"""The examples in the documentation are tests."""

import doctest
import importlib
from typing import Literal, get_origin

import boxoffice
import pytest

MODULES = ["boxoffice", "boxoffice._errors", "boxoffice._gateway", "boxoffice._webhooks", "boxoffice._office", "boxoffice.testing"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_python(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    assert result.attempted > 0 or name not in ("boxoffice._errors", "boxoffice._office")


@pytest.mark.parametrize("kind", [boxoffice.Money, boxoffice.ManualClock, boxoffice.FeePolicy, boxoffice.StripeGateway])
def test_examples_in_the_native_module(kind: type) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    result = runner.run(parser.get_doctest(kind.__doc__ or "", {}, kind.__name__, None, None))
    assert result.failed == 0
    assert result.attempted > 0


def test_everything_public_has_a_docstring() -> None:
    for name in boxoffice.__all__:
        thing = getattr(boxoffice, name)
        # A closed set has its documentation where only editors find it.
        assert thing.__doc__ or get_origin(thing) is Literal or name == "ChargeAnswer", name
