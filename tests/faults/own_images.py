"""Change a folder of images as public bug reports describe: python own_images.py KIND FOLDER."""

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[2] / "workflow/scripts"))
from vaesweep.data.idx import FILES, idx_bytes, parse_idx

kind, folder = sys.argv[1], Path(sys.argv[2])
random = np.random.default_rng(0)
for image_file, label_file in FILES.values():
    images = parse_idx((folder / image_file).read_bytes(), image_file)
    labels = parse_idx((folder / label_file).read_bytes(), label_file)
    if kind == "shuffled":  # labels that do not belong to their images
        labels = random.permutation(labels)
    elif kind == "white":  # dark ink on white paper
        images = 255 - images
    elif kind == "unit":  # pixels of 0 and 1
        images = (images > 127).astype(np.uint8)
    content = {image_file: idx_bytes(images), label_file: idx_bytes(labels)}
    if kind == "int64":  # labels of 8 bytes each, under the header of bytes
        content[label_file] = content[label_file][:8] + labels.astype(np.int64).tobytes()
    for name, written in content.items():
        path = folder / name
        path.unlink()
        if kind == "dots":  # train-images.idx3-ubyte
            path = folder / name.replace("-idx", ".idx")
        elif kind == "folders":  # a folder of the file's name
            path.mkdir()
            path /= name
        path.write_bytes(written)
