"""A statement of Cypher with a name, kept in a `.cypher` file beside the module that uses it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from graph.errors import StatementFailed

# What may hold a dollar sign that is no parameter: comments, quoted text, backquoted names. A text
# or comment left open reaches to the end, so that nothing inside it is taken for a parameter.
_OPAQUE = r"""
    //[^\n]*
  | /\*.*?(?:\*/|\Z)
  | '(?:\\.|[^'\\])*(?:'|\Z)
  | "(?:\\.|[^"\\])*(?:"|\Z)
  | `(?:``|[^`])*(?:`|\Z)
"""
_TOKEN = re.compile(rf"{_OPAQUE}|\$(?P<name>[^\W\d]\w*)", re.VERBOSE | re.DOTALL)
_HEADER = re.compile(r"(?:[ \t]*//[^\n]*\n|[ \t]*\n)*")


@dataclass(frozen=True, slots=True)
class Statement:
    """Cypher text, the name it is known by in errors and in the server's list of transactions.

    `parameters` are the names the text refers to as `$name`. `header` is the comment at the top of
    its file, without the slashes; empty for a statement made in the program.
    """

    name: str
    text: str
    header: str = ""
    parameters: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", parameters_of(self.text))

    @classmethod
    def load(cls, module_file: str, file_name: str) -> Statement:
        """Read `file_name` from the folder of the module whose `__file__` is given; read once.

        Raises StatementFailed when the file is missing, or its header does not name every
        parameter.
        """
        return _load(Path(module_file).parent / file_name)

    def check(self, given: Mapping[str, Any]) -> None:
        """Raise StatementFailed unless exactly the parameters of the text are given.

        The server only complains of a missing one, so a misspelt filter would silently do nothing.
        """
        missing = sorted(self.parameters - given.keys())
        unknown = sorted(given.keys() - self.parameters)
        if missing or unknown:
            msg = f"{self.name}: parameters missing {missing}, unknown {unknown}"
            raise StatementFailed(msg, statement=self.name, missing=missing, unknown=unknown)


def parameters_of(text: str) -> frozenset[str]:
    """Names that `text` refers to as `$name`, outside of comments, quotes and backquotes."""
    return frozenset(match["name"] for match in _TOKEN.finditer(text) if match["name"])


@cache
def _load(path: Path) -> Statement:
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        msg = f"the statement {path.name} cannot be read: {error}"
        raise StatementFailed(msg, statement=path.stem) from error
    matched = _HEADER.match(content)
    head = matched.group() if matched else ""
    header = "\n".join(line.strip().lstrip("/").strip() for line in head.splitlines()).strip()
    statement = Statement(path.stem, content[len(head) :].strip(), header)
    unexplained = sorted(
        name for name in statement.parameters if not re.search(rf"\b{name}\b", header)
    )
    if not header or unexplained:
        msg = f"the header of {path.name} must say what the statement does and name {unexplained}"
        raise StatementFailed(msg, statement=path.stem, missing=unexplained)
    return statement
