"""The Croissant description of a release (1.0, with the fields for responsible AI), as JSON-LD."""

import json
from collections.abc import Iterator
from typing import Any

from curate.models import CorpusFacts, PairsFacts, Release, ReleaseTable
from curate.publishing.licences import OTHER, licence_url
from curate.text import visible

__all__ = ["CROISSANT", "croissant_json", "without_bytes"]

CROISSANT = "croissant.json"

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int64": "cr:Int64", "bool": "sc:Boolean", "float64": "cr:Float64"}
_WHAT = {
    "corpus": "Questions of exams with explanations, and documents, to pretrain language models on.",
    "pairs": "Preference pairs of explanations of exam questions, to train language models on.",
    "evaluation": "What a language model answered to exam questions, as letters and scores.",
}
_NOT_CLINICAL = (
    "Not for clinical use: no diagnosis, treatment, triage or advice, and no judging of people."
)
_NO_STATEMENT = (
    "The publisher makes no statement on personal data. Vignettes of exams tell ages, sexes and courses "
    "of illness."
)
_PARQUET = "application/x-parquet"


def croissant_json(release: Release) -> str:
    """Returns croissant.json of a release whose tables are written."""
    data = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.0",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": visible(release.notes.title or release.name, keep=""),
        "description": " ".join([*_description(release)]),
        "inLanguage": [*release.notes.languages],
        "license": [*_licences(release)],
        "keywords": ["curate", "jmle", "medical", release.kind.value],
        "distribution": [_file(table) for table in release.tables],
        "recordSet": [_record_set(table) for table in release.tables],
        **_responsible(release),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def without_bytes(text: str) -> dict[str, Any]:
    """Returns a Croissant description without the hashes and sizes of Parquet files.

    The same rows make other bytes with another version of Arrow; what else differs is drift.
    """
    data: dict[str, Any] = json.loads(text)
    for file in data.get("distribution", []):
        file.pop("sha256", None)
        file.pop("contentSize", None)
    return data


def _description(release: Release) -> Iterator[str]:
    yield _WHAT[release.kind.value]
    if release.notes.summary:
        yield visible(release.notes.summary, keep="")
    yield _NOT_CLINICAL
    if release.audit is not None:
        yield f"Audit against held-out exams: {release.audit.verdict.value}."
    for source in release.withheld:
        yield f"Nobody states a licence for {visible(source.name, keep='')}: its texts are not published."


def _licences(release: Release) -> Iterator[str]:
    for source in {source.id: source for source in release.sources}.values():
        if source.id == OTHER:
            yield source.link or visible(source.title or OTHER, keep="")
        else:
            yield licence_url(source.id) if source.id else "unknown"


def _file(table: ReleaseTable) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": table.path,
        "name": table.path,
        "contentUrl": table.path,
        "contentSize": f"{table.bytes} B",
        "encodingFormat": _PARQUET,
        "sha256": table.sha256,
    }


def _record_set(table: ReleaseTable) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.config,
        "name": table.config,
        "description": f"{table.rows} rows, split {table.split}.",
        "field": [_field(feature, table.config, table.path) for feature in table.features],
    }


def _field(
    feature: dict[str, Any], parent: str, file: str, within: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Returns a column, or a field of one: what a list holds is repeated, what a struct holds its parts."""
    place = (*within, feature["name"])
    name = f"{parent}/{feature['name']}"
    repeated = "list" in feature
    inner = feature.get("list", feature.get("dtype") or feature.get("struct"))
    while isinstance(inner, dict):
        inner = inner.get("list") or inner.get("dtype") or inner.get("struct")
    told: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name}
    if repeated:
        told["repeated"] = True
    if isinstance(inner, list):
        told["subField"] = [_field(one, name, file, place) for one in inner]
        return told
    source: dict[str, Any] = {"fileObject": {"@id": file}, "extract": {"column": place[0]}}
    if within:
        source["transform"] = {"jsonPath": ".".join(place[1:])}
    return told | {"dataType": _TYPES[str(inner)], "source": source}


def _responsible(release: Release) -> dict[str, Any]:
    """Returns the fields for responsible AI; all they tell stands on the card, too."""
    notes = release.notes
    contact = visible(notes.contact, keep="") if notes.contact else "nobody is named"
    return {
        "rai:dataCollection": " ".join([*_collection(release)]),
        "rai:dataCollectionType": ["Secondary Data Analysis"],
        "rai:dataPreprocessingProtocol": [*_steps(release)],
        "rai:dataBiases": [*_biases(release)],
        "rai:dataLimitations": [*_limits(release)],
        "rai:dataSocialImpact": _NOT_CLINICAL,
        "rai:dataUseCases": [
            visible(notes.intended_use, keep="")
            if notes.intended_use
            else "Research on language models that answer questions of exams in medicine."
        ],
        "rai:personalSensitiveInformation": [
            visible(notes.personal_data, keep="") if notes.personal_data else _NO_STATEMENT
        ],
        "rai:dataReleaseMaintenancePlan": f"To have something taken down, ask: {contact}.",
    }


def _collection(release: Release) -> Iterator[str]:
    names = ", ".join(visible(one.name, keep="") for one in release.sources)
    origin = {"real": "real texts", "synthetic": "made-up texts", "mixed": "real and made-up texts"}
    yield f"Origin: {origin.get(release.notes.origin or '', 'the publisher does not say')}."
    facts = release.facts
    if isinstance(facts, PairsFacts):
        yield f"Sides of pairs were sampled from a language model ({facts.sampled.engine})."
    year = facts.max_year if isinstance(facts, CorpusFacts) else None
    yield f"Read from: {names}{f', set and published in {year} or before' if year else ''}."


def _steps(release: Release) -> Iterator[str]:
    for stage in release.ledger.stages if release.ledger else ():
        dropped = ", ".join(f"{reason} {rows}" for reason, rows in stage.dropped.items())
        yield f"{stage.stage}: {stage.rows_in} in, {stage.rows_out} out{f' ({dropped})' if dropped else ''}"


def _biases(release: Release) -> Iterator[str]:
    if isinstance(release.facts, PairsFacts):
        for one in release.facts.kinds:
            yield (
                f"Of {one.pairs} pairs of {one.chosen_tier.value} over {one.rejected_tier.value}, the "
                f"preferred side is longer in {one.gap.longer} and shorter in {one.gap.shorter}."
            )
    yield "Questions of exams in one country and language, written by those who set them."


def _limits(release: Release) -> Iterator[str]:
    audit = release.audit
    if audit is not None and audit.power is not None:
        power = audit.power
        yield (
            f"The audit found {power.recall:.4f} of planted disguised copies (95 % interval "
            f"{power.low:.4f} to {power.high:.4f}); of copies disguised otherwise it says nothing."
        )
    for one in audit.benchmarks if audit else ():
        name = visible(one.name, keep="")
        yield f"Compared with {name}: {one.items_indexed} items, {one.items_undetermined} too short to check."
    yield from (visible(limit, keep="") for limit in release.notes.limits)
