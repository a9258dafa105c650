"""What the template of a training shows beside the record itself."""

from curate.models import TrainReport
from curate.reports.formats import plural
from curate.reports.train_plots import plots
from curate.reports.verdicts import WORDS, against

__all__ = ["context"]

STAGES = {
    "cpt": "continued pretraining",
    "sft": "supervised fine-tuning",
    "rpo": "reasoning preference optimisation",
    "dpo": "direct preference optimisation",
}


def context(report: TrainReport) -> dict[str, object]:
    """Returns the template's variables."""
    audited = report.audit is not None and report.unaudited is None
    return {
        "report": report,
        "verdict": report.audit.verdict.value if report.audit and audited else "none",
        "word": WORDS[report.audit.verdict] if report.audit and audited else "UNAUDITED",
        "sentence": sentence(report),
        "stage": STAGES[report.stage],
        "audited": f"no item of {against(report.audit)} in it"
        if report.audit and audited
        else "none",
        "plots": plots(report.metrics),
        "first": report.metrics[0] if report.metrics else None,
        "last": report.metrics[-1] if report.metrics else None,
        "settings": _settings(report.recipe),
    }


def sentence(report: TrainReport) -> str:
    """Returns what was trained on what."""
    return (
        f"{STAGES[report.stage].capitalize()} of {report.model} on {plural(report.rows, 'row')}, "
        f"{plural(report.steps, 'step')}"
    )


def _settings(recipe: dict[str, object]) -> list[tuple[str, str]]:
    """Returns the recipe's keys, dotted, with their values."""
    found: list[tuple[str, str]] = []
    for key, value in recipe.items():
        inner = (
            [(f"{key}.{name}", str(one)) for name, one in value.items()]
            if isinstance(value, dict)
            else []
        )
        found += inner or [(key, str(value))]
    return found
