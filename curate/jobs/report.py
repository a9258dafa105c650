"""Renders a run's report again."""

from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from curate.errors import InputError, boundary
from curate.jobs.outcome import Outcome
from curate.jobs.power import shown_power
from curate.models import EvaluationReport, PairsReport, PowerReport, Report, TrainReport
from curate.reports import (
    render_evaluation,
    render_pairs,
    render_power,
    render_train,
    report_page,
)
from curate.runs import write_atomically

_AnyReport = Report | PowerReport | PairsReport | TrainReport | EvaluationReport
_REPORTS: TypeAdapter[_AnyReport] = TypeAdapter(
    Annotated[_AnyReport, Field(discriminator="format")]
)
_FORMATS = tuple(model.model_fields["format"].default for model in get_args(_AnyReport))


def report(run: Path) -> Outcome:
    """Writes report.html from report.json.

    Raises:
        InputError: The run has no report.json, or it is not one of this format.
    """
    path = run / "report.json"
    with boundary(InputError, "reading the report", hint="Is this a run folder?"):
        data = path.read_bytes()
    try:
        told = _REPORTS.validate_json(data)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part not in _FORMATS)
        what = f"{field}: {first['msg']}" if field else first["msg"]
        raise InputError(f"not a report: {what}", where=str(path)) from exc
    del data

    def fill(target: Path) -> None:
        with target.open("wb") as stream:
            if isinstance(told, Report):
                stream.writelines(report_page(told))
            elif isinstance(told, EvaluationReport):
                stream.writelines(piece.encode() for piece in render_evaluation(told))
            elif isinstance(told, PowerReport):
                stream.write(render_power(told).encode())
            elif isinstance(told, TrainReport):
                stream.write(render_train(told).encode())
            else:
                stream.write(render_pairs(told).encode())

    write_atomically(run / "report.html", fill)
    return Outcome(
        title="Report written",
        data={"run": str(run), "report": str(run / "report.html"), **_numbers(told)},
    )


def _numbers(told: _AnyReport) -> dict[str, Any]:
    if isinstance(told, PowerReport):
        return {"power": shown_power(told.calibration.power)}
    if isinstance(told, PairsReport):
        return {"verdict": told.audit.verdict.value, "pairs": told.pairs}
    if isinstance(told, TrainReport):
        return {"stage": told.stage, "steps": told.steps}
    if isinstance(told, EvaluationReport):
        return {"items": len(told.items)}
    return {"verdict": told.audit.verdict.value, "findings": told.findings_total}
