"""Benchmarks: known ones by a YAML each, a user's own by its columns; read whole or not at all."""

from curate.leakage.benchmarks.beside import read_beside
from curate.leakage.benchmarks.layouts import (
    BenchmarkLayout,
    Described,
    known_layout,
    known_layouts,
    known_lock,
    known_names,
    read_layout,
)
from curate.leakage.benchmarks.locks import BenchmarkLock, LockedFile
from curate.leakage.benchmarks.read import benchmark_files, read_benchmark
from curate.leakage.benchmarks.records import (
    Benchmark,
    BenchmarkItem,
    BenchmarkRef,
    Gap,
    Language,
)

__all__ = [
    "Benchmark",
    "BenchmarkItem",
    "BenchmarkLayout",
    "BenchmarkLock",
    "BenchmarkRef",
    "Described",
    "Gap",
    "Language",
    "LockedFile",
    "benchmark_files",
    "known_layout",
    "known_layouts",
    "known_lock",
    "known_names",
    "read_benchmark",
    "read_beside",
    "read_layout",
]
