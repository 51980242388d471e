"""Writes the typed client.

    python -m api.client_code [--check] [--documents FOLDER --out FOLDER]

Without folders: `suyuan_client/generated` from `docs/reference/examples`. With them: a client from your
own documents, one operation in each `.graphql` file, which goes by the name of the file; it uses
`suyuan_client.transport`. `--check` writes nothing and exits with 1 when a file is not what would be
written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from api.client_code.reading import DocumentRefused, operation_of
from api.client_code.writing import modules
from api.schema import executable

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "reference" / "examples"
CLIENT = ROOT / "suyuan_client" / "generated"
TRANSPORT = "suyuan_client.transport"


def files(documents: Path) -> dict[str, str]:
    """Text of each module; DocumentRefused for documents that no client can be made from."""
    found = sorted(documents.rglob("*.graphql"))
    if not found:
        raise DocumentRefused(f"no documents in {documents}")
    schema = executable()
    operations = [operation_of(schema, path.stem, path.read_text("utf-8")) for path in found]
    return modules(operations, TRANSPORT)


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` compare them."""
    parser = argparse.ArgumentParser(prog="python -m api.client_code", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--documents", type=Path, default=EXAMPLES)
    parser.add_argument("--out", type=Path, default=CLIENT)
    asked = parser.parse_args(arguments)
    try:
        made = files(asked.documents)
    except DocumentRefused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    there = {path.name: path.read_text("utf-8") for path in asked.out.glob("*.py")}
    if asked.check:
        stale = sorted(
            name for name in made.keys() | there.keys() if made.get(name) != there.get(name)
        )
        for name in stale:
            sys.stderr.write(f"{asked.out.name}/{name} is stale: run python -m api.client_code\n")
        return 1 if stale else 0
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - made.keys():
        (asked.out / name).unlink()
    for name, text in made.items():
        if there.get(name) != text:
            (asked.out / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
