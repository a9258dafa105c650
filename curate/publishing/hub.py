"""The Hugging Face Hub: one commit of exactly a folder, a tag, and the remote files' hashes compared."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

from curate.errors import GateError, InputError, SetupError, UsageError
from curate.models import ReleaseFile
from curate.runs import file_sha256
from curate.sampling.extras import installed

__all__ = ["LARGEST", "Hub", "Pushed", "Target", "folder_files", "refuse_name"]

LARGEST = 50 * 10**9
"""Bytes of the largest file that the Hub takes (huggingface.co/docs/hub/storage-limits)."""
DATASET = "dataset"
LOGIN = "Log in with `hf auth login`, with a token that may write."
AGAIN = "Run the same command again: what was sent is not sent again."
_OURS = frozenset({".gitattributes"})
"""Files that the Hub makes itself."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Target:
    """Where a release goes; with `create_pr` as a pull request."""

    repo: str
    private: bool = False
    create_pr: bool = False


@dataclass(frozen=True)
class Pushed:
    """What a push made; a pull request has no tag until it is merged."""

    commit: str
    url: str
    tag: str | None
    pull_request: str | None


def refuse_name(repo: str) -> None:
    """Refuses what is no repository's name.

    Raises:
        UsageError: It is not ORG/NAME of letters, digits, `-`, `_` and `.`.
    """
    if not _NAME.fullmatch(repo) or "--" in repo or ".." in repo or repo.endswith(".git"):
        raise UsageError(
            f"a data set's name is ORG/NAME, of letters, digits, '-', '_' and '.', got {repo!r}",
            hint="For example --repo my-org/jmle-corpus.",
        )


def folder_files(folder: Path) -> list[ReleaseFile]:
    """Returns all files of a folder, by name, with size and hash.

    Raises:
        InputError: One is larger than the Hub takes.
    """
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, size = path.relative_to(folder).as_posix(), path.stat().st_size
            if size > LARGEST:
                raise InputError(
                    f"has {size:,} bytes; the Hub takes {LARGEST:,} a file",
                    where=name,
                    hint="Publish fewer rows, or in several runs.",
                )
            files.append(ReleaseFile(path=name, bytes=size, sha256=file_sha256(path)))
    return files


