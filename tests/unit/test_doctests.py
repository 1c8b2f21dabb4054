"""Runs the examples in the docstrings of the package."""

import doctest
import importlib
import pkgutil

import pytest

import vaesweep

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(vaesweep.__path__, "vaesweep.")
]
TESTS = [test for module in MODULES for test in doctest.DocTestFinder().find(module)]


@pytest.mark.parametrize(
    "test", [test for test in TESTS if test.examples], ids=lambda test: test.name
)
def test_examples(test):
    assert doctest.DocTestRunner().run(test).failed == 0


def test_examples_are_found_in_all_rooms():
    found = {test.name.split(".")[1] for test in TESTS if test.examples}
    assert {"runs", "words", "figures"} <= found
