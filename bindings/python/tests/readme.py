"""Runs every Python example of the package's README and of the project's, each in a process of its own.

`python readme.py`, with nothing installed but the package.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path


def examples_of(readme: Path) -> list[str]:
    """The Python examples of a README; there are some."""
    examples: list[str] = re.findall(r"```python\n(.*?)```", readme.read_text(), re.DOTALL)
    if not examples:
        raise SystemExit(f"{readme} has no examples in Python")
    return examples


def main() -> None:
    folders = Path(__file__).parents
    examples = examples_of(folders[1] / "README.md") + examples_of(folders[3] / "README.md")
    for example in examples:
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run([sys.executable, "-c", example], cwd=directory, timeout=120, check=False)
        if done.returncode != 0:
            raise SystemExit(f"an example of a README failed:\n{example}")
    print(f"{len(examples)} examples of the READMEs ran")


if __name__ == "__main__":
    main()
