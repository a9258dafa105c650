"""Prompts, engines and their responses: from the questions of a corpus to what a model said, stored."""

from curate.sampling.engine import Engine, Sampler, Tokenizer
from curate.sampling.engines import AnyEngine, OpenAI, Recorded, Transformers, Vllm
from curate.sampling.prompt import Message, Prompt, Skipped
from curate.sampling.settings import Sampling
from curate.sampling.templates import (
    ChatTemplate,
    PromptTemplate,
    Shots,
    TextTemplate,
    prompt_templates,
    read_template,
    validate_template,
)

__all__ = [
    "AnyEngine",
    "ChatTemplate",
    "Engine",
    "Message",
    "OpenAI",
    "Prompt",
    "PromptTemplate",
    "Recorded",
    "Sampler",
    "Sampling",
    "Shots",
    "Skipped",
    "TextTemplate",
    "Tokenizer",
    "Transformers",
    "Vllm",
    "prompt_templates",
    "read_template",
    "validate_template",
]
