"""The grids of the assignment, and the figures of the comparison."""
