"""Serves the invented pages and the static files on a free port of this machine, with the strict policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests.web.preview import pages
from web.static_files import STATIC, STATIC_PATH

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = urlsplit(self.path)
        file = STATIC / address.path.removeprefix(f"{STATIC_PATH}/")
        if address.path.startswith(STATIC_PATH) and file.is_file():
            self._send(file.read_bytes(), guess_type(file)[0] or "font/woff2")
        elif (name := address.path.strip("/")) in pages.FRAMES:
            theme = parse_qs(address.query).get("theme", ["light"])[0]
            self._send(pages.page(name, theme).encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        code = parse_qs(body).get("code", [""])[0]
        self._send(pages.scan_answer(code).encode(), "text/html; charset=utf-8")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet: a preview keeps no log."""


@contextmanager
def preview_server() -> Iterator[str]:
    """The address of the running preview; it stops with the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
