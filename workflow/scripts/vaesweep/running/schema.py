"""The schema of config.yaml and the defaults in it."""

from functools import lru_cache
from typing import Any

import yaml

from vaesweep.files import workflow_path

SCHEMA = workflow_path("schemas/config.schema.yaml")


@lru_cache
def read_schema() -> dict[str, Any]:
    """The schema, read once, because reading takes longer than all checks."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def defaults(schema: dict[str, Any]) -> dict[str, Any]:
    """The default of every key, section by section."""
    return {
        key: defaults(part) if "properties" in part else part["default"]
        for key, part in schema["properties"].items()
    }
