"""A stand-in for the Hugging Face Hub on this machine, for the tests of `publish` and `verify`.

It stands in for huggingface.co and its object storage: a real HTTP server that speaks those parts of the
Hub's API that `huggingface_hub` uses for data sets: whoami-v2, repos/create, repo info, preupload, the LFS
batch API with single-part PUT, NDJSON commits with a parent commit or as a pull request, tree, tags, and
resolve. It keeps commits in memory. It has no Xet storage, no multi-part uploads, no access tokens with
scopes, no gated repositories and no size limit but the one it is told.
"""

import base64
import hashlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_invented0token0of0the0tests0"  # noqa: S105
READER = "hf_invented0token0that0only0reads"
LFS_SUFFIXES = (".parquet",)


def blob_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass
class Repo:
    """The commits of a data set, each with all its files."""

    commits: dict = field(default_factory=dict)
    main: str = ""
    refs: dict = field(default_factory=dict)
    private: bool = False

    def commit(self, files, *, on="main"):
        told = repr((len(self.commits), sorted(files))).encode()
        oid = hashlib.sha1(told, usedforsecurity=False).hexdigest()
        self.commits[oid] = dict(files)
        if on == "main":
            self.main = oid
        else:
            self.refs[on] = oid
        return oid

    def files(self, revision):
        revision = self.main if revision == "main" else self.refs.get(revision, revision)
        return self.commits.get(revision)


