"""Images that cannot be right are refused; what is rarely right is a caution."""

import json
import re

import numpy as np
import pytest
from tiny_data import run_script

from vaesweep.data.cautions import cautions
from vaesweep.data.idx import FILES, idx_bytes
from vaesweep.errors import UserError


@pytest.fixture
def splits():
    """120 training and 60 test images of three classes: a bar in another place, with noise."""
    random = np.random.default_rng(0)
    found = {}
    for split, count in (("train", 120), ("test", 60)):
        labels = np.arange(count, dtype=np.uint8) % 3
        images = random.integers(0, 40, (count, 28, 28), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[4 + 7 * label : 8 + 7 * label, 4:24] = random.integers(180, 256, (4, 20))
        found[split] = images, labels
    return found


def change(splits, do, *which):
    for split in which or splits:
        splits[split] = do(splits[split][0]), splits[split][1]


def white_borders(images):
    """As of resized photographs."""
    return np.pad(images[:, 2:-2, 2:-2], ((0, 0), (2, 2), (2, 2)), constant_values=255)


def test_ordinary_images_need_no_caution(splits):
    assert cautions(splits) == []


@pytest.mark.parametrize(
    ("do", "which", "expected"),
    [
        (np.invert, (), ["The median pixel of the training and test images is bright"]),
        (white_borders, (), ["pixel at the edge of the training and test images is bright"]),
        # A mean of three colours whose sum overflows.
        (
            lambda images: 3 * images // 3,
            ("test",),
            ["^The test images are faint: .* at most 8. of 255"],
        ),
        (
            lambda images: images * (np.arange(len(images)) > 1)[:, None, None],
            ("train",),
            ["Nothing can be seen in 2 training images"],
        ),
        (
            lambda images: images[np.arange(60) % 30],
            ("test",),
            ["Of 60 test images only 30 are different"],
        ),
        (
            lambda images: images.transpose(0, 2, 1),
            ("test",),
            [r"Only \d+\.\d % of the test images are of the class of"],
        ),
        (np.invert, ("train",), ["pixel of the training images is bright", "nearest to them"]),
    ],
)
def test_what_is_rarely_right(splits, do, which, expected):
    change(splits, do, *which)
    found = cautions(splits)
    assert len(found) == len(expected)
    for caution, pattern in zip(found, expected, strict=True):
        assert re.search(pattern, caution)


def test_labels_that_do_not_belong_to_their_images(splits):
    images, labels = splits["train"]
    splits["train"] = images, np.random.default_rng(0).permutation(labels)
    [caution] = cautions(splits)
    assert "nearest to them (33.3 % by chance). Labels may not belong to their images" in caution


def test_images_of_both_splits_and_rare_classes(splits):
    images, labels = splits["test"]
    splits["test"] = np.concatenate([images, splits["train"][0][:3]]), np.append(labels, [0, 1, 3])
    splits["train"][1][-2:] = 3
    assert [caution[:50] for caution in cautions(splits)] == [
        "train-labels-idx1-ubyte has 5 images or fewer of c",
        "t10k-labels-idx1-ubyte has 5 images or fewer of cl",
        "3 of 63 test images are training images too, so th",
    ]


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        (lambda images: images // 16, "nothing can be seen; .* at most 15 of 255"),
        (lambda images: images // 128, "nothing can be seen; .* at most 1 of 255"),
        (lambda images: images[:1].repeat(len(images), 0), "all 120 images are the same"),
    ],
)
def test_images_in_which_nothing_can_be_seen_are_refused(splits, tmp_path, do, reason):
    change(splits, do)
    write(splits, tmp_path)
    with pytest.raises(SystemExit, match=f"error: train-images-idx3-ubyte: {reason}"):
        run_script(tmp_path, str(tmp_path), "custom")
    assert not list((tmp_path / "out").glob("*"))


def test_cautions_are_written_with_the_data(splits, tmp_path):
    change(splits, np.invert)
    write(splits, tmp_path)
    out = run_script(tmp_path, str(tmp_path), "custom")
    found = json.loads((out / "cautions.json").read_text())["cautions"]
    assert found == cautions(splits)
    assert f"caution: {found[0]}" in (tmp_path / "fetch.log").read_text()


def write(splits, folder):
    for split, names in FILES.items():
        for name, values in zip(names, splits[split], strict=True):
            (folder / name).write_bytes(idx_bytes(values))


def test_values_that_are_no_bytes_are_refused():
    with pytest.raises(UserError, match=r"values are int64, expected uint8"):
        idx_bytes(np.array([0, 1]))
