"""Names of what is measured of a path and of a run, shared by the formulas and the tables.

Apart from the code that computes them, so that tables are compared without starting PyTorch.
"""

# Parts of the score of a path, each between 0 and 1; the last is made of the others.
PARTS = ("evenness", "ghost_free", "class_path", "quality")
# For context and never for rank: of a path, and of a run.
PATH_VIEWS = ("path_length", "directness", "step_gini", "feature_path_length")
VIEW_COLUMNS = (*PATH_VIEWS, "prior_frechet", "nll_is")
