"""The audit of a run of pairs: its prompts, solutions and samples, by the detector of the corpus."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from curate.corpus.pipeline import Job, Progress, crew_for, run_job, steps_of
from curate.corpus.recipe import CorpusRecipe
from curate.corpus.shards import Shard
from curate.corpus.stage import Prepared
from curate.corpus.workers import uncollected
from curate.errors import CurateError
from curate.jobs.execute import protect, write_findings
from curate.jobs.gates import audit_gate, input_failure
from curate.jobs.pairs_plan import PairsPlan
from curate.jobs.plan import Plan
from curate.jobs.power import measured_power
from curate.jobs.read import Unread, refuse_unread
from curate.jobs.settle import Settled, settle
from curate.models import Audit, AuditVerdict, Record
from curate.runs import RunFolder, json_sha256
from curate.sources import source_files
from curate.sources.documents import DocumentsSource
from curate.tables import undropped

NAME = "pairs"
PROMPT, SOLUTION = "prompt", "ground_truth"

LEAKS = pl.Schema(
    {"question_id": pl.String(), "part": pl.String(), "index": pl.Int64(), "reason": pl.String()}
)
"""Texts that leak: a question's prompt, its solution, or the sample of an index."""


class Text(Record):
    """A text to be checked, as a document; its id is the question's for a prompt, which a decision names."""

    id: str
    text: str


Keyed = tuple[str, str, int | None, str]
"""Question, part, index and text."""


@dataclass(frozen=True)
class Checked:
    """What the audit found: which texts leak, the accounts, and the gate that failed, if one did."""

    leaks: pl.DataFrame
    settled: Settled
    error: CurateError | None

    def audit(self, plan: PairsPlan, content_sha256: str, rows: int) -> Audit:
        """Returns the audit of the pairs; without a passing audit of the corpus it gives no verdict."""
        own = self.settled.audit
        return own.model_copy(
            update={
                "verdict": own.verdict if plan.audited else AuditVerdict.NONE,
                "content_sha256": content_sha256,
                "rows": rows,
                "parent": plan.corpus.content_sha256 if plan.audited else None,
            }
        )


def check_texts(
    plan: PairsPlan, run: RunFolder, texts: Iterable[Keyed], progress: Progress
) -> Checked:
    """Looks for benchmark items in the texts, and writes what was found to findings.parquet."""
    keys: list[tuple[str, str, int | None]] = []
    run.work.write_lines("texts", _documents(texts, keys))
    audit = _audit_plan(plan, run)
    files = audit.files[NAME]
    with crew_for(files, plan.runner) as team:
        protected = protect(audit, progress)
        prepared = Prepared(
            detector=protected.detector,
            decisions=tuple(placed.decision for placed in plan.decisions),
        )
        steps = steps_of([plan.leakage.ready(prepared)])
        job = Job(audit.recipe.sources, steps, run.work, audit.request.fingerprint, keeps_rows=True)
        with uncollected():
            shards = run_job(job, ((0, file) for file in files), team, progress)
        refuse_unread(shards, "prompts or samples")
        guards = protected.benchmarks, protected.detector
        power = measured_power(audit, shards, *guards, team, progress)
    settled = settle(audit, shards, 0, protected.benchmarks, protected.detector, power)
    write_findings(run, shards)
    failed = input_failure(audit, Unread(0, None), protected.benchmarks)
    return Checked(_leaks(shards, keys), settled, failed or audit_gate(settled.audit, audit))


def _documents(texts: Iterable[Keyed], keys: list[tuple[str, str, int | None]]) -> Iterator[Text]:
    """Yields the texts as documents, and notes in `keys` whose they are, in their order."""
    for question_id, part, index, text in texts:
        keys.append((question_id, part, index))
        name = part if index is None else str(index)
        yield Text(id=question_id if part == PROMPT else f"{question_id}#{name}", text=text)


def _audit_plan(plan: PairsPlan, run: RunFolder) -> Plan:
    """Returns the plan of an audit of the texts, as `curate audit` would make it of a file."""
    source = DocumentsSource(path=str(run.work.lines("texts").absolute()), name=NAME)
    files = source_files(source)
    recipe = CorpusRecipe(
        recipe="audit/1",
        name=plan.recipe.name,
        seed=plan.recipe.seed,
        sources=[source],
        benchmarks=plan.recipe.benchmarks,
        stages=[plan.leakage],
    )
    identity = [plan.request.fingerprint, *(file.sha256 for file in files)]
    request = plan.request.model_copy(update={"fingerprint": json_sha256(identity)})
    return Plan(
        "audit", recipe, {NAME: files}, plan.decisions, request, plan.shown_command, plan.runner
    )


def _leaks(shards: Sequence[Shard], keys: Sequence[tuple[str, str, int | None]]) -> pl.DataFrame:
    marks = pl.scan_parquet([shard.marks for shard in shards], glob=False)
    found = marks.filter(~undropped()).select("row", "dropped_by").sort("row").collect()
    rows = [(*keys[row - 1], reason) for row, reason in found.iter_rows()]
    return pl.DataFrame(rows, schema=LEAKS, orient="row")
