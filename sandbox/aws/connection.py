"""A client's connection, on which one request follows another as on AWS's own."""

import io
import traceback

from moto.server import MotoRequestHandler
from werkzeug.exceptions import InternalServerError
from werkzeug.test import run_wsgi_app


class Connection(MotoRequestHandler):
    """Reads each request whole and answers it whole; werkzeug's own ends with the first.

    To connect, and to start a thread for it, took about a sixth of an update's work.
    """

    disable_nagle_algorithm = True
    wbufsize = -1
    """As large as a buffer is by itself: an answer's head and body go out at once."""

    def handle_expect_100(self) -> bool:
        """Tell who asks first that the rest may come; it waits for that."""
        goes_on = bool(super().handle_expect_100())
        self.wfile.flush()
        return goes_on

    def log_request(self, *_: object) -> None:
        """Write nothing down: what is asked stands in the bodies, and most paths are the same."""

    def run_wsgi(self) -> None:
        """Answer one request; the connection ends when the client wants it to."""
        environ = self.make_environ()
        ends_by_itself = "wsgi.input_terminated" in environ
        size = -1 if ends_by_itself else int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(size))
        try:
            parts, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except Exception:
            # Into the AWS's log; whoever asked gets an answer, and the next one too.
            traceback.print_exc()
            parts, status, headers = run_wsgi_app(InternalServerError(), environ, buffered=True)
        body = b"".join(parts)
        headers.setdefault("Content-Length", str(len(body)))
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
