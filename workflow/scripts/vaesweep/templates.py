"""Pages and sentences that Jinja writes, by the templates of `workflow/templates`."""

import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from vaesweep import words
from vaesweep.files import workflow_path

TEMPLATES = Environment(
    loader=FileSystemLoader(workflow_path("templates")),
    autoescape=select_autoescape(),  # HTML, not reStructuredText
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
WRITERS = (words.capital, words.counted, words.interval, words.listed, words.number, words.signed)
TEMPLATES.globals |= {write.__name__: write for write in WRITERS}


def sentences(template: str, **facts: Any) -> list[str]:
    """What a template says of these facts, a paragraph each, on one line."""
    text = TEMPLATES.get_template(template).render(facts)
    paragraphs = [re.sub(r"[ \n]+", " ", part).strip() for part in re.split(r"\n\s*\n", text)]
    return list(filter(None, paragraphs))
