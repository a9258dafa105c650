"""The Croissant description of a release."""

import json

from curate.models import Release

__all__ = ["croissant_json"]


def croissant_json(release: Release) -> str:
    """Returns croissant.json."""
    return json.dumps({"name": release.name}) + "\n"
