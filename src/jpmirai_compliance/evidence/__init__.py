"""Files and links behind answers."""
