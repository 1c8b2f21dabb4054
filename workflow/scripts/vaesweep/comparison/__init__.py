"""Compares the runs of a sweep: tables, choice, verdict, findings, costs."""
