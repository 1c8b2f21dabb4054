"""How good is a path of images: formulas, judges, and what runs them."""
