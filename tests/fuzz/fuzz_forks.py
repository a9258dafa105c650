"""Reads PDFs in a fork of this process, the same bytes once: to start the reader takes longest."""

import os
import resource
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from curate.sources.booklet import glyphs, pages


def forked(path, file, lines):
    """Stands for what starts the reader."""
    lines.write(_told(path, path.read_bytes()))


@lru_cache(maxsize=4)
def _told(path, data):
    """Returns what the reader writes; its limits count from what this process has already."""
    room = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = (room + pages.MEMORY, pages.SECONDS, pages.MAX_PAGES, pages.MAX_GLYPHS)
    with tempfile.TemporaryFile() as lines:
        child = os.fork()
        if child == 0:
            try:
                with open(lines.fileno(), "w", closefd=False) as sys.stdout:
                    glyphs.main([str(path), *map(str, limits)])
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        lines.seek(0)
        return lines.read()
