"""Looks for names and other personal data: presidio's patterns, and names by ja-ginza; nothing is fetched."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from curate.corpus.pipeline import Progress
from curate.errors import SetupError
from curate.models import PersonalKind
from curate.publishing.patterns import PATTERNS
from curate.publishing.spans import Span
from curate.sampling.extras import installed

__all__ = ["MODEL", "personal_spans"]

MODEL = "ja_ginza"
LANGUAGE = "ja"
BATCH = 256
PERSON = "Person"
NAME = PersonalKind.NAME.value
_PERSON_TAG = "名詞-固有名詞-人名"
_SURE = 0.5
_EPONYM = re.compile(
    r"\s?(?:[-・－ー型様氏の]{0,2})(?:病|症|徴候|反射|法|試験|テスト|染色|分類|手術|線|管|腺|野|体|環|孔|靱帯|"
    r"細胞|小体|反応|療法|培地|液|方程式|則|定数|係数|数|プロット|スコア|基準|図|曲線|型|麻痺|骨折|脱臼|瘤|"
    r"結節|斑|窩|橋|核|束|膜|ショック|現象|効果|リンパ|舞踏|失語|ヘルニア|貧血|血管|腫|肉腫|転位|付加|縮合|分解)"
)
_LATIN = re.compile(r"^[A-Za-zＡ-Ｚａ-ｚ0-9０-９\s.,・'’()（）/+-]*$")


def personal_spans(texts: Sequence[str], progress: Progress) -> Iterator[list[Span]]:
    """Yields what is found in each text.

    Raises:
        SetupError: presidio, spaCy or the model is not installed; nothing is downloaded.
    """
    analyzer, nlp = _engines()
    entities = sorted({NAME, PersonalKind.CREDIT_CARD.value, *(r.kind.value for r in PATTERNS)})
    for start in range(0, len(texts), BATCH):
        some = texts[start : start + BATCH]
        for text, known in zip(some, _artifacts(some, nlp), strict=True):
            found = analyzer.analyze(
                text,
                LANGUAGE,
                entities=entities,
                nlp_artifacts=known,
                score_threshold=_SURE,
                return_decision_process=True,
            )
            yield [span for one in found if (span := _span(text, one, known.tokens)) is not None]
        progress("looking for personal data (lines)", start + len(some), len(texts))


def _artifacts(texts: Sequence[str], nlp: Any) -> Iterator[Any]:
    """Yields what presidio wants to know of each text.

    Sudachi tells which words may be names of persons; only where there is one is the network asked, which
    takes a hundred times as long.
    """
    artifacts = installed("presidio_analyzer.nlp_engine", "publish").NlpArtifacts
    docs = [nlp.get_nlp(LANGUAGE).make_doc(text) for text in texts]
    asked = [text for text, doc in zip(texts, docs, strict=True) if _names_person(doc)]
    answers = nlp.process_batch(asked, LANGUAGE, batch_size=BATCH)
    for doc in docs:
        if _names_person(doc):
            yield next(answers)[1]
        else:
            places = [token.idx for token in doc]
            yield artifacts([], doc, places, [token.text for token in doc], nlp, LANGUAGE, [])


def _names_person(tokens: Iterable[Any]) -> bool:
    return any(token.tag_.startswith(_PERSON_TAG) for token in tokens)


def _span(text: str, result: Any, doc: Any) -> Span | None:
    kind = PersonalKind(result.entity_type)
    if kind is PersonalKind.NAME and not _is_name(text, result, doc):
        return None
    rule = result.analysis_explanation.pattern_name or kind.value
    return Span(result.start, result.end, kind, rule)


def _is_name(text: str, result: Any, doc: Any) -> bool:
    """Whether a name stands for a person: not for a disease or method of that name, nor for a formula."""
    start, end = result.start, result.end
    words = doc.char_span(start, end, alignment_mode="expand")
    is_said = result.analysis_explanation.pattern_name is not None
    return is_said or (
        _names_person(words or ())
        and not _LATIN.match(text[start:end])
        and not _EPONYM.match(text, end)
    )


@cache
def _engines() -> tuple[Any, Any]:
    """Returns presidio's analyzer and its spaCy engine; only what recognises names is kept of the model."""
    presidio = installed("presidio_analyzer", "publish")
    if find_spec(MODEL) is None:  # presidio would download it
        raise SetupError(
            f"the model {MODEL} is not installed", hint="pip install 'jmle-curate[publish]'"
        )
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    nlp = _spacy_engine()
    registry = presidio.RecognizerRegistry(supported_languages=[LANGUAGE])
    registry.recognizers = [*_recognizers(presidio)]
    analyzer = presidio.AnalyzerEngine(
        registry=registry, nlp_engine=nlp, supported_languages=[LANGUAGE]
    )
    return analyzer, nlp


def _spacy_engine() -> Any:
    provider = installed("presidio_analyzer.nlp_engine", "publish").NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": LANGUAGE, "model_name": MODEL}],
            "ner_model_configuration": {
                "model_to_presidio_entity_mapping": {PERSON: NAME},
                "labels_to_ignore": [],
            },
        }
    )
    engine = provider.create_engine()
    pipeline = engine.get_nlp(LANGUAGE)
    pipeline.select_pipes(enable=["tok2vec", "ner"])
    labels = set(pipeline.get_pipe("ner").labels) - {PERSON}
    engine.ner_model_configuration.labels_to_ignore = sorted(labels)
    return engine


def _recognizers(presidio: Any) -> Iterator[Any]:
    flags = int(re.MULTILINE)
    for rule in PATTERNS:
        pattern = presidio.Pattern(name=rule.name, regex=rule.regex, score=rule.score)
        yield presidio.PatternRecognizer(
            rule.kind.value,
            name=rule.name,
            supported_language=LANGUAGE,
            patterns=[pattern],
            global_regex_flags=flags,
        )
    generic = installed("presidio_analyzer.predefined_recognizers", "publish")
    yield generic.CreditCardRecognizer(
        supported_language=LANGUAGE, supported_entity=PersonalKind.CREDIT_CARD.value
    )
    yield generic.SpacyRecognizer(supported_language=LANGUAGE, supported_entities=[NAME])
