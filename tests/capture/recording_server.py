"""A server on loopback that keeps what clients post, and answers as it is told."""
import gzip
import http.server
import threading


class RecordingServer:
    """report_answer and ping_answer are (status, body); `hang` makes it accept and never answer."""

    def __init__(self, report_answer=(200, b"CrashID=bp-00000000-0000-4000-8000-000000000000\n"), ping_answer=(200, b"")):
        self.reports = []  # (headers, body) of each, inflated
        self.pings = []    # (path, headers, body) of each, inflated
        self.report_answer = report_answer
        self.ping_answer = ping_answer
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if self.path == "/submit":
                    outer.reports.append((self.headers, body))
                    status, text = outer.report_answer
                else:
                    outer.pings.append((self.path, self.headers, body))
                    status, text = outer.ping_answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
