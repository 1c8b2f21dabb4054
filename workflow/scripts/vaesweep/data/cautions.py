"""Images that cannot be right are refused; what is rarely right is a caution for all documents.

The data cannot tell whether both splits are transposed, mirrored or averaged over colours alike.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from vaesweep.data.idx import FILES
from vaesweep.data.splits import Images, Split
from vaesweep.errors import UserError
from vaesweep.words import counted, listed

MIN_CONTRAST = 16  # grey levels; less is not seen
FAINT_CONTRAST = 128
BRIGHT = 128  # grey level
FEW_IMAGES = 5  # of a class
MAX_KNOWN = 0.01  # share of test images that are training images too
# Of the way from chance to 1, how far the label of the nearest training image gets. MNIST has .90,
# with one split transposed .04, with shuffled labels 0.
MIN_NEAREST = 0.2
SAMPLE = 2000  # images of a split that are looked at, where all would take long


def require_contrast(images: Images, where: str) -> None:
    """Raise a UserError if nothing can be seen in half of the images (N, 28, 28), or all are alike.

    Pixels of 0 and 1 and grey levels that were divided by 255 twice are such images.
    """
    typical = int(np.median(_contrast(images)))
    if typical < MIN_CONTRAST:
        raise UserError(
            f"{where}: nothing can be seen; in half of the images, grey levels differ by at most "
            f"{typical} of 255. Scale them to 0 to 255: pixels from 0 to 1 times 255"
        )
    if len(images) > 1 and (images == images[0]).all():
        raise UserError(f"{where}: all {len(images):,} images are the same; write each image once")


def cautions(splits: Mapping[str, Split]) -> list[str]:
    """Return a sentence, with advice, for each thing about the two splits that is rarely right."""
    found: dict[str, list[str]] = {}
    for split, (images, _) in splits.items():
        for sentence in _about_pixels(images):
            found.setdefault(sentence, []).append("training" if split == "train" else split)
    sentences = [sentence.format(listed(names)) for sentence, names in found.items()]
    for split, (_, labels) in splits.items():
        counts = np.bincount(labels)
        few = np.flatnonzero(counts <= FEW_IMAGES)
        if len(few):
            sentences.append(
                f"{FILES[split][1]} has {FEW_IMAGES} images or fewer of class "
                f"{listed([str(label) for label in few[:12]])}"
                f"{' and others' if len(few) > 12 else ''}; add images, or leave them out."
            )
    return sentences + _about_both(*splits["train"], *splits["test"])


def _about_pixels(images: Images) -> list[str]:
    """Sentences with {} in place of the name of the split."""
    sentences = []
    sample = images[_sample(images)]
    edges = np.stack([sample[:, 0], sample[:, -1], sample[:, :, 0], sample[:, :, -1]])
    is_bright = np.median(sample) >= BRIGHT
    if is_bright or np.median(edges) >= BRIGHT:
        place = "" if is_bright else " at the edge"
        sentences.append(
            f"The median pixel{place} of the {{}} images is bright. Ink is read as light on "
            "dark: the score takes bright paper or a bright border for the figure. Write 255 minus "
            "the images, or cut the border off."
        )
    contrast = _contrast(images)
    if (typical := int(np.median(contrast))) < FAINT_CONTRAST:
        sentences.append(
            "The {} images are faint: in half of them, grey levels differ by at most "
            f"{typical} of 255. Scale them to 0 to 255."
        )
    if blank := int((contrast < MIN_CONTRAST).sum()):
        sentences.append(
            f"Nothing can be seen in {counted(blank, '{} image')}: grey levels differ by "
            f"less than {MIN_CONTRAST} of 255."
        )
    distinct = len(set(_contents(images)))
    if distinct <= len(images) / 2:
        sentences.append(f"Of {len(images):,} {{}} images only {distinct:,} are different.")
    return sentences


def _about_both(
    train: Images, train_labels: NDArray[np.uint8], test: Images, test_labels: NDArray[np.uint8]
) -> list[str]:
    sentences = []
    known = set(_contents(train))
    seen = sum(content in known for content in _contents(test))
    if seen > MAX_KNOWN * len(test):
        sentences.append(
            f"{seen:,} of {counted(len(test), 'test image')} are training images too, so the score "
            "says little about images that a model has not seen."
        )
    chance = np.bincount(test_labels).max() / len(test_labels)
    right = _nearest_neighbour(train, train_labels, test, test_labels)
    if right < chance + MIN_NEAREST * (1 - chance):
        sentences.append(
            f"Only {100 * right:.1f} % of the test images are of the class of the training image "
            f"nearest to them ({100 * chance:.1f} % by chance). Labels may not belong to their "
            "images, or one split may be turned, mirrored or inverted."
        )
    return sentences


def _nearest_neighbour(
    train: Images, train_labels: NDArray[np.uint8], test: Images, test_labels: NDArray[np.uint8]
) -> float:
    """The share of test images of the class of the nearest training image, in a sample of both."""
    some, others = _sample(train), _sample(test)
    known, asked = (
        images.reshape(len(images), -1).astype(np.float32) for images in (train[some], test[others])
    )
    nearest = ((known**2).sum(1) - 2 * asked @ known.T).argmin(1)
    return float((train_labels[some][nearest] == test_labels[others]).mean())


def _sample(images: Images) -> slice:
    """At most SAMPLE images, evenly spaced."""
    return slice(None, None, -(-len(images) // SAMPLE))


def _contrast(images: Images) -> NDArray[np.uint8]:
    """The difference of the largest and the smallest grey level of each image (N,)."""
    return np.ptp(images.reshape(len(images), -1), axis=1)


def _contents(images: Images) -> list[int]:
    """A number for each image, which equal images share."""
    return [hash(image.tobytes()) for image in images]


def near_chance(judges: Sequence[Mapping[str, float]]) -> list[str]:
    """A caution if the classifier of a judge, by its JSON file, is nearer to chance than to 1."""
    worst = min(judges, key=lambda judge: judge["accuracy"])
    accuracy, chance = worst["accuracy"], worst["chance"]
    if 1 - accuracy <= accuracy - chance:
        return []
    return [
        f"A judge recognises the class of {100 * accuracy:.1f} % of the training images that it "
        f"did not see ({100 * chance:.1f} % by chance), so scores say little: labels may not "
        "belong to their images, or classes look alike."
    ]
