"""A symbol server on loopback that answers as each test tells it, and remembers what it was asked."""
import gzip
import http.server
import threading
import time


class Reply:
    """`body` is bytes; `gzipped` compresses it; `cut` sends that many bytes less than announced; `delay` seconds pass
    before the body."""

    def __init__(self, status=200, body=b"", headers=(), gzipped=False, cut=0, delay=0):
        self.status, self.body, self.headers, self.cut, self.delay = status, body, dict(headers), cut, delay
        if gzipped:
            self.body = gzip.compress(body)
            self.headers["Content-Encoding"] = "gzip"


class SymbolServer:
    def __init__(self):
        self.replies = {}  # Path without query: Reply. All else is 404.
        self.default = Reply(404, b"Symbol Not Found")
        self.requests = []  # Paths with queries.
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with outer._lock:
                    outer.requests.append(self.path)
                    outer._at_once += 1
                    outer.most_at_once = max(outer.most_at_once, outer._at_once)
                try:
                    self.answer(outer.replies.get(self.path.split("?")[0], outer.default))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with outer._lock:
                        outer._at_once -= 1

            def answer(self, reply):
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.flush()
                time.sleep(reply.delay)
                self.wfile.write(reply.body[:len(reply.body) - reply.cut])
                if reply.cut:
                    self.close_connection = True

            def log_message(self, *arguments):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # Clients that hang up are what some tests are about.

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
