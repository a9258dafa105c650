"""A job that is none of the product's."""

from dataclasses import dataclass

import polars as pl

from curate.runs import WorkFolder


@dataclass(frozen=True)
class Tenfold:
    """Makes numbers."""

    work: WorkFolder

    def made(self, number):
        """Returns ten times a number, and how many threads Polars has."""
        return number * 10, pl.thread_pool_size()
