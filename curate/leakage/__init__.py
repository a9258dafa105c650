"""Leakage detection: a benchmark's items, an index of them, a detector, verdicts."""

from curate.leakage.benchmarks import Benchmark, BenchmarkItem, BenchmarkRef, read_benchmark
from curate.leakage.detector import Detector, Thresholds
from curate.leakage.score import match_options

__all__ = [
    "Benchmark",
    "BenchmarkItem",
    "BenchmarkRef",
    "Detector",
    "Thresholds",
    "match_options",
    "read_benchmark",
]
