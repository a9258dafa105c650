"""A server in OpenAI's form on this machine that fails as it is told, then answers."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

import orjson


@dataclass
class Broken:
    """`faults` come before answers, one a request: a status with headers, bytes, or the word for a fault.

    Nothing is answered before `together` requests are in flight, and nothing but faults after `last` answers.
    `says` makes the answer of a prompt and the sample's place.
    """

    faults: list = field(default_factory=list)
    models: object = None
    most: int = 0
    fewer: bool = False
    together: int = 0
    last: int | None = None
    says: object = None
    asked: list = field(default_factory=list)
    headers: list = field(default_factory=list)
    in_flight: int = 0
    url: str = ""
    enough: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    broken: Broken

    def do_GET(self):
        models = self.broken.models
        self._answer(404, {}) if models is None else self._answer(200, {"data": models})

    def do_POST(self):
        body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        broken = self.broken
        with broken.lock:
            broken.asked.append((self.path, body))
            broken.headers.append(dict(self.headers))
            broken.in_flight += 1
            broken.most = max(broken.most, broken.in_flight)
            fault = broken.faults.pop(0) if broken.faults else None
            if fault is None and broken.last is not None:
                broken.last -= 1
                fault = (503, {}) if broken.last < 0 else None
            if broken.most >= broken.together:
                broken.enough.set()
        broken.enough.wait(30)
        with broken.lock:
            broken.in_flight -= 1
        self._fail(fault) if fault is not None else self._complete(body)

    def _fail(self, fault):
        if fault == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"choices": [{"te')
            self.close_connection = True
        elif fault == "closed":
            self.close_connection = True
        elif fault == "silent":
            self.broken.ended.wait(30)
            self.close_connection = True
        elif isinstance(fault, bytes):
            self._answer(200, fault)
        else:
            status, headers, *body = fault
            self._answer(status, body[0] if body else {}, **headers)

    def _complete(self, body):
        chat = "messages" in body
        said = body["messages"][-1]["content"] if chat else body["prompt"]
        count = 1 if self.broken.fewer else body["n"]
        says = self.broken.says or (
            lambda said, at: f" {said[-20:]} seed {body['seed']} sample {at}"
        )
        texts = [says(said, at) for at in range(count)]
        form = "message" if chat else "text"
        choices = [
            {
                "index": at,
                form: {"role": "assistant", "content": text} if chat else text,
                "finish_reason": "stop",
            }
            for at, text in enumerate(texts)
        ]
        self._answer(200, {"choices": choices[::-1]})

    def _answer(self, status, body, **headers):
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # whoever asked may be gone
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def failing(*faults, **keys):
    """Serves until the block ends; the faults come first."""
    broken = Broken(list(faults), **keys)
    handler = type("Handler", (_Handler,), {"broken": broken})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        broken.url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield broken
        finally:
            broken.ended.set()
            server.shutdown()
            thread.join()
