"""A cairn-server of its own for a test, with tokens, and symbols to send to it."""
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
import zipfile

PATIENCE_S = 60
ID = "0123456789ABCDEF0123456789ABCDEF0"
WINDOWS_ID = "44E4EC8C2F41492B9369D6B9A059577C2"


def symbols(name, debug_id=ID, functions=3, code=None, system="Linux"):
    lines = [f"MODULE {system} x86_64 {debug_id} {name}"]
    if code:
        lines.append(f"INFO CODE_ID {code[1]} {code[0]}")
    lines.append("INFO GENERATOR made/for tests 1.0")
    for i in range(functions):
        lines.append(f"FUNC {4096 + 16 * i:x} 10 0 function_{i}()")
    return ("\n".join(lines) + "\n").encode()


def text_name(name):
    return re.sub(r"\.pdb$", "", name, flags=re.I) + ".sym"


def key(name, debug_id=ID):
    return f"{name}/{debug_id}/{text_name(name)}"


def zip_of(members):
    """Of (name, bytes)."""
    buffer = io.BytesIO()
    warnings.filterwarnings("ignore", "Duplicate name")  # Which is what some tests are about.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:300]!r}"

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """`config` is TOML; use it in a `with`. `folder`, where given, outlives it."""

    def __init__(self, program, config="", folder=None, environment=None):
        self.program = program
        self.is_temporary = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="cairn-symbols-")
        self.data = os.path.join(self.folder, "data")
        config_path = os.path.join(self.folder, "cairn.toml")
        with open(config_path, "w", encoding="utf-8") as file:
            file.write(config)
        self.log = open(os.path.join(self.folder, "log"), "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, "serve", "--config", config_path, "--data", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
                raise RuntimeError("the server did not start: " + file.read())
        self.url = found.group(0)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.end(signal.SIGTERM)
        if self.is_temporary:
            shutil.rmtree(self.folder)

    def end(self, how):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self.log.close()

    def run(self, *words):
        done = subprocess.run([self.program, *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stderr}")
        return done.stdout

    def token(self, permissions, name=None):
        """A token of a user of its own."""
        name = name or "user-" + os.urandom(4).hex()
        self.run("user", "add", name, "--data", self.data, "--permissions", permissions)
        output = self.run("user", "token", "--data", self.data, "--user", name, "--permissions", permissions)
        return re.search(r"cairn_[0-9a-f]{64}", output).group(0)

    def curl(self, path, *options, token=None, body=None, headers=None):
        """curl's view of an answer: nothing is followed, nothing is inflated."""
        url = path if path.startswith("http") else self.url + path
        command = ["curl", "-s", "-S", "--max-time", "60", "-D", "-", "--path-as-is", "-H", "Expect:", *options, url]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        if token:
            command += ["-H", "Auth-Token: " + token]
        with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as sent:
            if body is not None:
                sent.write(body)
                sent.flush()
                command += ["--data-binary", "@" + sent.name]
            done = subprocess.run([*command, "-o", out.name], capture_output=True, check=False)
            if done.returncode != 0:
                raise ConnectionError(done.stderr.decode())
            content = out.read()
        head = [part for part in done.stdout.decode("latin-1").split("\r\n\r\n") if part][-1].split("\r\n")
        fields = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        return Answer(int(head[0].split()[1]), fields, content)

    def upload(self, token, members, path="/upload/", fields=()):
        with tempfile.NamedTemporaryFile(suffix=".zip") as file:
            file.write(zip_of(members))
            file.flush()
            form = [word for name, value in fields for word in ("-F", f"{name}={value}")]
            return self.curl(path, *form, "-F", f"symbols.zip=@{file.name};filename=symbols.zip", token=token)

    def begin(self, token, files, **more):
        """Of (key, bytes), by the second protocol: what the server wants."""
        order = {"files": [{"key": name, "size": len(content), "md5_hash": hashlib.md5(content).hexdigest()}
                           for name, content in files], **more}
        return self.curl("/upload/v2/", token=token, body=json.dumps(order).encode())

    def put(self, url, content, content_range=None):
        headers = {"Content-Type": "application/octet-stream"}
        if content_range:
            headers["Content-Range"] = content_range
        return self.curl(url, "-X", "PUT", body=content, headers=headers)

    def fetch(self, path, **more):
        """The text that a client has in the end, or nothing."""
        answer = self.curl(path, headers={"Accept-Encoding": "gzip"}, **more)
        if answer.status != 200:
            return None
        return gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("never: " + what)
        time.sleep(0.05)
