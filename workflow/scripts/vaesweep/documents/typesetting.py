"""PDF documents, typeset by Typst.

Texts and numbers reach the templates as JSON data and never as markup, so no text can break a
document. The creation time is left out, so equal inputs give equal bytes.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from vaesweep.files import scratch_folder, workflow_path

ROOT = Path(__file__).parents[4]
TEMPLATES = workflow_path("templates")
SOURCES = "sources.yaml"  # the bibliography


def typeset(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Typeset a template of `workflow/templates` and return a PDF tagged for screen readers.

    The template reads `data` as `json("data.json")` and finds the pictures by their names.
    """
    # Only fonts that come with the packages, so that pages look the same on every machine.
    fonts = typst.Fonts(
        include_system_fonts=False, font_paths=[Path(mpl.get_data_path(), "fonts", "ttf")]
    )
    with scratch_folder() as folder:
        for name in (template, SOURCES):
            shutil.copyfile(TEMPLATES / name, folder / name)  # without permissions, if read-only
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        for name, picture in pictures.items():
            (folder / name).write_bytes(picture)
        compiler = typst.Compiler(folder / template, root=folder, font_paths=fonts)
        pdf = compiler.compile(format="pdf", pdf_tags=True)
    assert isinstance(pdf, bytes)
    return pdf
