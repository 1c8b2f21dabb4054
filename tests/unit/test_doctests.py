"""The examples in the docstrings."""

import doctest
import importlib

import pytest

MODULES = ("vaesweep.words", "vaesweep.figures.tiles")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried > 0 and failed == 0
