"""Prompts, engines and their responses: from the questions of a corpus to what a model said, stored."""

from curate.sampling.endings import Likelihoods
from curate.sampling.engine import Answers, Engine, Sampler, Scorer, Tokenizer
from curate.sampling.engines import AnyEngine, OpenAI, Recorded, Transformers, Vllm
from curate.sampling.engines.model import ModelEngine
from curate.sampling.engines.recorded import RecordedSampler
from curate.sampling.examples import Examples, drawn_examples, given_examples
from curate.sampling.given import read_examples
from curate.sampling.make import fitting_prompts, make_prompts
from curate.sampling.opened import opened
from curate.sampling.prompt import Message, Prompt, Skipped
from curate.sampling.settings import Sampling
from curate.sampling.store import Progress, Stored, stored_responses
from curate.sampling.table import RESPONSE_SCHEMA, response_frame
from curate.sampling.templates import (
    Asking,
    ChatTemplate,
    PromptTemplate,
    Shots,
    TextTemplate,
    prompt_templates,
    read_template,
    validate_template,
)
from curate.sampling.tokenizer import LocalTokenizer

__all__ = [
    "RESPONSE_SCHEMA",
    "Answers",
    "AnyEngine",
    "Asking",
    "ChatTemplate",
    "Engine",
    "Examples",
    "Likelihoods",
    "LocalTokenizer",
    "Message",
    "ModelEngine",
    "OpenAI",
    "Progress",
    "Prompt",
    "PromptTemplate",
    "Recorded",
    "RecordedSampler",
    "Sampler",
    "Sampling",
    "Scorer",
    "Shots",
    "Skipped",
    "Stored",
    "TextTemplate",
    "Tokenizer",
    "Transformers",
    "Vllm",
    "drawn_examples",
    "fitting_prompts",
    "given_examples",
    "make_prompts",
    "opened",
    "prompt_templates",
    "read_examples",
    "read_template",
    "response_frame",
    "stored_responses",
    "validate_template",
]
