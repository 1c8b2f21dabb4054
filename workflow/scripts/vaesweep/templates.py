"""The Jinja environment of the texts in `workflow/templates`."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from vaesweep.files import workflow_path
from vaesweep.words import counted, interval, listed, number

TEMPLATES = Environment(
    loader=FileSystemLoader(workflow_path("templates")),
    autoescape=select_autoescape(),  # HTML, not reStructuredText
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
for function in (counted, interval, listed, number):
    TEMPLATES.globals[function.__name__] = function
