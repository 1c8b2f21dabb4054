"""Reading the tables of results/comparison: runs, settings, differences, judges and controls."""

from pathlib import Path

import pandas as pd

from vaesweep.files import read_table

TEXT_COLUMNS = (
    "flags", "variant", "variant_a", "variant_b", "first_variant_a", "first_variant_b"
)  # fmt: skip
# True, False, or missing where there are too few seeds to tell.
TERNARY_COLUMNS = ("tied", "tied_with_first")
TYPES = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(TERNARY_COLUMNS, "boolean")


def read_comparison(path: str | Path, *columns: str) -> pd.DataFrame:
    """Read a table of the comparison. UserError if it is damaged or lacks one of `columns`."""
    return read_table(path, *columns, types=TYPES)
