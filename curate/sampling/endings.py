"""The endings of a prompt as tokens: what a model is asked the likelihood of."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from curate.errors import UsageError
from curate.models import Response
from curate.sampling.engine import Answers, Sampler, Scorer, Tokenizer
from curate.sampling.prompt import Prompt
from curate.sampling.settings import Sampling


class Likelihoods:
    """A model that tells likelihoods, as one that is sampled: its responses are a prompt's endings.

    Raises:
        UsageError: The model's engine tells none.
    """

    def __init__(self, sampler: Sampler) -> None:
        if not isinstance(sampler, Scorer):
            raise UsageError(
                "the engine tells no likelihoods", hint="Use the engine vllm or transformers."
            )
        self._scorer = sampler
        self.tokenizer = sampler.tokenizer
        self.context = sampler.context

    def sample(self, prompts: Iterable[Prompt], sampling: Sampling) -> Iterator[Answers]:  # noqa: ARG002
        """Yields, for each prompt in turn, its endings with their losses, whatever `sampling` asks for."""
        return self._scorer.losses(prompts)


class Endings(NamedTuple):
    """A prompt with each of its endings, as tokens; the endings begin at `start` in all of them."""

    prompt: Prompt
    start: int
    ids: Sequence[list[int]]

    @property
    def longest(self) -> int:
        """Tokens of the prompt with its longest ending."""
        return max(map(len, self.ids))


class Teller(NamedTuple):
    """Whose likelihoods they are."""

    model: str
    revision: str
    engine: Literal["vllm", "transformers"]


def endings_of(prompt: Prompt, tokenizer: Tokenizer) -> Endings:
    """Returns the endings of a prompt as tokens.

    An ending has the tokens that it adds to the prompt's; where both together are cut otherwise than the
    prompt alone, it is cut by itself, so that all endings follow the same tokens.
    """
    ids = tokenizer.ids(prompt)
    text = prompt.text if prompt.messages is None else tokenizer.chat(prompt.messages)
    alone = tokenizer.encode(text or "")
    tried: list[list[int]] = []
    for ending in prompt.endings:
        both = tokenizer.encode(f"{text}{ending}")
        more = both[len(alone) :] if both[: len(alone)] == alone else []
        tried.append([*ids, *(more or tokenizer.encode(ending))])
    return Endings(prompt, len(ids), tried)


def told_losses(endings: Endings, losses: Sequence[float], teller: Teller) -> list[Response]:
    """Returns the endings as responses, each with its loss and its number of tokens."""
    prompt = endings.prompt
    return [
        Response(
            question_id=prompt.question_id,
            prompt_sha256=prompt.sha256,
            **teller._asdict(),
            index=index,
            text=text,
            tokens=len(ids) - endings.start,
            loss=loss,
        )
        for index, (text, ids, loss) in enumerate(
            zip(prompt.endings, endings.ids, losses, strict=True)
        )
    ]
