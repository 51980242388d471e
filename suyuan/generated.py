"""Writes, or with `--check` compares, every committed file that is derived from something else."""

from __future__ import annotations

import sys
from pathlib import Path

import api.client_code.__main__
import api.examples.page
import api.generate
import api.schema
import ingest.reference
from detect.detectors import DETECTORS
from detect.lab_communities import DETECTOR_ID as COMMUNITY_ID
from detect.labs import DETECTOR_ID as LAB_ID
from graph.model.texts import text
from graph.ontology import ontology

_REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def detectors_page() -> str:
    """docs/reference/detectors.md: each detector with its parameters, texts and clauses."""
    parts = [
        "# Detectors / 检测规则",
        "Generated from `detect/detectors/`; do not edit. / 由 `detect/detectors/` 生成，请勿手改。",
        "A finding is a lead, never proof. / 结论仅为线索，不是证据。",
    ]
    for detector in DETECTORS:
        head = f"detector.{detector.id}"
        parts.append(
            f"## {detector.id} {text(head + '.title', 'zh')} / {text(head + '.title', 'en')}\n\n"
            f"`{detector.name}` v{detector.version}, "
            f"{'violation' if detector.is_violation else 'link only, accuses nobody'}; "
            f"{'；'.join(detector.legal_basis)}\n\n"
            f"{text(head + '.limits', 'zh')}\n\n{text(head + '.limits', 'en')}"
        )
        rows = [
            f"| `{p.name}` | {p.default:g} | {p.unit} | {p.minimum:g} – {p.maximum:g} | {p.reason} |"
            for p in detector.parameters
        ]
        if rows:
            parts.append(
                "| parameter | default | unit | range | why |\n|---|---|---|---|---|\n"
                + "\n".join(rows)
            )
    for name, made in (
        (LAB_ID, "Put together from D12, D13 and D18 by `detect/labs.py`."),
        (COMMUNITY_ID, "Link only, accuses nobody; `detect/lab_communities.py`."),
    ):
        head = f"detector.{name}"
        parts.append(
            f"## {name} {text(head + '.title', 'zh')} / {text(head + '.title', 'en')}\n\n"
            f"{made}\n\n{text(head + '.limits', 'zh')}\n\n{text(head + '.limits', 'en')}"
        )
    return "\n\n".join(parts) + "\n"


def ontology_page() -> str:
    """docs/reference/ontology.md: every entity type and relation with its properties."""
    known = ontology()
    parts = [
        "# Ontology / 本体",
        "Generated from `graph/ontology/`; do not edit. / 由 `graph/ontology/` 生成，请勿手改。",
        "## Entity types / 实体类型",
    ]
    for entity in sorted(known.entities.values(), key=lambda e: e.name):
        rows = [
            f"| `{p.name}` | `{p.kind}` | {p.unit or ''} | {'yes' if p.required else ''} | "
            f"{'yes' if p.personal else ''} | {p.zh} / {p.en} |"
            for p in entity.properties
        ]
        parts.append(
            f"### {entity.name} · {entity.title['zh']} / {entity.title['en']}\n\n"
            f"{entity.doc['zh']} / {entity.doc['en']} Key: {', '.join(entity.key)}.\n\n"
            "| property | kind | unit | required | personal | meaning |\n|---|---|---|---|---|---|\n"
            + "\n".join(rows)
        )
    rows = []
    for name, relation in sorted(known.relations.items()):
        link = relation.link
        tie = (
            f"{link.weight:g}, {link.source_type}{', strong' if link.is_strong else ''}"
            if link
            else ""
        )
        rows.append(
            f"| `{name}` | {relation.start} → {relation.end} | "
            f"{relation.title['zh']} / {relation.title['en']} | {tie} |"
        )
    parts.append(
        "## Relations / 关系\n\nThe last column says how far a shared end ties two merchants: weight, "
        "source type. / 末列为共用该端点时的关联权重与来源类别。\n\n"
        "| relation | ends | meaning | link |\n|---|---|---|---|\n" + "\n".join(rows)
    )
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Write every derived file, or with `--check` name those that are stale."""
    status = 0
    for name, render in (("detectors.md", detectors_page), ("ontology.md", ontology_page)):
        page, target = render(), _REFERENCE / name
        if "--check" not in arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != page:
            sys.stderr.write(f"docs/reference/{name} is stale: run make generate\n")
            status = 1
    for generator in (
        api.generate.main,
        api.schema.main,
        ingest.reference.main,
        api.examples.page.main,
        api.client_code.__main__.main,
    ):
        status |= generator(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
