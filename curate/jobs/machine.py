"""What the machine has: cores, memory, devices, disk, fonts, a browser, a token (never its value)."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from curate.jobs.requirements import is_importable

_GIB = 1 << 30
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


def processor() -> dict[str, Any]:
    """Returns the cores that this process may use and the memory that it may have, in GiB."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # no cgroup, or "max"
        total = min(total, int(_CGROUP_LIMIT.read_text(encoding="ascii")))
    return {"cores": len(os.sched_getaffinity(0)), "memory_gib": round(total / _GIB, 1)}


def devices() -> list[str]:
    """Returns the GPUs that torch sees; what else is known of them where torch is not installed."""
    if is_importable("torch"):
        return _torch_devices()
    if shutil.which("nvidia-smi"):
        return ["an NVIDIA driver, and no torch to use it with"]
    return []


def _torch_devices() -> list[str]:
    import torch  # noqa: PLC0415 (seconds; only where it is installed)

    found = [torch.cuda.get_device_properties(n) for n in range(torch.cuda.device_count())]
    return [f"{one.name}, {one.total_memory / _GIB:.0f} GiB" for one in found]


def disk(folder: Path) -> dict[str, Any]:
    """Returns a folder, its free space in GiB, and whether a file can be written there."""
    return {
        "folder": str(folder),
        "free_gib": round(shutil.disk_usage(folder).free / _GIB, 1),
        "writable": is_writable(folder),
    }


def is_writable(folder: Path) -> bool:
    """Whether a file can be written into a folder: it is tried."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"curate")
    except OSError:
        return False
    return True


def japanese_fonts() -> list[str] | None:
    """Returns families with Japanese characters; None where nothing lists the fonts."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 (fixed arguments)
        [program, ":lang=ja", "family"], capture_output=True, text=True, check=False, timeout=60
    )
    return sorted({line.split(",")[0].strip() for line in done.stdout.splitlines() if line.strip()})


def browser() -> str | None:
    """Returns the path of a Chromium."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def token() -> str | None:
    """Says where a Hugging Face token stands; its value is not read."""
    named = next((name for name in _TOKENS if os.environ.get(name)), None)
    if named:
        return f"in ${named}"
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    file = Path(os.environ.get("HF_TOKEN_PATH") or home / "token")
    return "in a file of the Hub's" if file.is_file() and file.stat().st_size else None


def proxy() -> bool:
    """Whether a proxy is set for `fetch`; its address may hold a password, and is not told."""
    return any(os.environ.get(name) for name in _PROXIES)
