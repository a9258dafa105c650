"""Builds the data behind a medical language model and proves what is in it."""

__version__ = "0.1.0"

__all__ = ["__version__"]
