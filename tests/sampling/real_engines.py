"""Engines started for tests: a vLLM server on loopback, and a process to be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from curate.sampling import Sampling, Vllm

HERE = Path(__file__).resolve().parent
STARTS = 300  # seconds that a busy machine may take
FOUR = Sampling(n=4, max_tokens=48, seed=11)


def tiny_vllm(model):
    """vLLM with small shards of a tiny model."""
    return Vllm(model=str(model), dtype="float32", shard=4, cpu_cache_gib=1)


def _ended(process):
    """Ends a process and those that it started, by the number of its group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, number)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                continue
    return process.returncode


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def serving(model, log):
    """A vLLM server of a model; gives the url that clients take."""
    port = _free_port()
    words = [
        *("--model", str(model), "--served-model-name", "tiny"),
        *("--host", "127.0.0.1", "--port", str(port), "--dtype", "float32"),
        *("--no-enable-chunked-prefill", "--max-num-batched-tokens", "4096", "--enforce-eager"),
        *("--generation-config", "vllm", "--uvicorn-log-level", "warning"),
    ]
    keys = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "vllm.entrypoints.openai.api_server", *words],
            env={**os.environ, **keys},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        _ended(process)


def _wait_for(url, process, log):
    until = time.monotonic() + STARTS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (on loopback)
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no server within {STARTS} s")


def killed_run(folder, model, number, shards):
    """Samples in a process of its own, and kills it when so many shards are stored."""
    process = subprocess.Popen(
        [sys.executable, HERE / "sample_driver.py", folder, model, str(number)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(HERE)]),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + STARTS
    try:
        while len(list(folder.glob("*.jsonl"))) < shards:
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < until
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    finally:
        _ended(process)
