"""Runs every Python example of the README, each in a process of its own: `python readme.py`, with nothing installed but the package."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    if len(examples) < 4:
        raise SystemExit(f"the README has only {len(examples)} examples in Python")
    for example in examples:
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run([sys.executable, "-c", example], cwd=directory, timeout=120, check=False)
        if done.returncode != 0:
            raise SystemExit(f"an example of the README failed:\n{example}")
    print(f"{len(examples)} examples of the README ran")


if __name__ == "__main__":
    main()
