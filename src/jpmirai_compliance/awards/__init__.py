"""Award categories, entries, judging, shortlist and decision."""
