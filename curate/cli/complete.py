"""Words that the shell completes; it asks at every key, so nothing heavy is imported."""

from curate.artefacts import share


def benchmark_names(incomplete: str) -> list[str]:
    """Returns the known benchmarks whose name begins so."""
    return _stems("pipelines/benchmarks", ".yaml", incomplete)


def benchmark_options(incomplete: str) -> list[str]:
    """Returns the beginnings NAME= of `--benchmark`."""
    return [f"{name}=" for name in benchmark_names(incomplete)]


def recipe_names(incomplete: str) -> list[str]:
    """Returns the shipped recipes, templates and accelerate configs whose name begins so."""
    folders = ("pipelines", "train", "train/accelerate", "pipelines/templates/prompts")
    found = {name for folder in folders for name in _stems(folder, ".yaml", incomplete)}
    return sorted({*found, *template_names(incomplete)})


def record_names(incomplete: str) -> list[str]:
    """Returns the records with a schema whose name begins so."""
    return _stems("schemas", ".schema.json", incomplete)


def template_names(incomplete: str) -> list[str]:
    """Returns the shipped SFT templates whose name begins so."""
    return _stems("pipelines/templates/sft", ".yaml", incomplete)


def prompt_template_names(incomplete: str) -> list[str]:
    """Returns the shipped prompt templates whose name begins so."""
    return _stems("pipelines/templates/prompts", ".yaml", incomplete)


def engine_names(incomplete: str) -> list[str]:
    """Returns the engines whose name begins so."""
    return [n for n in ("openai", "recorded", "transformers", "vllm") if n.startswith(incomplete)]


def mode_names(incomplete: str) -> list[str]:
    """Returns the modes of an evaluation whose name begins so."""
    ours = [name for name in ("direct", "explained", "explained_ja") if name.startswith(incomplete)]
    return [*ours, *prompt_template_names(incomplete)]


def stage_names(incomplete: str) -> list[str]:
    """Returns the stages of training whose name begins so."""
    return [name for name in ("cpt", "dpo", "rpo", "sft") if name.startswith(incomplete)]


def _stems(folder: str, suffix: str, incomplete: str) -> list[str]:
    names = (path.name.removesuffix(suffix) for path in share(folder).glob(f"*{suffix}"))
    return sorted(name for name in names if name.startswith(incomplete))
