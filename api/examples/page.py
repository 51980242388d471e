"""`docs/reference/operations.md`: every question, change and subscription, with the example to copy.

    python -m api.examples.page [--check]

`--check` writes nothing and exits with 1 when a file is not what would be written, when an operation
has no example, or when an example is not valid.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, parse, validate

from api.examples.entity_examples import entity_examples
from api.schema import executable

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
EXAMPLES = REFERENCE / "examples"

_TITLES = {
    "query": "Questions / 查询",
    "mutation": "Changes / 修改",
    "subscription": "Subscriptions / 订阅",
}
_HEAD = """# Operations / 操作

Generated from the schema by `python -m api.examples.page`; do not edit. / 由模式生成，请勿手改。

Each has an example: a document, and beside it the variables it was tested with. Copy one, put in ids of
your own, and change it. The typed client in `suyuan_client/` has a method for each of them.
"""


def roots(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLObjectType]]:
    """`query`, `mutation` and `subscription` with their types."""
    found = (schema.query_type, schema.mutation_type, schema.subscription_type)
    for name, root in zip(_TITLES, found, strict=True):
        if root is not None:
            yield name, root


def page(schema: GraphQLSchema) -> str:
    """The text of the page."""
    parts = [_HEAD]
    for kind, root in roots(schema):
        parts.append(f"## {_TITLES[kind]}\n")
        parts += [_section(kind, name, field) for name, field in sorted(root.fields.items())]
    return "\n".join(parts)


def missing(schema: GraphQLSchema) -> list[str]:
    """What is wrong with the examples that are there: `query.x: has no example`, or is not valid."""
    wrong = []
    for kind, root in roots(schema):
        for name in root.fields:
            path = EXAMPLES / kind / f"{name}.graphql"
            if not path.exists() or not path.with_suffix(".json").exists():
                wrong.append(f"{kind}.{name}: has no example")
                continue
            errors = validate(schema, parse(path.read_text(encoding="utf-8")))
            wrong += [f"{kind}.{name}: {error.message}" for error in errors]
            if not isinstance(json.loads(path.with_suffix(".json").read_text("utf-8")), dict):
                wrong.append(f"{kind}.{name}: its variables are no object")
    return wrong


def _section(kind: str, name: str, field: GraphQLField) -> str:
    lines = [f"### {name}\n", f"{_line(field.description)}\n"]
    for argument, known in field.args.items():
        lines.append(f"* `{argument}: {known.type}` {_line(known.description)}")
    gap = "\n" if field.args else ""
    example = f"examples/{kind}/{name}"
    lines.append(
        f"{gap}→ `{field.type}` · [example]({example}.graphql), [variables]({example}.json)\n"
    )
    return "\n".join(lines)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def main(arguments: list[str]) -> int:
    """Write the generated examples and the page, or with `--check` compare them."""
    schema, status = executable(), 0
    files = {EXAMPLES / name: text for name, text in entity_examples(schema).items()}
    files[REFERENCE / "operations.md"] = page(schema)
    for target, text in files.items():
        if "--check" not in arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{target.name} is stale: run python -m api.examples.page\n")
            status = 1
    for wrong in missing(schema):
        sys.stderr.write(f"{wrong}\n")
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
