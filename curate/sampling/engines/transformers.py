"""transformers in this process: slow, and the reference for what a model says."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from curate.errors import InputError, UsageError
from curate.models import NonEmpty, Response
from curate.sampling.endings import Teller, endings_of, told_losses
from curate.sampling.engine import Answers, Sampler
from curate.sampling.engines.model import ModelEngine
from curate.sampling.extras import installed
from curate.sampling.make import too_long
from curate.sampling.prompt import Prompt
from curate.sampling.settings import Sampling
from curate.sampling.tokenizer import LocalTokenizer


class Transformers(ModelEngine):
    """`generate` of transformers, a prompt at a time; `device` is cpu, cuda or auto."""

    alone: ClassVar[bool] = True
    engine: Literal["transformers"] = "transformers"
    device: NonEmpty = "auto"

    @contextmanager
    def open(self) -> Iterator[Sampler]:
        """Returns the sampler, the model in memory while the block runs.

        Raises:
            SetupError: transformers, or peft for an adapter, is not installed.
            InputError: There is no such model, or it cannot be loaded.
        """
        folder, adapter = self.folder(), self.adapter_folder()
        transformers = installed("transformers", "transformers")
        torch = installed("torch", "transformers")
        device = self.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            model = transformers.AutoModelForCausalLM.from_pretrained(
                str(folder),
                dtype=self.dtype,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
            )
        except (OSError, ValueError, KeyError) as exc:
            reason = str(exc).partition("\n")[0]
            raise InputError(f"the model cannot be loaded: {reason}", where=folder.name) from exc
        ends = model.generation_config.eos_token_id
        model.generation_config = (
            transformers.GenerationConfig()
        )  # its own habits are not asked for
        if adapter:
            peft = installed("peft", "transformers")
            model = peft.PeftModel.from_pretrained(model, str(adapter))
        tokenizer = LocalTokenizer.load(folder)
        yield _TransformersSampler(self, model.to(device).eval(), tokenizer, ends)


class _TransformersSampler:
    def __init__(
        self,
        engine: Transformers,
        model: Any,
        tokenizer: LocalTokenizer,
        ends: int | list[int] | None,
    ) -> None:
        self._engine = engine
        self._model = model
        self._name, self._revision = engine.shown_model(), engine.found_revision()
        self.tokenizer = tokenizer
        self.context: int | None = engine.context or engine.own_context()
        known = [*(ends if isinstance(ends, list) else [ends]), tokenizer.loaded.eos_token_id]
        self._ends = {token for token in known if token is not None}

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:
        """Yields, for each prompt in turn, its responses, made together.

        Raises:
            UsageError: A pattern is asked for, which this engine cannot force.
        """
        if sampling.regex:
            raise UsageError(
                "the engine transformers cannot force an answer into a pattern",
                hint="Use the engine vllm, or leave `regex` out.",
            )
        for prompt in prompts:
            ids = self.tokenizer.ids(prompt)
            if self.context and len(ids) + sampling.max_tokens > self.context:
                yield too_long(prompt, len(ids), self.context)
                continue
            yield [*self._responses(prompt, ids, sampling)]

    def _responses(self, prompt: Prompt, ids: list[int], sampling: Sampling) -> Iterator[Response]:
        seed = sampling.seed_of(prompt)
        for index, tokens in enumerate(self._generated(ids, sampling, seed)):
            text, reason, length = self._read(tokens, sampling.stop)
            yield Response(
                question_id=prompt.question_id,
                prompt_sha256=prompt.sha256,
                model=self._name,
                revision=self._revision,
                engine="transformers",
                sampling=sampling.told(),
                seed=seed,
                index=index,
                text=text,
                finish_reason=reason,
                tokens=length,
            )

    def _generated(self, ids: list[int], sampling: Sampling, seed: int) -> list[list[int]]:
        """Returns the new tokens of each sample; no other generator than this call's is moved."""
        torch = installed("torch", "transformers")
        transformers = installed("transformers", "transformers")
        greedy = sampling.temperature == 0
        how = {} if greedy else {"temperature": sampling.temperature, "top_p": sampling.top_p}
        config = transformers.GenerationConfig(
            do_sample=not greedy,
            top_k=None if greedy else 0,
            repetition_penalty=1.0,
            max_new_tokens=sampling.max_tokens,
            num_return_sequences=sampling.n,
            eos_token_id=sorted(self._ends),
            pad_token_id=self._pad(),
            stop_strings=list(sampling.stop) or None,
            **how,
        )
        given = torch.tensor([ids], device=self._model.device)
        with torch.no_grad(), torch.random.fork_rng():
            torch.manual_seed(seed)
            made = self._model.generate(
                given,
                attention_mask=torch.ones_like(given),
                generation_config=config,
                tokenizer=self.tokenizer.loaded,
            )
        return [row[len(ids) :].tolist() for row in made]

    def _pad(self) -> int:
        pad = self.tokenizer.loaded.pad_token_id
        return int(pad) if pad is not None else min(self._ends, default=0)

    def _read(self, tokens: Sequence[int], stop: Sequence[str]) -> tuple[str, str, int]:
        """Returns a sample's text up to its end or a stop string, why it ended, and its tokens."""
        end = next((at for at, token in enumerate(tokens) if token in self._ends), None)
        text: str = self.tokenizer.loaded.decode(tokens[:end], skip_special_tokens=True)
        cuts = [text.index(one) for one in stop if one in text]
        length = len(tokens) if end is None else end + 1
        if cuts:
            return text[: min(cuts)], "stop", length
        return text, "length" if end is None else "stop", length

    def losses(self, prompts: Iterable[Prompt]) -> Iterator[Answers]:
        """Yields, for each prompt in turn, its endings with their losses, in single precision."""
        torch = installed("torch", "transformers")

        def loss(ids: list[int], after: int) -> float:
            given = torch.tensor([ids], device=self._model.device)
            with torch.no_grad():
                logits = self._model(given).logits[0, after - 1 : -1].float()
            told = torch.log_softmax(logits, -1).gather(1, given[0, after:, None])
            return -float(told.double().sum())

        for prompt in prompts:
            tried = endings_of(prompt, self.tokenizer)
            if self.context and tried.longest > self.context:
                yield too_long(prompt, tried.longest, self.context)
            else:
                found = [loss(ids, tried.start) for ids in tried.ids]
                yield told_losses(tried, found, Teller(self._name, self._revision, "transformers"))
