"""Figures as ratios against a named baseline in the same run; see `make bench`."""
