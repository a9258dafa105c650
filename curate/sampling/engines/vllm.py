"""vLLM in this process, on a GPU or a CPU."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, PositiveInt

from curate.batches import batched
from curate.errors import InputError, SetupError, boundary
from curate.models import Response
from curate.sampling.endings import Endings, Teller, endings_of, told_losses
from curate.sampling.engine import Answers, Sampler
from curate.sampling.engines.model import ModelEngine
from curate.sampling.extras import installed
from curate.sampling.make import too_long
from curate.sampling.prompt import Prompt
from curate.sampling.settings import Sampling
from curate.sampling.tokenizer import LocalTokenizer

_SETTINGS = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
_LEAST_RANK = 8  # vLLM knows ranks of 8, 16, 32, ...


class Vllm(ModelEngine):
    """vLLM, offline. `gpu_memory` is the share of a GPU's memory, `cpu_cache_gib` the cache on a CPU.

    The prefix cache is emptied before each shard, so that a shard does not depend on those before it.
    """

    engine: Literal["vllm"] = "vllm"
    tensor_parallel: PositiveInt = 1
    max_sequences: PositiveInt | None = None
    gpu_memory: Annotated[float, Field(gt=0, le=1)] | None = None
    cpu_cache_gib: PositiveInt = 2

    @contextmanager
    def open(self) -> Iterator[Sampler]:
        """Returns the sampler, the model in memory while the block runs.

        Raises:
            SetupError: vLLM is not installed, or cannot be started here.
            InputError: There is no such model, or vLLM cannot load it.
        """
        folder, adapter = self.folder(), self.adapter_folder()
        for name, value in {**_SETTINGS, "VLLM_CPU_KVCACHE_SPACE": str(self.cpu_cache_gib)}.items():
            os.environ.setdefault(name, value)
        vllm, tokenizer = installed("vllm", "vllm"), LocalTokenizer.load(folder)
        context = self.context or self.own_context()
        options = {**self._options(context), **_adapter_options(adapter)}
        try:
            llm = vllm.LLM(model=str(folder), **options)
        except ValueError as exc:
            raise InputError(
                f"vLLM cannot load the model: {_first_line(exc)}", where=folder.name
            ) from exc
        except RuntimeError as exc:
            raise SetupError(
                f"vLLM cannot be started: {_first_line(exc)}", hint="What it wrote above says more."
            ) from exc
        try:
            yield _VllmSampler(self, llm, tokenizer, adapter)
        finally:
            _close(llm.llm_engine.engine_core)

    def _options(self, context: int | None) -> dict[str, Any]:
        options: dict[str, Any] = {
            "dtype": self.dtype,
            "max_model_len": context,
            "tensor_parallel_size": self.tensor_parallel,
            "load_format": "safetensors",
            "trust_remote_code": False,
            "generation_config": "vllm",
            "use_tqdm_on_load": False,
            "max_num_seqs": self.max_sequences,
            "gpu_memory_utilization": self.gpu_memory,
        }
        if _is_cpu():
            # Seeds and chunked prefill together end the engine there.
            options |= {
                "enforce_eager": True,
                "enable_chunked_prefill": False,
                "max_num_batched_tokens": max(context or 0, _CPU_BATCH),
            }
        return {name: value for name, value in options.items() if value is not None}


_CPU_BATCH = 4096


def _close(client: Any) -> None:
    """Ends the engine's process, and what vLLM leaves open: its thread, and the sockets' context."""
    client.shutdown()
    if reader := getattr(client, "output_queue_thread", None):
        reader.join()
    if context := getattr(client, "ctx", None):
        context.destroy(linger=0)


class _VllmSampler:
    def __init__(
        self, engine: Vllm, llm: Any, tokenizer: LocalTokenizer, adapter: Path | None
    ) -> None:
        self._engine = engine
        self._llm = llm
        self._adapter = _lora_request(adapter) if adapter else None
        self._name, self._revision = engine.shown_model(), engine.found_revision()
        self.tokenizer = tokenizer
        self.context: int | None = llm.model_config.max_model_len

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:
        """Yields the answers to each prompt in turn, a shard of prompts at a time."""
        for shard in batched(prompts, self._engine.shard):
            yield from self._sample(shard, sampling)

    def _sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Answers]:
        self._llm.reset_prefix_cache()
        ids = {prompt.sha256: self.tokenizer.ids(prompt) for prompt in prompts}
        room = (self.context or 0) - sampling.max_tokens
        asked = [prompt for prompt in prompts if len(ids[prompt.sha256]) <= room]
        outputs = iter(
            self._llm.generate(
                [{"prompt_token_ids": ids[prompt.sha256]} for prompt in asked],
                [_params(sampling, sampling.seed_of(prompt)) for prompt in asked],
                use_tqdm=False,
                lora_request=self._adapter,
            )
            if asked
            else ()
        )
        for prompt in prompts:
            if len(ids[prompt.sha256]) > room:
                yield too_long(prompt, len(ids[prompt.sha256]), self.context)
            else:
                yield [*self._responses(prompt, next(outputs), sampling)]

    def _responses(self, prompt: Prompt, output: Any, sampling: Sampling) -> Iterator[Response]:
        for one in sorted(output.outputs, key=lambda one: one.index):
            yield Response(
                question_id=prompt.question_id,
                prompt_sha256=prompt.sha256,
                model=self._name,
                revision=self._revision,
                engine="vllm",
                sampling=sampling.told(),
                seed=sampling.seed_of(prompt),
                index=one.index,
                text=one.text,
                finish_reason=one.finish_reason,
                tokens=len(one.token_ids),
            )

    def losses(self, prompts: Iterable[Prompt]) -> Iterator[Answers]:
        """Yields, for each prompt in turn, its endings with their losses, a shard of prompts at a time."""
        teller = Teller(self._name, self._revision, "vllm")
        for shard in batched(prompts, self._engine.shard):
            tried = [endings_of(prompt, self.tokenizer) for prompt in shard]
            found = self._found([one for one in tried if one.longest < (self.context or 0)])
            for one in tried:
                if one.prompt.question_id in found:
                    yield told_losses(one, found[one.prompt.question_id], teller)
                else:
                    yield too_long(one.prompt, one.longest, self.context)

    def _found(self, tried: Sequence[Endings]) -> dict[str, list[float]]:
        """Returns the losses of the endings by question; vLLM wants room for one more token."""
        self._llm.reset_prefix_cache()
        asked = [{"prompt_token_ids": ids} for one in tried for ids in one.ids]
        params = installed("vllm.sampling_params", "vllm").SamplingParams(
            temperature=0, max_tokens=1, prompt_logprobs=0, detokenize=False
        )
        outputs = iter(
            self._llm.generate(asked, params, use_tqdm=False, lora_request=self._adapter)
            if asked
            else ()
        )
        return {
            one.prompt.question_id: [_loss(next(outputs), ids, one.start) for ids in one.ids]
            for one in tried
        }


def _loss(output: Any, ids: Sequence[int], start: int) -> float:
    told = zip(ids[start:], output.prompt_logprobs[start:], strict=True)
    return -sum(float(known[token].logprob) for token, known in told)


def _params(sampling: Sampling, seed: int) -> Any:
    module = installed("vllm.sampling_params", "vllm")
    forced = module.StructuredOutputsParams(regex=sampling.regex) if sampling.regex else None
    return module.SamplingParams(
        n=sampling.n,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=sampling.max_tokens,
        seed=seed,
        stop=list(sampling.stop),
        structured_outputs=forced,
    )


def _is_cpu() -> bool:
    return bool(installed("vllm.platforms", "vllm").current_platform.is_cpu())


def _lora_request(adapter: Path) -> Any:
    return installed("vllm.lora.request", "vllm").LoRARequest(adapter.name, 1, str(adapter))


def _adapter_options(adapter: Path | None) -> dict[str, Any]:
    if adapter is None:
        return {}
    with boundary(InputError, "reading the adapter's configuration"):
        data = (adapter / "adapter_config.json").read_bytes()
    try:
        rank = int(orjson.loads(data)["r"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as exc:
        raise InputError("adapter_config.json names no rank `r`", where=adapter.name) from exc
    return {"enable_lora": True, "max_lora_rank": max(_LEAST_RANK, 1 << (rank - 1).bit_length())}


def _first_line(exc: Exception) -> str:
    return str(exc).strip().partition("\n")[0]