@dataclass
class HubState:
    """What the server holds and was asked; it misbehaves as it is told."""

    repos: dict = field(default_factory=dict)
    objects: dict = field(default_factory=dict)
    puts: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    refuse_puts_after: int | None = None
    largest: int | None = None
    move_on: bool = False
    spoil: str = ""
    url: str = ""
    lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, name, **files):
        repo = self.repos.setdefault(name, Repo())
        repo.commit({path: text.encode() for path, text in files.items()})
        return repo


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: HubState

    def _json(self, value, status=200, **headers):
        body = json.dumps(value).encode()
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": len(body), **headers}
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), str(text))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, status, message, code=""):
        headers = {"X_Error_Message": message, **({"X_Error_Code": code} if code else {})}
        self._json({"error": message}, status, **headers)

    def _body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _route(self):
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query)
        path = unquote(parts.path)
        self.state.asked.append((self.command, path))
        for pattern, name in ROUTES[self.command]:
            if match := re.fullmatch(pattern, path):
                getattr(self, name)(*match.groups())
                return
        self._error(404, f"no such address: {self.command} {path}")

    def do_GET(self):
        self._route()

    def do_POST(self):
        self._route()

    def do_PUT(self):
        self._route()

    def do_HEAD(self):
        self._route()

    def _user(self):
        given = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        return {TOKEN: "writer", READER: "reader"}.get(given)

    def _may_write(self):
        if self._user() == "writer":
            return True
        self._body()
        self._error(403, "You don't have the rights to write to this repository")
        return False

    def _repo(self, name):
        repo = self.state.repos.get(name)
        if repo is None or (repo.private and not self._user()):
            self._error(404, "Repository not found", "RepoNotFound")
            return None
        return repo

    def whoami(self):
        if self._user():
            self._json({"name": self._user(), "type": "user", "orgs": []})
        else:
            self._error(401, "Invalid credentials in Authorization header")

    def create(self):
        if not self._may_write():
            return
        asked = json.loads(self._body())
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.state.repos:
            self._json({"error": "exists", "url": f"{self.state.url}/datasets/{name}"}, 409)
            return
        repo = self.state.add(name, **{".gitattributes": "*.parquet filter=lfs\n"})
        repo.private = asked.get("visibility") == "private"
        self._json({"url": f"{self.state.url}/datasets/{name}"})

    def info(self, name, revision):
        repo = self._repo(name)
        if repo is None:
            return
        revision = revision or "main"
        if repo.files(revision) is None:
            self._error(404, "Invalid rev id", "RevisionNotFound")
            return
        oid = repo.main if revision == "main" else repo.refs.get(revision, revision)
        siblings = [{"rfilename": path} for path in repo.files(oid)]
        self._json(
            {"id": name, "sha": oid, "private": repo.private, "siblings": siblings, "tags": []}
        )

    def validate(self):
        self._body()
        self._json({"errors": [], "warnings": []})

    def preupload(self, name, revision):
        repo = self._repo(name)
        if repo is None or not self._may_write():
            return
        there = repo.files(revision) or {}
        told = []
        for file in json.loads(self._body())["files"]:
            data = there.get(file["path"])
            lfs = file["path"].endswith(LFS_SUFFIXES)
            known = hashlib.sha256(data).hexdigest() if data and lfs else blob_id(data or b"")
            told.append(
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if lfs else "regular",
                    "shouldIgnore": False,
                    "oid": known if data is not None else None,
                }
            )
        self._json({"files": told})

    def batch(self, _name):
        if not self._may_write():
            return
        told = []
        for one in json.loads(self._body())["objects"]:
            entry = {"oid": one["oid"], "size": one["size"]}
            if self.state.largest is not None and one["size"] > self.state.largest:
                entry["error"] = {"code": 422, "message": "File is larger than the limit"}
            elif one["oid"] not in self.state.objects:
                entry["actions"] = {"upload": {"href": f"{self.state.url}/storage/{one['oid']}"}}
            told.append(entry)
        self._json({"transfer": "basic", "objects": told})

    def store(self, oid):
        data, limit = self._body(), self.state.refuse_puts_after
        assert hashlib.sha256(data).hexdigest() == oid
        with self.state.lock:  # a client sends several at once
            refused = limit is not None and len(self.state.puts) >= limit
            if not refused:
                self.state.puts.append(oid)
                self.state.objects[oid] = data
        if refused:
            self._error(400, "RequestTimeout")  # as S3 calls it
        else:
            self._json({})

    def commit(self, name, _revision):
        repo = self._repo(name)
        if repo is None or not self._may_write():
            return
        lines = [json.loads(line) for line in self._body().splitlines()]
        if self.state.move_on:
            repo.commit({"somebody": b"else"})
        header = lines[0]["value"]
        if header.get("parentCommit") not in (None, repo.main):
            self._error(412, "A commit has happened since. Please refresh and try again.")
            return
        files = dict(repo.files("main"))
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.state.objects[value["oid"]]
            else:
                files.pop(value["path"])
        if self.state.spoil:
            files[self.state.spoil] += b"spoiled"
        is_pr = "create_pr" in self.query
        oid = repo.commit(files, on="refs/pr/1" if is_pr else "main")
        url = f"{self.state.url}/datasets/{name}"
        pull = f"{url}/discussions/1" if is_pr else None
        self._json({"commitUrl": f"{url}/commit/{oid}", "commitOid": oid, "pullRequestUrl": pull})

    def tree(self, name, revision):
        repo = self._repo(name)
        if repo is None:
            return
        told = []
        for path, data in repo.files(revision).items():
            entry = {"type": "file", "path": path, "size": len(data), "oid": blob_id(data)}
            if path.endswith(LFS_SUFFIXES):
                sha256 = hashlib.sha256(data).hexdigest()
                entry["lfs"] = {"oid": sha256, "size": len(data), "pointerSize": 130}
            told.append(entry)
        self._json(told)

    def tag(self, name, revision):
        repo = self._repo(name)
        if repo is None or not self._may_write():
            return
        wanted = json.loads(self._body())["tag"]
        if wanted in repo.refs:
            self._error(409, "Tag already exists")
            return
        repo.refs[wanted] = repo.main if revision == "main" else revision
        self._json({})

    def resolve(self, name, revision, path):
        repo = self._repo(name)
        data = repo.files(revision).get(path) if repo else None
        if data is None:
            self._error(404, "Entry not found", "EntryNotFound")
            return
        etag = blob_id(data)
        if path.endswith(LFS_SUFFIXES):
            etag = hashlib.sha256(data).hexdigest()
        self.send_response(200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", revision)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_):
        pass


NAME = "([^/]+/[^/]+)"
RESOLVE = (rf"/datasets/{NAME}/resolve/([^/]+)/(.+)", "resolve")
ROUTES = {
    "GET": [
        ("/api/whoami-v2", "whoami"),
        (rf"/api/datasets/{NAME}/tree/([^/]+)", "tree"),
        (rf"/api/datasets/{NAME}(?:/revision/(.+))?", "info"),
        RESOLVE,
    ],
    "HEAD": [RESOLVE],
    "POST": [
        ("/api/repos/create", "create"),
        ("/api/validate-yaml", "validate"),
        (rf"/api/datasets/{NAME}/preupload/([^/]+)", "preupload"),
        (rf"/datasets/{NAME}.git/info/lfs/objects/batch", "batch"),
        (rf"/api/datasets/{NAME}/commit/([^/]+)", "commit"),
        (rf"/api/datasets/{NAME}/tag/([^/]+)", "tag"),
    ],
    "PUT": [("/storage/([0-9a-f]{64})", "store")],
}


@contextmanager
def serving_hub():
    """Serves an empty Hub until the block ends."""
    state = HubState()
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
