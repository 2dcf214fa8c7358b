"""Reading rounds, assessments, answers and snapshots: frozen values out, never rows."""
