"""Write the checksums of the shipped editions: only after adding one, never to excuse a change."""

import json
from pathlib import Path

from jpmirai_compliance.principles import digest_of, editions
from jpmirai_compliance.principles.catalogue import CHECKSUMS

BANK = Path(__file__).parents[1] / "src/jpmirai_compliance/principles/bank"


def main() -> None:
    """Keep what is listed; add what is new."""
    path = BANK / CHECKSUMS
    listed = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = {key: digest_of(key) for key in editions()}
    path.write_text(json.dumps(found | listed, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
