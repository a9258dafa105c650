"""The shipped recipes, templates and accelerate configs, listed or copied, and the known benchmarks."""

import shutil
from pathlib import Path

from curate.corpus.recipes import read_recipe
from curate.errors import UsageError, boundary, did_you_mean
from curate.jobs.outcome import Outcome
from curate.jobs.sft import sft_templates
from curate.leakage import known_layouts
from curate.sampling import prompt_templates
from curate.tables import share


def list_recipes() -> Outcome:
    """Lists the recipes with the first line of each, and what benchmarks, templates and SQL there are."""
    return Outcome(
        title="Recipes",
        data={
            "recipes": {name: _purpose(path) for name, path in _recipes().items()},
            "training_recipes": {name: _purpose(path) for name, path in _training().items()},
            "accelerate_configs": {name: _purpose(path) for name, path in _accelerate().items()},
            "prompt_templates": {name: _purpose(path) for name, path in prompt_templates().items()},
            "sft_templates": {name: _purpose(path) for name, path in sft_templates().items()},
            "benchmarks": [
                {"name": known.name, "title": known.title, "tested": known.tested}
                for known in known_layouts().values()
            ],
            "templates": [path.stem for path in _files("templates", "yaml")],
            "sql": [path.stem for path in _files("sql", "sql")],
            "folder": str(share("pipelines")),
            "training_folder": str(share("train")),
        },
        hint="curate recipes corpus --to corpus.yaml",
    )


def copy_recipe(name: str, to: Path) -> Outcome:
    """Copies the recipe, template or accelerate config `name` to a new file.

    A name that an SFT template and a prompt template share is told apart as `sft/NAME` and `prompts/NAME`.

    Raises:
        UsageError: There is no such recipe, or the file is there already.
    """
    kind, path = _known(name)
    target = to / path.name if to.is_dir() else to
    if target.exists():
        raise UsageError(
            "the file is there already", where=str(target), hint="Choose another --to."
        )
    with boundary(UsageError, "copying the recipe", hint="Choose another --to."):
        shutil.copyfile(path, target)
    train = "-m curate train STAGE --recipe RECIPE --data RUN --out DIR"
    sample = "curate make-pairs --corpus RUN --engine vllm --model MODEL --out RUN"
    command = {
        "sft": f"curate build-corpus SOURCE --sft {target} --out RUN",
        "prompts": f"{sample} --template {target}",
        "accelerate": f"accelerate launch --config_file {target} {train}",
    }.get(kind) or _command(target)
    return Outcome(title="Recipe copied", data={"recipe": name, "to": str(target)}, hint=command)


def _known(name: str) -> tuple[str, Path]:
    """Returns the kind and the file of what is shipped as `name`, or as `KIND/name`."""
    kinds = {
        "recipe": _recipes() | _training(),
        "sft": sft_templates(),
        "prompts": prompt_templates(),
        "accelerate": _accelerate(),
    }
    files = {f"{kind}/{stem}": path for kind, some in kinds.items() for stem, path in some.items()}
    found = [one for one in files if name in (one, one.partition("/")[2])]
    if len(found) > 1:
        raise UsageError(f"{name!r} is more than one thing", hint=f"Say {' or '.join(found)}.")
    if not found:
        known = list(dict.fromkeys(stem for some in kinds.values() for stem in some))
        raise UsageError(
            f"no recipe {name!r}.{did_you_mean(name, known)}",
            hint=f"There are: {', '.join(known)}.",
        )
    return found[0].partition("/")[0], files[found[0]]


def _command(recipe: Path) -> str:
    """Returns the command that takes a recipe of this kind, with what it needs."""
    data = read_recipe(recipe).data
    words = {
        "audit/1": "audit SOURCE",
        "corpus/1": "build-corpus SOURCE",
        "evaluation/1": "evaluate --model MODEL --benchmark NAME=PATH",
        "pairs/1": "make-pairs --corpus RUN --engine vllm --model MODEL",
        "train/1": f"train {data.get('stage')} --data RUN",
    }[data["recipe"]]
    return f"curate {words} --recipe {recipe} --out RUN"


def _recipes() -> dict[str, Path]:
    return {path.stem: path for path in _files("", "yaml")}


def _training() -> dict[str, Path]:
    return {path.stem: path for path in sorted(share("train").glob("*.yaml"))}


def _accelerate() -> dict[str, Path]:
    return {path.stem: path for path in sorted(share("train", "accelerate").glob("*.yaml"))}


def _files(folder: str, suffix: str) -> list[Path]:
    return sorted(share("pipelines", folder).glob(f"*.{suffix}"))


def _purpose(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip()
