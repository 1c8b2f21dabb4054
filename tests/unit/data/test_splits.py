"""A split that is damaged or has other arrays is refused."""

import numpy as np
import pytest

from vaesweep.data.splits import load_split
from vaesweep.errors import UserError
from vaesweep.files import write_arrays

IMAGES = np.arange(2 * 784, dtype=np.uint16).astype(np.uint8).reshape(2, 28, 28)
LABELS = np.array([3, 9], np.uint8)


def test_a_split_is_read_as_it_was_written(tmp_path):
    write_arrays(tmp_path / "a.npz", images=IMAGES, labels=LABELS)
    images, labels = load_split(tmp_path / "a.npz")
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ({"images": IMAGES, "labels": LABELS[:1]}, r"labels of shape \(1,\)"),
        ({"images": IMAGES[:, :27], "labels": LABELS}, r"uint8 \(2, 27, 28\), expected uint8"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, r"labels of shape \(0,\)"),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, fault):
    np.savez(tmp_path / "split.npz", **arrays)
    with pytest.raises(UserError, match=rf"split\.npz: .*{fault}.* rerun"):
        load_split(tmp_path / "split.npz")
