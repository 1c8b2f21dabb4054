"""For any input, the readers of configurations and of IDX files give a value or a UserError."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vaesweep.data.idx import gunzip, idx_bytes, parse_idx
from vaesweep.errors import UserError
from vaesweep.running.config import complete
from vaesweep.running.config_file import check_config_file

pytestmark = pytest.mark.faults
# The same examples in every run, so that a failure can be repeated.
thousand_examples = settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    derandomize=True,
)

KEYS = {
    section: list(part) if isinstance(part, dict) else [] for section, part in complete({}).items()
}
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70)
    | st.sampled_from(["1e-3", "1e999", "-0", "auto", "all", "$(id)", "../x", "a\x00", "2e0"])
)  # fmt: skip
values = scalars | st.lists(scalars, max_size=4) | st.dictionaries(st.text(max_size=9), scalars)
sections = {
    name: values | st.dictionaries(st.sampled_from(keys), values, max_size=4) if keys else values
    for name, keys in KEYS.items()
}
configs = st.fixed_dictionaries({}, optional=sections) | st.dictionaries(
    st.text(max_size=9) | st.integers(), values, max_size=3
)


@thousand_examples
@given(configs)
@example({"submission": {"\n": None}})
def test_any_configuration(config):
    try:
        completed = complete(config)
    except UserError as error:
        lines = str(error).split("\n")
        assert all(line.startswith("config: ") and len(line) < 500 for line in lines)
        return
    assert complete(completed) == completed
    assert completed["netid"].isascii() and "/" not in completed["netid"]
    assert all(type(size) is int and size > 0 for size in completed["sweep"]["latent_sizes"])
    assert math.isfinite(completed["model"]["beta"])


PIECES = [
    "netid", "training", "a", ":", " ", "\n", "  ", "\t", "- ", "[", "]", "{", "}", "&x", "*x", "'",
    '"', ">", "? ", "!!python/name:os.system", "#", "---\n", "%", "1e3", "2026-13-45", "<<", "=",
    "~", "0x", "0b", "1:60", "\x00", "\ufeff", "é",
]  # fmt: skip
yaml_pieces = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@thousand_examples
@given(st.binary(max_size=200) | yaml_pieces.map(lambda text: text.encode("utf-8")))
def test_any_config_file(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        path.write_bytes(content)
        try:
            check_config_file(path)
        except UserError as error:
            assert "config.yaml" in str(error) and "\n" not in str(error)


headers = st.binary(min_size=0, max_size=40) | st.builds(
    lambda kind, dimensions, rest: bytes([0, 0, kind, dimensions]) + rest,
    st.sampled_from([8, 9, 11, 12, 13, 14, 0, 255]),
    st.integers(0, 255),
    st.binary(max_size=80),
)


@thousand_examples
@given(headers)
def test_any_idx_file(content):
    try:
        values = parse_idx(content, "file")
    except UserError as error:
        assert str(error).startswith("file: ")
        return
    assert values.dtype == np.uint8 and idx_bytes(values) == content


@thousand_examples
@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda part: b"\x1f\x8b\x08" + part))
def test_any_gzip_file(content):
    try:
        gunzip(content, "file", 1000)
    except UserError as error:
        assert str(error).startswith("file: ")
