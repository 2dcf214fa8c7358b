"""Reading the awards: frozen values out, never rows."""
