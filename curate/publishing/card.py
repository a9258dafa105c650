"""The card of a release: the Hub's metadata, and a text whose every number is the release's."""

from collections.abc import Sequence
from typing import Any, Literal

from curate.models import FoundItem, Release, ReleaseKind, ReleaseSource, Verdict
from curate.publishing.licences import OTHER, licence_url
from curate.publishing.templates import front_matter, rendered
from curate.text import visible

__all__ = ["CARDS", "Language", "card_metadata", "release_card"]

Language = Literal["en", "ja"]
CARDS: dict[Language, str] = {"en": "README.md", "ja": "README.ja.md"}
SHOWN = 50
"""Most items that a list of a card names; findings.parquet has all."""

_CATEGORIES = {
    ReleaseKind.CORPUS: ["text-generation", "question-answering"],
    ReleaseKind.PAIRS: ["text-generation"],
    ReleaseKind.EVALUATION: ["question-answering"],
}
_TAGS = {
    ReleaseKind.CORPUS: ["pretraining"],
    ReleaseKind.PAIRS: ["preference", "dpo", "trl"],
    ReleaseKind.EVALUATION: ["evaluation-results"],
}
_SIZES = (
    *((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")),
    *((10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B")),
)


def release_card(release: Release, language: Language = "en") -> str:
    """Returns the card of a release.

    Raises:
        InputError: A template is broken, or asks for something that there is not; with file and line.
    """
    context = {
        "front": front_matter(card_metadata(release)),
        "r": release,
        "title": release.notes.title or release.name,
        "notes": release.notes,
        "facts": release.facts,
        "audit": release.audit,
        "ledger": release.ledger,
        "manifest": release.manifest,
        "version": release.manifest.version.partition("+")[0],
        "rows": release.tables[0].rows if release.tables else 0,
        "recycled": _named(getattr(release.facts, "found", []), Verdict.RECYCLED),
        "corpus_recycled": _named(getattr(release.facts, "corpus_found", []), Verdict.RECYCLED),
        "shown": SHOWN,
        "licence_url": licence_url,
    }
    return rendered(f"{release.kind.value}.{language}.md.jinja", context)


def card_metadata(release: Release) -> dict[str, Any]:
    """Returns what the Hub reads of a card: language, licence, categories, size, configs and columns."""
    return {
        "pretty_name": visible(release.notes.title or release.name, keep=""),
        "language": [*release.notes.languages],
        **_licence(release.sources),
        "task_categories": _CATEGORIES[release.kind],
        "size_categories": [_size(max((table.rows for table in release.tables), default=0))],
        "tags": ["curate", "jmle", "medical", *_TAGS[release.kind]],
        "configs": [
            {
                "config_name": table.config,
                "data_files": [
                    {"split": table.split, "path": f"data/{table.config}/{table.split}-*"}
                ],
            }
            | ({"default": True} if number == 0 else {})
            for number, table in enumerate(release.tables)
        ],
        "dataset_info": [
            {
                "config_name": table.config,
                "features": table.features,
                "splits": [
                    {
                        "name": table.split,
                        "num_bytes": table.num_bytes,
                        "num_examples": table.rows,
                    }
                ],
            }
            for table in release.tables
        ],
    }


def _licence(sources: Sequence[ReleaseSource]) -> dict[str, Any]:
    """Returns the licence, or the list of them; one that the Hub does not know goes by its name."""
    ids = sorted({source.id or "unknown" for source in sources})
    data: dict[str, Any] = {"license": ids[0] if len(ids) == 1 else ids}
    if OTHER in ids:
        others = [source for source in sources if source.id == OTHER]
        names = dict.fromkeys(visible(source.title or "", keep="") for source in others)
        data["license_name"] = "; ".join(names)
        links = dict.fromkeys(source.link for source in others if source.link)
        data["license_link"] = next(iter(links)) if len(links) == 1 else "README.md"
    return data


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "n>1B")


def _named(found: Sequence[FoundItem], verdict: Verdict) -> list[FoundItem]:
    return [one for one in found if one.verdict is verdict]
