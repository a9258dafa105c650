"""The report of `train`: probes, plots and recipe, whatever the texts in them are."""

import report_samples as samples

from curate.models import AuditVerdict, MetricsRow, Probe, TokenLengths, TrainReport
from curate.reports import render_train
from curate.reports.train_plots import HEIGHT, WIDTH, plots


def metrics(steps=1500):
    return [
        MetricsRow(
            step=step,
            epoch=step / steps,
            loss=60 - step / 100,
            dpo_loss=0.69,
            nll_loss=6.0,
            learning_rate=1e-5,
            **{"rewards/margins": step / 1000, "num_tokens": step},
        )
        for step in range(1, steps + 1)
    ]


def report(**changes):
    told = {
        "name": "rpo",
        "stage": "rpo",
        "audit": samples.audit(AuditVerdict.PASS),
        "model": "tiny",
        "trained": "adapter",
        "recipe": {"recipe": "train/1", "trainer": {"beta": 0.1}},
        "rows": 45,
        "dropped": 1,
        "lengths": TokenLengths(rows=45, tokens=9000, median=90, p95=180, longest=200),
        "steps": 1500,
        "probes": [Probe(probe="audit", passed=True, found="pass")],
        "metrics": metrics(),
        "redo": samples.report().redo,
    }
    return TrainReport(**told | changes)


def test_the_page_shows_probes_losses_and_settings():
    page = render_train(report())
    for words in ("Reasoning preference optimisation of tiny on 45 rows, 1,500 steps", "PASS"):
        assert words in page
    for words in (
        "59.9900 at step 1, 45.0000 at step 1,500",
        "trainer.beta",
        "1 too long, left out",
    ):
        assert words in page
    assert page.count("<polyline") == 5


def test_a_plot_stays_in_its_box_and_is_thinned():
    for plot in plots(metrics()):
        points = [tuple(map(float, point.split(","))) for point in plot.line.split()]
        assert 2 <= len(points) <= 600
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert plots([]) == []
    assert plots(metrics(1))[0].text.startswith("Loss over the steps, from 59.99 at step 1")


def test_hostile_names_and_values_are_data():
    page = render_train(
        report(
            name=samples.HOSTILE,
            model=samples.HOSTILE,
            adapter=samples.HOSTILE,
            unaudited=samples.HOSTILE,
            recipe={"name": samples.HOSTILE, "trainer": {samples.HOSTILE: samples.HOSTILE}},
            probes=[Probe(probe=samples.HOSTILE, passed=False, found=samples.HOSTILE)],
        )
    )
    assert "window.owned=1" in page
    assert "<script>window" not in page
    assert "<img src=x" not in page
    assert "UNAUDITED" in page
    assert "No step was logged." in render_train(report(metrics=[], audit=None, unaudited="none"))
