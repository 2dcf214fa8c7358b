"""Posters of the five principles in the workers' languages."""
