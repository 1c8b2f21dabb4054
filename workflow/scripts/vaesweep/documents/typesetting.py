"""PDF documents, typeset by Typst.

Texts and numbers reach the templates as JSON data and never as markup, so no text can break a
document. The creation time is left out, so equal inputs give equal bytes.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from vaesweep.files import workflow_path

ROOT = Path(__file__).parents[4]
TEMPLATES = workflow_path("templates")


def typeset(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Typeset a template of `workflow/templates` and return a PDF tagged for screen readers.

    The template reads `data` as `json("data.json")` and finds the pictures by their names.
    """
    # Only fonts that come with the packages, so that pages look the same on every machine.
    fonts = typst.Fonts(
        include_system_fonts=False, font_paths=[Path(mpl.get_data_path(), "fonts", "ttf")]
    )
    with tempfile.TemporaryDirectory() as folder:
        for path in TEMPLATES.iterdir():
            shutil.copyfile(path, Path(folder, path.name))  # without the permissions, if read-only
        Path(folder, "data.json").write_text(json.dumps(data), encoding="utf-8")
        for name, picture in pictures.items():
            Path(folder, name).write_bytes(picture)
        compiler = typst.Compiler(Path(folder, template), root=folder, font_paths=fonts)
        pdf = compiler.compile(format="pdf", pdf_tags=True)
    assert isinstance(pdf, bytes)
    return pdf
