"""A tiny Qwen2 made on the spot: byte-level BPE and weights from the demo's invented questions."""

import sys
from pathlib import Path

import orjson
import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from curate.artefacts import share

END = "<|endoftext|>"
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTEXT = 1024


def invented_texts():
    """The demo's questions, written out as the template `paper` writes them."""
    for line in share("pipelines", "demo", "exams.jsonl").read_bytes().splitlines():
        row = orjson.loads(line)
        options = "".join(f"{a}: {c}\n" for a, c in zip("abcde", row["choices"], strict=False))
        yield f"Question: {row['text']}\n{options} Explanation: {row['text']}\n Answer: a{END}"


def make_tiny_model(folder, steps=0, seed=0):
    """Saves model and tokenizer in a folder; with `steps`, trained so long on the invented texts."""
    folder = Path(folder)
    texts = list(invented_texts())
    tokenizer = _tokenizer(texts)
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.05,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = Qwen2ForCausalLM(config)
    model.generation_config = GenerationConfig(eos_token_id=tokenizer.eos_token_id)
    _train(model, tokenizer, texts, steps)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder


def make_tiny_adapter(folder, model_folder, seed=0):
    """Saves a LoRA adapter of the model whose weights are not zero, so that it changes what is said."""
    torch.manual_seed(seed)
    model = Qwen2ForCausalLM.from_pretrained(model_folder)
    tuned = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=64, target_modules=["q_proj", "v_proj", "o_proj"])
    )
    with torch.no_grad():
        for name, weights in tuned.named_parameters():
            if "lora_B" in name:
                weights.normal_(std=0.3)
    tuned.save_pretrained(folder)
    return Path(folder)


def _tokenizer(texts):
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=2000,
            special_tokens=[END, "<|im_start|>", "<|im_end|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=END,
        pad_token=END,
        chat_template=CHAT,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )


def _train(model, tokenizer, texts, steps):
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    rows = [torch.tensor(tokenizer.encode(text)) for text in texts]
    for step in range(steps):
        batch = rows[step * 16 % len(rows) :][:16]
        ids = torch.nn.utils.rnn.pad_sequence(batch, batch_first=True, padding_value=-100)
        loss = model(input_ids=ids.clamp(min=0), labels=ids).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()


if __name__ == "__main__":
    make_tiny_model(sys.argv[1], steps=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
