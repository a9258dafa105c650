"""Options, named once and reused by every command."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from curate.cli.complete import benchmark_options, engine_names, template_names
from curate.cli.show import Format


class RunnerName(StrEnum):
    """Where shards are made."""

    LOCAL = "local"
    RAY = "ray"


SourceArg = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...", help="Files, folders or globs to read.", show_default=False
    ),
]
OptionalSourceArg = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE...",
        help="Files, folders, globs or URLs (s3://, gs://, hf://) to read.",
        show_default=False,
    ),
]
RunArg = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]
OutOpt = Annotated[Path, typer.Option("--out", help="The run folder to write.", show_default=False)]
RunOutOpt = Annotated[
    str,
    typer.Option(
        "--out", help="The run folder to write, or its URL (s3://, gs://).", show_default=False
    ),
]
RecipeOpt = Annotated[
    Path | None,
    typer.Option("--recipe", help="A recipe (YAML); without one the shipped recipe is used."),
]
BenchmarkOpt = Annotated[
    list[str] | None,
    typer.Option(
        "--benchmark",
        metavar="NAME=PATH",
        autocompletion=benchmark_options,
        help="A held-out exam to check against; may be repeated.",
    ),
]
YearsOpt = Annotated[
    str | None, typer.Option("--years", metavar="2018-2022", help="Years of the benchmarks to use.")
]
MaxYearOpt = Annotated[
    int | None,
    typer.Option("--max-year", help="Drop what was set or published later than this year."),
]
MaxBadOpt = Annotated[
    int | None, typer.Option("--max-bad", min=0, help="Unreadable rows to allow. [recipe: 0]")
]
DecisionsOpt = Annotated[
    list[Path] | None,
    typer.Option(
        "--decisions",
        help="decisions.jsonl: what people decided about findings; may be repeated, the last line wins.",
    ),
]
ColumnsOpt = Annotated[
    str | None, typer.Option("--columns", metavar="A,B", help="Read only these columns as text.")
]
SetOpt = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="A.B=C",
        help="Set a recipe key; a stage goes by its name. May be repeated.",
    ),
]
SftOpt = Annotated[
    str | None,
    typer.Option(
        "--sft",
        metavar="TEMPLATE",
        help="Write sft.parquet with this template: sft, direct, or a file of your own.",
        autocompletion=template_names,
    ),
]
EngineOpt = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="What samples: vllm, openai, transformers, or recorded answers.",
        autocompletion=engine_names,
    ),
]
ModelOpt = Annotated[
    str | None,
    typer.Option("--model", help="A model's folder or name; of recorded answers, whose are meant."),
]
AdapterOpt = Annotated[
    Path | None, typer.Option("--adapter", help="The folder of a LoRA adapter of the model.")
]
UrlOpt = Annotated[
    str | None, typer.Option("--url", help="The server of the engine openai: http://HOST:PORT/v1.")
]
ResponsesOpt = Annotated[
    Path | None,
    typer.Option("--responses", metavar="FILE", help="Recorded answers: JSONL, CSV or Parquet."),
]
TokenizerOpt = Annotated[
    Path | None,
    typer.Option(
        "--tokenizer",
        metavar="DIR",
        help="The model's tokenizer, where the engine does not know it.",
    ),
]
SeedOpt = Annotated[
    int | None, typer.Option("--seed", help="Seed of everything random. [recipe: 0]")
]
WorkersOpt = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Processes to work in; what is written does not depend on it. [all cores]",
    ),
]
RunnerOpt = Annotated[
    RunnerName, typer.Option("--runner", help="Where to work: in processes here, or on Ray.")
]
RayAddressOpt = Annotated[
    str | None,
    typer.Option(
        "--ray-address",
        metavar="HOST:PORT",
        help="The head of a Ray cluster, or auto. [a Ray of its own, here]",
    ),
]
AcceptLicenceOpt = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-licence",
        metavar="SOURCE",
        help="Publish the texts of a source whose licence nobody states; may be repeated, and is told.",
    ),
]
NotesOpt = Annotated[
    Path | None,
    typer.Option(
        "--notes", metavar="FILE", help="What a card says that no run knows (YAML, card/1)."
    ),
]
ContactOpt = Annotated[
    str | None, typer.Option("--contact", help="Whom to ask to take something down.")
]
ShardOpt = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Make only part I (from 0) of N, on this machine; --join puts the parts together.",
    ),
]
JoinOpt = Annotated[
    list[Path] | None,
    typer.Option(
        "--join",
        metavar="PART",
        help="A part that --shard made, or a folder of them: goes on from there. May be repeated.",
    ),
]
DryRunOpt = Annotated[bool, typer.Option("--dry-run", help="Print the plan and write nothing.")]
FormatOpt = Annotated[Format, typer.Option("--format", help="How to print the result.")]
DebugOpt = Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")]
