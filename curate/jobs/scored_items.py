"""The items of a benchmark, read whole, with what is told of them: what scores stand on."""

from typing import NamedTuple

from curate.errors import InputError
from curate.evaluation import Items, items_of, read_marks, read_metadata
from curate.leakage import Benchmark, BenchmarkRef, known_layout, read_benchmark
from curate.sources import source_files


class ReadItems(NamedTuple):
    """A benchmark as it was read, and its items as they are scored."""

    benchmark: Benchmark
    items: Items


def read_items(ref: BenchmarkRef) -> ReadItems:
    """Returns the items of a benchmark.

    Raises:
        InputError: The benchmark is incomplete, or its points do not add up.
    """
    read = read_benchmark(ref, keyed=True)
    if read.gaps:
        gap = read.gaps[0]
        raise InputError(
            f"{ref.name} is incomplete, so nothing is scored: {gap.problem}",
            where=gap.where or ref.path,
            hint="A score needs every item of its sections; fetch the benchmark again.",
        )
    layout = known_layout(ref.name)
    told = read_metadata(source_files(layout.source(ref))) if layout else {}
    questions = [item.question for item in read.items]
    items = items_of(ref.name, questions, told, read_marks(ref.name), read.absent_years)
    return ReadItems(read, items)
