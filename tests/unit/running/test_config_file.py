"""A configuration file that cannot be used is named with the line."""

import pytest

from vaesweep.errors import UserError
from vaesweep.running.config import complete
from vaesweep.running.config_file import check_config_file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\n\tb: 2\n", "line 2: indented by a tab"),
        ("a: [1\n", "line 2, column 1: not YAML"),
        ("a: 'x\n", "not YAML"),
        ("- a\n", "line 1, column 1: expected keys with values at top level"),
        ("training:\n  epochs: 1\n  epochs: 2\n", "line 3, column 3: epochs stands twice"),
        ("? [a]\n: 1\n", "found unhashable key"),
        ("a: 2026-13-45\n", "month must be in 1..12"),
        ("a: &x [*x]\n", "more than 100,000 entries"),
        ("a: " + "[" * 5000, "not YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
        ("a: \x00\n", "not YAML"),
    ],
)
def test_what_is_wrong_and_where(tmp_path, text, said):
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        check_config_file(path)
    assert said in str(caught.value) and str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_good_file_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfnetid: a\n\ntraining: {epochs: 1}\n")
    check_config_file(path)


@pytest.mark.parametrize("value", [2.0, "2e0", "20e-1", 2])
def test_one_value_has_one_writing(value):
    sizes = complete({"sweep": {"latent_sizes": [value]}})["sweep"]["latent_sizes"]
    assert repr(sizes) == "[2]"


@pytest.mark.parametrize("name", ["1e5", "12e-3"])
def test_texts_that_look_like_numbers_stay_texts(name):
    config = complete({"netid": name, "dataset": {"dir": name}})
    assert config["netid"] == config["dataset"]["dir"] == name


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1e999"])
def test_only_finite_numbers(value):
    with pytest.raises(UserError, match=r"model\.beta"):
        complete({"model": {"beta": value}})


@pytest.mark.parametrize("netid", ["a\n", "é", "a/b", "..", "😀", "a" * 65, "", "-a", "a\x00"])
def test_names_that_are_refused(netid):
    with pytest.raises(UserError, match="expected 1 to 64 letters"):
        complete({"netid": netid})
