"""The images and their pairs: had from a source, checked, kept as one file a split, paired."""
