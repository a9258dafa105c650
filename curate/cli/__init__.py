"""The command line: thin commands that parse, call one job, and print one result."""

from curate.cli.app import main

__all__ = ["main"]
