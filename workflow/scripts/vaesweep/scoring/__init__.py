"""How good is a path of images: distances, judges, formulas, and scores made of them."""
