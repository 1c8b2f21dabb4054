"""The data sets: fetching and checking their files, one file per split, and the pairs of images."""
