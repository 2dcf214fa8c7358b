"""Write docs/permissions.md from the table in foundation/policy.py."""

import sys
from pathlib import Path

from jpmirai_compliance.foundation.policy import GRANTS, Permission, Role

TARGET = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
HEAD = """# Permissions

Made by `python tools/permissions.py` from `foundation/policy.py`; a test keeps the two equal.
A permission is granted if every condition of one cell holds; anything else is denied.
What may not be read answers 404, what may be seen but not done answers 403.

| permission | granted if |
|---|---|
"""


def document() -> str:
    """Return the whole page."""
    rows = []
    for permission in sorted(Permission):
        ways = [
            " and ".join(
                (p.__doc__ or "").rstrip(".").removeprefix("Return whether the actor ") for p in row
            )
            for row in GRANTS[permission]
        ]
        rows.append(f"| `{permission}` | the actor " + ", **or** ".join(ways) + " |\n")
    roles = "".join(f"- `{role}`\n" for role in Role)
    return HEAD + "".join(rows) + "\nRoles:\n\n" + roles


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
