"""Licences are read as people spell them, and never guessed."""

import pytest

from curate.errors import InputError
from curate.models import NamedLicence
from curate.publishing.licences import KNOWN, licence_id
from curate.publishing.notes import named_licence

SPELLED = {
    "CC BY 4.0": "cc-by-4.0",
    "ＣＣ ＢＹ ４．０": "cc-by-4.0",
    "CC-BY-SA 4.0 International": "cc-by-sa-4.0",
    "Creative Commons Attribution-ShareAlike 4.0 International License": "cc-by-sa-4.0",
    "Creative Commons Attribution NonCommercial NoDerivatives 4.0": "cc-by-nc-nd-4.0",
    "https://creativecommons.org/licenses/by-nc-sa/4.0/deed.ja": "cc-by-nc-sa-4.0",
    "クリエイティブ・コモンズ 表示 - 継承 4.0 国際 ライセンス": "cc-by-sa-4.0",
    "CC0": "cc0-1.0",
    "CC0 1.0 Universal": "cc0-1.0",
    "Apache 2": "apache-2.0",
    "Apache License, Version 2.0": "apache-2.0",
    "https://www.apache.org/licenses/LICENSE-2.0.txt": "apache-2.0",
    "https://spdx.org/licenses/MPL-2.0.html": "mpl-2.0",
    "The MIT License": "mit",
    "BSD 3-Clause License": "bsd-3-clause",
    "GPLv3": "gpl-3.0",
    "GPL-3.0-or-later": "gpl-3.0",
    "LGPL-2.1-only": "lgpl-2.1",
    "Llama 3.1": "llama3.1",
    "none stated": None,
    "": None,
    None: None,
}
NEAR = {
    "CC BY": "cc-by-4.0",
    "CC BY-NC": "cc-by-nc-4.0",
    "Apache-2.O": "apache-2.0",
    "the data set's card said CC BY 4.0, later CC BY-SA 4.0": "",
    "free for research": "",
    "public domain": "",
}


@pytest.mark.parametrize("spelled", SPELLED, ids=str)
def test_a_spelling_means_one_licence(spelled):
    assert licence_id(spelled, "exams") == SPELLED[spelled]


def test_every_identifier_means_itself_alone():
    for name in KNOWN:
        assert licence_id(name, "exams") == licence_id(name.upper(), "exams") == name


@pytest.mark.parametrize("spelled", NEAR)
def test_what_is_not_known_is_refused_with_its_source_and_what_is_near(spelled):
    with pytest.raises(InputError) as refused:
        licence_id(spelled, "exams")
    assert spelled in refused.value.message
    assert NEAR[spelled] in refused.value.message
    assert refused.value.where == "exams"
    assert "licences: {exams: ID}" in refused.value.hint


def test_notes_go_before_the_data_and_name_what_the_hub_does_not_know():
    own = NamedLicence(id="other", name="ministry-terms", link="https://example.org/terms")
    assert named_licence("exams", "free for research", own) == own
    assert named_licence("exams", "free for research", "CC BY 4.0").id == "cc-by-4.0"
    assert named_licence("exams", None, None) is None
    with pytest.raises(ValueError, match="needs its name"):
        NamedLicence(id="other")
    with pytest.raises(InputError, match="'mit-ish'") as refused:
        named_licence("some-model", None, "mit-ish", "models")
    assert "models: {some-model: ID}" in refused.value.hint
