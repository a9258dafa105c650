"""Licences as people spell them, and the identifiers that the Hugging Face Hub knows."""

import re
import unicodedata
from functools import cache

from curate.errors import InputError, did_you_mean

__all__ = ["KNOWN", "NONE", "OTHER", "licence_id", "licence_url"]

OTHER = "other"
NONE = "unknown"
"""What the Hub calls a licence that nobody states."""

KNOWN = (
    *("afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause"),
    *("bsd-3-clause-clear", "bsl-1.0", "c-uda", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0"),
    *("cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0"),
    *("cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-sa-3.0"),
    *("cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0"),
    *("ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2", "gemma", "gfdl"),
    *("gpl-2.0", "gpl-3.0", "isc", "lgpl-2.1", "lgpl-3.0", "llama2", "llama3", "llama3.1"),
    *("llama3.2", "llama3.3", "llama4", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by"),
    *("ofl-1.1", "openrail", "osl-3.0", "pddl", "postgresql", "unlicense", "wtfpl", "zlib"),
)
"""Those of the Hub's identifiers that name one text of one licence."""

_SPDX = {
    **{name: name.upper() for name in KNOWN if name.startswith(("cc", "mit", "mpl", "odc", "bsd"))},
    "agpl-3.0": "AGPL-3.0-only",
    "apache-2.0": "Apache-2.0",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd-3-clause-clear": "BSD-3-Clause-Clear",
    "odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "pddl": "PDDL-1.0",
    "unlicense": "Unlicense",
}
_PHRASES = (
    (r"https?://creativecommons\.org/publicdomain/zero/1\.0.*", "cc0 1.0"),
    (r"https?://creativecommons\.org/licen[sc]es/([a-z-]+)/([0-9.]+).*", r"cc \1 \2"),
    (r"https?://(www\.)?apache\.org/licenses/license-2\.0.*", "apache 2.0"),
    (r"https?://opensource\.org/licen[sc]es?/", ""),
    (r"https?://spdx\.org/licenses/(.*?)(\.html)?$", r"\1"),
    ("creative commons|クリエイティブ・?コモンズ", "cc "),
    ("share[ -]?alike|継承", " sa "),
    ("non[ -]?commercial|非営利", " nc "),
    ("no[ -]?deriv(ative)?s?( works)?|改変禁止", " nd "),
    ("attribution|表示", " by "),
    (r"\b(a|l)?gpl ?v?(?=[0-9])", lambda found: f"{found[0].rstrip(' v')} "),
    (r"\bcc[ -]?zero\b", "cc0"),
    (r"\bcc0\b(?![ -]*v?[0-9])", "cc0 1.0"),
    (r"(?<=[a-z])[ -]v(?=[0-9])", " "),
    (r"(?<=[0-9])-?(\+|[ -]only|[ -]or[ -]later)", ""),
)
_NOISE = frozenset(
    {
        *("the", "license", "licence", "licensed", "under", "version", "v", "international"),
        *("universal", "unported", "generic", "public", "ライセンス", "国際", "の"),
    }
)
_UNSTATED = frozenset(
    {"", "none", "none stated", "not stated", "unknown", "なし", "不明", "n/a", "-"}
)


def licence_id(spelled: str | None, name: str, key: str = "licences") -> str | None:
    """Returns the Hub's identifier of a licence, however it is spelled; None where none is stated.

    `name` is whose it is, and `key` where the notes of a card say it.

    Raises:
        InputError: It is none of those known, or leaves open which version is meant.
    """
    plain = unicodedata.normalize("NFKC", spelled or "").casefold().strip()
    if plain in _UNSTATED:
        return None
    if found := _by_words().get(_words(plain)):
        return found
    near = _near(_words(plain)) or did_you_mean(plain, KNOWN)
    say = f"{key}: ID" if key == "licence" else f"{key}: {{{name}: ID}}"
    raise InputError(
        f"the licence {spelled!r} is none that the Hub knows.{near}",
        where=name,
        hint=f"Say which it is in the card's notes (--notes): {say}; or for ID "
        "{id: other, name: NAME, link: URL}.",
    )


def licence_url(name: str) -> str:
    """Returns where the text of a licence stands."""
    if name in _SPDX:
        return f"https://spdx.org/licenses/{_SPDX[name]}.html"
    return f"https://huggingface.co/docs/hub/repositories-licenses#{name}"


def _words(text: str) -> tuple[str, ...]:
    """Returns what a spelling says, in an order of its own: "CC-BY 4.0" and "cc 4 by" are the same."""
    for pattern, plain in _PHRASES:
        text = re.sub(pattern, plain, text)
    words = re.split(r"[^\w.+]+|(?<=[a-z])(?=[0-9]\.[0-9])", text)
    kept = (word.strip(".").removesuffix(".0") for word in words)
    return tuple(sorted(word for word in kept if word and word not in _NOISE))


def _near(words: tuple[str, ...]) -> str:
    """Returns what the words may mean: identifiers that say the same and a version."""
    wanted = set(words)
    near = [name for said, name in _by_words().items() if wanted and wanted < set(said)]
    return f" Which of {', '.join(near[:4])}?" if near else ""


@cache
def _by_words() -> dict[tuple[str, ...], str]:
    return {_words(name): name for name in KNOWN}
