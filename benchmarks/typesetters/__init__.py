"""Our posters beside those of other programs: time, memory, and whether the glyphs are right."""
