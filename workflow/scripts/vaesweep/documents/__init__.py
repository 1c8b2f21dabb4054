"""The submission, the reports, their figures, and the explorer."""
