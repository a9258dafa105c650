"""The report of `make-pairs` from what the run has written."""

from collections.abc import Iterator

import polars as pl

from curate.jobs.pairs_plan import PairsPlan
from curate.models import Audit, FileEntry, PairLedger, PairsReport, SampledBy
from curate.reports import PairsFacts, pairs_report
from curate.runs import RunFolder, code_sha256
from curate.sampling import Recorded

__all__ = ["run_report"]


def run_report(plan: PairsPlan, run: RunFolder, ledger: PairLedger, audit: Audit) -> PairsReport:
    """Returns the report of a run whose tables stand in its folder."""
    responses, pairs = (
        pl.scan_parquet(run.path / f"{name}.parquet", glob=False) for name in ("responses", "pairs")
    )
    facts = PairsFacts(
        name=plan.recipe.name,
        audit=audit,
        sampled=_sampled(plan, responses),
        policy=plan.recipe.policy.policy,
        command=plan.shown_command,
        code_sha256=code_sha256(),
        inputs=[*_inputs(plan)],
        human=plan.human,
    )
    questions = pl.scan_parquet(plan.corpus.kept, glob=False)
    return pairs_report(questions, responses, pairs, ledger, facts)


def _sampled(plan: PairsPlan, responses: pl.LazyFrame) -> SampledBy:
    named = responses.select(pl.col("model", "revision").unique().implode()).collect().row(0)
    models, revisions = (sorted({one for one in column if one}) for column in named)
    recorded = isinstance(plan.recipe.engine, Recorded)
    return SampledBy(
        engine=plan.recipe.engine.engine,
        models=models,
        revision=revisions[0] if len(revisions) == 1 else None,
        template=plan.recipe.template.name,
        samples=None if recorded else plan.recipe.sampling.n,
    )


def _inputs(plan: PairsPlan) -> Iterator[FileEntry]:
    yield from plan.request.inputs
    if isinstance(plan.recipe.engine, Recorded):
        state = plan.request.resolved["engine"]
        yield FileEntry(path=f"recorded/{state['responses']}", sha256=state["sha256"])
