"""The submission, the reports and the explorer."""
