"""A real HTTP server on this machine that serves files, and misbehaves as it is told."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

BLOCK = b"x" * 65_536


@dataclass
class Served:
    """What is served, and how badly: `cut` ends answers after so many bytes, `answers` come first."""

    files: dict[str, bytes]
    ranges: bool = True
    cut: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    endless: bool = False
    moved: str = ""
    wrong_start: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    served: Served

    def do_GET(self):
        asked = self.headers.get("Range")
        self.served.asked.append((self.path, asked))
        if self.served.answers:
            self._plain(self.served.answers.pop(0))
        elif self.served.moved:
            self._plain(302, Location=self.served.moved)
        elif self.path not in self.served.files:
            self._plain(404)
        elif self.served.endless:
            self._endless()
        else:
            self._body(self.served.files[self.path], asked)

    def _plain(self, status, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(BLOCK)
        except OSError:
            self.close_connection = True

    def _body(self, body, asked):
        start = 0
        if asked and self.served.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self._plain(416)
                return
            self.send_response(206)
            shown = 0 if self.served.wrong_start else start
            self.send_header("Content-Range", f"bytes {shown}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        rest = body[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.served.cut:
            rest = rest[: self.served.cut.pop(0)]
            self.close_connection = True
        self.wfile.write(rest)

    def log_message(self, *_):
        pass


@contextmanager
def serving(files):
    """Serves `files`, by path, until the block ends."""
    served = Served(files)
    handler = type("Handler", (_Handler,), {"served": served})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        served.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