class Hub:
    """The Hub at HF_ENDPOINT, with the token of `hf auth login` or HF_TOKEN; no token is ever shown."""

    def __init__(self) -> None:
        self._library = installed("huggingface_hub", "publish")
        utils = installed("huggingface_hub.utils", "publish")
        utils.disable_progress_bars()
        installed("huggingface_hub.utils.logging", "publish").set_verbosity_error()

    @cached_property
    def token(self) -> str:
        """The user's token.

        Raises:
            SetupError: There is none.
        """
        found = self._library.get_token()
        if not found:
            raise SetupError("no token of the Hugging Face Hub", hint=LOGIN)
        return str(found)

    @cached_property
    def _api(self) -> Any:
        return self._library.HfApi(
            endpoint=os.environ.get("HF_ENDPOINT"), token=self._library.get_token() or False
        )

    def whoami(self) -> str:
        """Returns the user's name; raises SetupError where the Hub does not know the token."""
        with self._told("asking whose token it is"):
            return str(self._api.whoami(self.token)["name"])

    def head(self, repo: str) -> str | None:
        """Returns the last commit of a data set's main branch, or None where there is no such data set."""
        errors = installed("huggingface_hub.errors", "publish")
        with self._told(f"looking at {repo}"):
            try:
                return str(self._api.repo_info(repo, repo_type=DATASET).sha)
            except errors.RepositoryNotFoundError:
                return None

    def push(
        self, folder: Path, target: Target, parent: str | None, message: str, tag: str
    ) -> Pushed:
        """Sends a folder in one commit on `parent`, which removes what is not in it, and tags it.

        What was sent before, by this or an interrupted push, is not sent again.

        Raises:
            SetupError: No token, no rights, or no way to the Hub.
            GateError: The repository moved on meanwhile.
            InputError: The Hub takes a file not.
        """
        api, repo = self._api, target.repo
        with self._told(f"sending to {repo}"):
            if parent is None:
                api.create_repo(repo, repo_type=DATASET, private=target.private, exist_ok=True)
                parent = str(api.repo_info(repo, repo_type=DATASET).sha)
            operations = [*self._additions(folder), *self._deletions(folder, repo, parent)]
            done = api.create_commit(
                repo,
                operations,
                commit_message=message,
                repo_type=DATASET,
                parent_commit=parent,
                create_pr=target.create_pr,
            )
            if not target.create_pr:
                api.create_tag(repo, tag=tag, revision=done.oid, repo_type=DATASET, exist_ok=True)
        return Pushed(
            commit=done.oid,
            url=str(done.commit_url),
            tag=None if target.create_pr else tag,
            pull_request=done.pr_url,
        )

    def differences(
        self, repo: str, revision: str, folder: Path, files: Sequence[ReleaseFile]
    ) -> list[str]:
        """Returns what of a revision is not `files` of `folder`, by the hashes that the Hub tells."""
        local = {file.path: file for file in files}
        with self._told(f"reading the files of {repo}"):
            remote = self._remote(repo, revision)
        told = [f"{name}: missing" for name in local if name not in remote]
        for name, entry in remote.items():
            if name not in local:
                told.append(f"{name}: not in the release")
            elif not _is_same(folder / name, local[name], entry):
                told.append(f"{name}: other content")
        return sorted(told)

    def download(self, repo: str, revision: str | None, to: Path) -> str:
        """Downloads a data set into a folder and returns its commit.

        Raises:
            InputError: There is none of that name and revision.
            SetupError: No rights, or no way to the Hub.
        """
        errors = installed("huggingface_hub.errors", "publish")
        with self._told(f"downloading {repo}"):
            try:
                commit = str(self._api.repo_info(repo, repo_type=DATASET, revision=revision).sha)
            except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as exc:
                raise InputError(
                    "no such data set, or none that you may see",
                    where=f"{repo}@{revision}" if revision else repo,
                    hint="`hf auth login` shows private ones.",
                ) from exc
            self._api.snapshot_download(
                repo, repo_type=DATASET, revision=commit, local_dir=to, max_workers=4
            )
        return commit

    def _additions(self, folder: Path) -> Iterator[Any]:
        for file in folder_files(folder):
            yield self._library.CommitOperationAdd(file.path, folder / file.path)

    def _deletions(self, folder: Path, repo: str, parent: str) -> Iterator[Any]:
        here = {file.path for file in folder_files(folder)}
        for name in self._remote(repo, parent):
            if name not in here:
                yield self._library.CommitOperationDelete(name)

    def _remote(self, repo: str, revision: str) -> Mapping[str, Any]:
        tree = self._api.list_repo_tree(repo, repo_type=DATASET, revision=revision, recursive=True)
        files = [entry for entry in tree if hasattr(entry, "blob_id")]
        return {entry.path: entry for entry in files if entry.path not in _OURS}

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Turns the Hub's refusals into our errors, without the token in them."""
        errors = installed("huggingface_hub.errors", "publish")
        http = installed("httpx2", "publish")
        try:
            yield
        except errors.LocalTokenNotFoundError as exc:
            raise SetupError("no token of the Hugging Face Hub", hint=LOGIN) from exc
        except errors.HfHubHTTPError as exc:
            raise _refused(doing, exc) from None
        except (http.HTTPError, errors.OfflineModeIsEnabled) as exc:
            raise _unreachable(doing, exc) from None
        except RuntimeError as exc:  # of one file's upload
            cause = exc.__cause__
            if _is_refusal(cause):
                raise _refused(doing, cause) from None
            if not isinstance(cause, (http.HTTPError, OSError)):
                raise
            raise _unreachable(doing, cause) from None
        except ValueError as exc:  # of the upload protocol
            raise InputError(f"{doing}: {self._clean(str(exc))}") from None

    def _clean(self, text: str) -> str:
        token = self._library.get_token()
        return text.replace(token, "(token)") if token else text


def _refused(doing: str, error: Any) -> SetupError | GateError | InputError:
    """Returns what an answer of the Hub means; its message alone is told, never a header that was sent."""
    status = error.response.status_code
    said = (error.server_message or "").strip() or HTTPStatus(status).phrase
    if status == HTTPStatus.UNAUTHORIZED:
        return SetupError(f"{doing}: the Hub does not know the token", hint=LOGIN)
    if status == HTTPStatus.FORBIDDEN:
        return SetupError(f"{doing}: the token has no right to: {said}", hint=LOGIN)
    if status in (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT):
        return GateError(
            f"{doing}: the repository has moved on meanwhile: {said}",
            hint="Look at what is new there, and run the same command again.",
        )
    if status == HTTPStatus.NOT_FOUND:
        return InputError(f"{doing}: {said}")
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return InputError(f"{doing}: the Hub refuses it: {said}")
    return SetupError(f"{doing}: the Hub says {status} {said}", hint=AGAIN)


def _is_refusal(error: BaseException | None) -> bool:
    """Whether an answer to an upload is more than that it broke off, which storage says with 400, too."""
    response = getattr(error, "response", None)
    return response is not None and response.status_code != HTTPStatus.BAD_REQUEST


def _unreachable(doing: str, error: BaseException) -> SetupError:
    return SetupError(
        f"{doing}: no way to the Hub: {type(error).__name__}",
        hint=AGAIN,
    )


def _is_same(path: Path, file: ReleaseFile, entry: Any) -> bool:
    if entry.lfs is not None:
        return bool(entry.lfs.sha256 == file.sha256)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != file.sha256:
        return False
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return bool(entry.blob_id == blob.hexdigest())
