"""What the runs of a sweep say together: tables, choice, findings, costs."""
