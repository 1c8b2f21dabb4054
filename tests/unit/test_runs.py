"""Rows of tables by setting, and the display names of settings."""

import pandas as pd

from vaesweep.runs import Names, Run, Setting, rows_of


def test_rows_of_settings_keep_the_order_of_the_table():
    table = pd.DataFrame({"variant": ["a", "b", "a", "b"], "latent_size": [2, 2, 8, 8]})
    found = rows_of(table, Setting("b", 8), Setting("a", 2))
    assert found.index.tolist() == [0, 3]
    assert list(rows_of(table[:0], Setting("a", 2))) == list(table)


def test_at_one_latent_size_variants_are_named_alone():
    settings = [Setting("vae", 8), Setting("conv", 8)]
    names = Names.of(settings)
    assert (names.noun, names.label(settings[1])) == ("variant", "conv")
    assert names.phrase(settings) == "vae and conv"
    assert names.run(Run("conv", 8, 3)) == "conv, latent size 8, seed 3"
    assert Names.of(settings[:1]).run(Run("vae", 8, 3)) == "latent size 8, seed 3"
