"""Leakage detection: a benchmark's items, an index of them, a detector, verdicts."""

from curate.leakage.benchmarks import (
    Benchmark,
    BenchmarkItem,
    BenchmarkLayout,
    BenchmarkLock,
    BenchmarkRef,
    Described,
    Language,
    LockedFile,
    benchmark_files,
    known_layout,
    known_layouts,
    known_lock,
    read_benchmark,
)
from curate.leakage.detector import Detector
from curate.leakage.embedders import AnyEngine
from curate.leakage.options import match_options
from curate.leakage.semantic import Semantic
from curate.leakage.verdicts import Thresholds

__all__ = [
    "AnyEngine",
    "Benchmark",
    "BenchmarkItem",
    "BenchmarkLayout",
    "BenchmarkLock",
    "BenchmarkRef",
    "Described",
    "Detector",
    "Language",
    "LockedFile",
    "Semantic",
    "Thresholds",
    "benchmark_files",
    "known_layout",
    "known_layouts",
    "known_lock",
    "match_options",
    "read_benchmark",
]
