"""Hooks of the site: pages that lie outside docs/, pages made of the program, and links between them.

Every page is readable as Markdown in the repository, too: its links lead to files there, and are turned here
into links of the site. A file of the repository that is no page comes along as it is; a folder has no link.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

import commands
import records
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": "index.md",
    "README.ja.md": "index.ja.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "pipelines/demo/README.md": "demo-data.md",
    "docs/decisions": "decisions/index.md",
    "schemas": "records.md",
}
ORIGINS = {page: origin for origin, page in PAGES.items() if origin.endswith(".md")}
PLACES = {"commands.md": commands.reference, "records.md": records.listed}
LINK = re.compile(r"(?<=\]\()([^)\s:#]+)(?=[)#])")
CJK = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
JOINED = re.compile(rf"(?<={CJK})\n(?={CJK})")
OPENED = re.compile(r'<html lang="\w+"')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that do not lie in docs/, and names every page in the navigation."""
    for page, origin in ORIGINS.items():
        _add(files, config, page, (ROOT / origin).read_text(encoding="utf-8"))
    for name, text in records.pages(ROOT / "schemas"):
        _add(files, config, f"records/{name}.md", text)
    decisions = sorted(uri for uri in files.src_uris if uri.startswith("decisions/"))
    _add(files, config, "decisions/index.md", _listed(decisions))
    _name_all(config.nav, files, ["decisions/index.md", *decisions])
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Returns a page's text with its generated part, and with links of the site."""
    uri = page.file.src_uri
    if uri in PLACES:
        markdown = markdown.replace("<!-- generated -->", PLACES[uri](ROOT))
    if uri.endswith(".ja.md"):  # a line's end would show as a blank
        markdown = JOINED.sub("", markdown)
    origin = posixpath.dirname(ORIGINS.get(uri, f"docs/{uri}"))

    def turned(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(origin, link[1]))
        return posixpath.relpath(_site(target, files, config), posixpath.dirname(uri) or ".")

    return LINK.sub(turned, _without_folders(markdown, origin))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Returns the page with the language that its name tells."""
    if page.file.src_uri.endswith(".ja.md"):
        return OPENED.sub('<html lang="ja"', output, count=1)
    return output


def _add(files: Files, config: MkDocsConfig, uri: str, text: str) -> None:
    files.append(File.generated(config, uri, content=text))


def _listed(uris: list[str]) -> str:
    """Returns the page that lists the decisions by their titles."""
    heads = [(ROOT / "docs" / uri).read_text(encoding="utf-8").partition("\n")[0] for uri in uris]
    lines = [
        f"- [{head.removeprefix('# ')}]({posixpath.basename(uri)})"
        for head, uri in zip(heads, uris, strict=True)
    ]
    return "# Decisions\n\nWhat was chosen where there was a choice, and why.\n\n" + "\n".join(
        lines
    )


def _name_all(nav: list[Any], files: Files, decisions: list[str]) -> None:
    """Puts the pages that nobody named where they belong."""
    sections = {key: pages for entry in _sections(nav) for key, pages in entry.items()}
    sections["Decisions"].extend(decisions)
    record_pages = sorted(uri for uri in files.src_uris if uri.startswith("records/"))
    sections["Reference"].insert(2, {"Each record": record_pages})
    named = set(_pages(nav))
    top = {file.src_uri for file in files.documentation_pages() if "/" not in file.src_uri}
    sections["How to"].extend(sorted(top - named))


def _sections(nav: list[Any]) -> list[dict[str, Any]]:
    """Returns the entries of a navigation that hold others, inner ones too."""
    own = [entry for entry in nav if isinstance(entry, dict)]
    held = [pages for entry in own for pages in entry.values() if isinstance(pages, list)]
    return [*own, *(entry for pages in held for entry in _sections(pages))]


def _pages(nav: list[Any]) -> list[str]:
    """Returns the pages that a navigation names."""
    if isinstance(nav, str):
        return [nav]
    entries = list(nav.values()) if isinstance(nav, dict) else nav
    return [page for entry in entries for page in _pages(entry)]


def _site(target: str, files: Files, config: MkDocsConfig) -> str:
    """Returns where a file of the repository is in the site; takes it along if it is nowhere yet."""
    if target in PAGES:
        return PAGES[target]
    inside = target.removeprefix("docs/")
    if re.fullmatch(r"schemas/\w+\.schema\.json", target):
        inside = f"records/{posixpath.basename(target).partition('.')[0]}.md"
    if inside not in files.src_uris and (ROOT / target).is_file():
        inside = f"repository/{target}"
        if inside not in files.src_uris:
            files.append(File.generated(config, inside, abs_src_path=str(ROOT / target)))
    return inside


def _without_folders(markdown: str, origin: str) -> str:
    """Returns the text with the names of folders that are no page in place of links to them."""

    def plain(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(origin, link[2]))
        folder = (ROOT / target).is_dir() and target not in PAGES
        return link[1] if folder else link[0]

    return re.sub(r"\[([^\]]+)\]\(([^)\s:#]+)\)", plain, markdown)
