"""Pictures: the grids of the assignment, and figures that compare."""
