"""Compiled catalogues, as a package, so that they get into the wheel."""
