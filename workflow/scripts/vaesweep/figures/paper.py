"""Sizes of paper."""

PAPER_INCHES = {"us-letter": (8.5, 11.0), "a4": (210 / 25.4, 297 / 25.4)}
