"""A cairn-server of its own for a test: on loopback, with a data folder that ends with it."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PATIENCE_S = 60


class Server:
    """`config` is TOML; `server.port`, `server.data`. Use it in a `with`. `folder`, where given, outlives it."""

    def __init__(self, program, config="", folder=None):
        self.is_temporary = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="cairn-intake-")
        self.data = os.path.join(self.folder, "data")
        config_path = os.path.join(self.folder, "cairn.toml")
        with open(config_path, "w", encoding="utf-8") as file:
            file.write(config)
        self.log = open(os.path.join(self.folder, "log"), "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, "serve", "--config", config_path, "--data", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise RuntimeError("the server did not start: " + self.said())
        self.port = int(found.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.log.close()
        if self.is_temporary:
            shutil.rmtree(self.folder)

    def said(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()

    def wait_until_said(self, text):
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.said():
            if time.monotonic() > deadline:
                raise AssertionError(f"{text!r} was never said: {self.said()}")
            time.sleep(0.05)

    def peak_memory(self):
        """VmHWM, in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1)) * 1024

    def send(self, body, headers=None, method="POST", path="/submit"):
        """Status and body of the answer. The header is what `headers` says, with Content-Length and Host."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def talk(self, data, hang_up=False):
        """Everything that comes back for these bytes of a connection, as text."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            try:
                connection.sendall(data)
                if hang_up:
                    connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # The server had enough; what it said can still be read.
            received = b""
            try:
                while piece := connection.recv(65536):
                    received += piece
                    head, end, body = received.partition(b"\r\n\r\n")
                    length = re.search(rb"Content-Length: (\d+)", head)
                    if end and length and len(body) >= int(length.group(1)):
                        break
            except ConnectionResetError:
                pass
            return received.decode()

    # What is stored ----------------------------------------------------------------------------------------

    def blob(self, key):
        try:
            with open(os.path.join(self.data, "blobs", key), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def raw_crash(self, crash_id):
        text = self.blob(f"v1/raw_crash/20{crash_id[-6:]}/{crash_id}")
        return None if text is None else json.loads(text)

    def stored(self):
        """The ids of all reports."""
        ids = []
        for folder, _, names in os.walk(os.path.join(self.data, "blobs", "v1", "raw_crash")):
            ids += names
        return sorted(ids)

    def unfinished(self):
        """Files that nobody finishes. Processing writes here too, so one that goes is none."""
        deadline = time.monotonic() + PATIENCE_S
        while (files := os.listdir(os.path.join(self.data, "blobs", ".incoming"))) and time.monotonic() < deadline:
            time.sleep(0.05)
        return files


def text_part(name, value):
    value = value if isinstance(value, bytes) else value.encode()
    return b'Content-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"


def file_part(name, content, content_type="application/octet-stream", filename="x.dmp"):
    return (f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n").encode() + content + b"\r\n"


def json_part(text, name="extra"):
    return file_part(name, text.encode(), "application/json", "extra.json")


BOUNDARY = "---MultipartBoundary-n7---"
FORM = {"Content-Type": "multipart/form-data; boundary=" + BOUNDARY}


def multipart(*parts):
    body = b"".join(b"--" + BOUNDARY.encode() + b"\r\n" + part for part in parts)
    return body + b"--" + BOUNDARY.encode() + b"--\r\n"
