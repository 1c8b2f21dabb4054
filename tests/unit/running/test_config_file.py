"""A configuration file that cannot be used is named, with the line."""

import pytest

from vaesweep.errors import UserError
from vaesweep.running.config_file import check_config_file


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            "a: 1\n\tb: 2\n",
            "line 2, column 1: not YAML (while scanning for the next token",
        ),
        ("a: [1\n", "line 2, column 1: not YAML"),
        ("- a\n", "expected keys with values at top level, found ['a']"),
        ("training:\n  epochs: 1\n  epochs: 2\n", "line 3, column 3: not YAML (epochs appears"),
        ("? [a]\n: 1\n", "found unhashable key"),
        ("a: " + "[" * 1500, "not YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
        ("a: 1\nnetid: 0123 # mine\n", "line 2: YAML reads netid 0123 as 83; put it in quotes"),
        ("__use_yte__: true\n", "__use_yte__ would run the expressions"),
        ("", "is empty, expected keys with values"),
        (b"netid: a\nb: \xff\n", "line 2: the byte 0xff is not UTF-8"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(tmp_path, content, fault):
    path = tmp_path / "config.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as caught:
        check_config_file(path)
    assert fault in str(caught.value) and str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(UserError, match=r"there is no .*gone"):
        check_config_file(tmp_path / "gone")
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        check_config_file(tmp_path)


def test_a_good_file_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfnetid: a\n\ntraining: {epochs: 1}\n")
    check_config_file(path)
