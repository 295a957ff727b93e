#!/usr/bin/env python3
"""A purge leaves no byte: marks are planted wherever a report and pings can hold one, and then every file is searched.

usage: purge_test.py CAIRN_SERVER

Each crash has marks of its own: in annotations (of every row of the registry, and unknown ones, in names and values), in
memory, module names and streams of its dumps, in names of files and dumps, in the ping of the same dump with its client
id, and in a ping that is refused. What is searched for are the marks, and the ids as text in either case, as hex without
dashes and as bytes in every order that a store may keep them in.
"""
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "tests" / "e2e" / "intake"), str(ROOT / "tests" / "stackwalk")]
from dump_builder import Module, build  # noqa: E402
from server import FORM, Server, file_part, json_part, multipart  # noqa: E402

PROGRAM = ""
PATIENCE_S = 60
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"  # Of processed crashes: what they hold is searched as well.
BASE = 0x5500_0000_0000
MAX_ANNOTATIONS = 400  # The collector takes 512.


def annotation_names():
    """Those of the registry."""
    text = (ROOT / "schema" / "annotations.yaml").read_text(encoding="utf-8")
    return re.findall(r"^  - name: (\w+)$", text, re.MULTILINE)


class Crash:
    """A report, its ping and a refused ping, with marks that nothing else has."""

    def __init__(self, name):
        self.name = name
        self.token = uuid.uuid4().hex[:12]
        self.marks = {}
        self.crash_id = None
        self.ping_id = str(uuid.uuid4())
        self.refused_id = str(uuid.uuid4())
        self.client_id = str(uuid.uuid4())
        self.dump = self.make_dump()

    def mark(self, where):
        self.marks[where] = f"mark{self.token}{where}"
        return self.marks[where]

    def make_dump(self):
        module = Module(BASE, "/home/" + self.mark("user") + "/lib" + self.mark("module") + ".so",
                        build_id=os.urandom(20))
        stack = [BASE + 0x1000 + 16 * i for i in range(8)]
        return build([module], BASE + 0x2000, stack,
                     more_memory=[(0x7f00_0000_0000, self.mark("memory").encode() * 40)],
                     more_streams=[(0x4767_0003, self.mark("stream").encode()),
                                   (0x4767_0006, b"HOME=/" + self.mark("environment").encode() + b"\0")])

    def annotations(self):
        values = {"ProductName": "Crashy", "Version": "1.0", "ReleaseChannel": "release"}
        for name in annotation_names()[:MAX_ANNOTATIONS]:
            if name not in values and name not in ("uuid", "ThrottleableReport"):
                values[name] = self.mark("In" + name)
        values[self.mark("UnknownName")] = self.mark("UnknownValue")
        values["Comments"] = "it crashed, says " + self.mark("Comment")
        values["AbortMessage"] = self.mark("Abort")
        values["CrashEventID"] = self.mark("Event")
        return values

    def submit(self, server):
        self.marks["dumpname"] = "d" + self.token  # Of longer names the collector keeps the beginning.
        body = multipart(
            json_part(json.dumps(self.annotations())),
            file_part("upload_file_minidump", self.dump, filename=self.mark("filename") + ".dmp"),
            file_part(self.marks["dumpname"], b"the second"),
            file_part("upload_file_minidump_browser", build([Module(BASE, "/" + self.mark("second") + ".so", build_id=os.urandom(20))], BASE + 1,
                                  [BASE + 2])),
            file_part("memory_report", gzip.compress(json.dumps({"report": self.mark("memoryreport")}).encode())))
        status, answer = server.send(body, FORM)
        assert status == 200 and answer.startswith("CrashID=bp-"), answer
        self.crash_id = answer.strip()[len("CrashID=bp-"):]
        frames = [{"ip": hex(BASE + 0x1000), "module_index": 0, "trust": "context"}]
        self.send_ping(server, self.ping_id, {
            "type": "crash", "id": self.ping_id, "version": 4, "creationDate": "2026-05-01T10:00:00.000Z",
            "clientId": self.client_id,
            "application": {"architecture": "x86-64", "buildId": "20260101000000", "channel": "release",
                            "name": "Crashy", "platformVersion": "1.0", "vendor": "Cairn", "version": "1.0",
                            "xpcomAbi": "x86_64-gcc3"},
            "payload": {"crashDate": "2026-05-01", "processType": "main", "hasCrashEnvironment": True,
                        "minidumpSha256Hash": hashlib.sha256(self.dump).hexdigest(),
                        "metadata": {"MozCrashReason": self.mark("PingReason"), "ProductName": "Crashy"},
                        "stackTraces": {"status": "OK", "crash_info": {"type": "SIGSEGV", "address": "0x0",
                                                                       "crashing_thread": 0},
                                        "modules": [{"base_addr": hex(BASE), "end_addr": hex(BASE + 0x10000),
                                                     "filename": self.mark("PingModule") + ".so",
                                                     "code_id": "aa", "debug_file": self.mark("PingModule") + ".so",
                                                     "debug_id": uuid.uuid4().hex.upper() + "0", "version": "1"}],
                                        "threads": [{"frames": frames}]}}})
        self.send_ping(server, self.refused_id, {"type": "crash", "why": self.mark("Refused")})

    @staticmethod
    def send_ping(server, document_id, ping):
        status, answer = server.send(json.dumps(ping).encode(), {"Content-Type": "application/json"},
                                     path=f"/submit/telemetry/{document_id}/crash/Crashy/1.0/release/1?v=4")
        assert status == 200, answer

    def ids(self):
        return [self.crash_id, self.ping_id, self.refused_id]

    def traces(self):
        """Name to bytes of everything that must be gone."""
        found = {where: mark.encode() for where, mark in self.marks.items()}
        for name, text in zip(("report", "ping", "refused", "client"), self.ids() + [self.client_id]):
            raw = uuid.UUID(text).bytes
            # DuckDB's numbers of 128 bits: little endian, and of UUIDs with the highest bit turned.
            turned = bytes([raw[0] ^ 0x80]) + raw[1:]
            forms = [text.encode(), text.upper().encode(), text.replace("-", "").encode(),
                     text.replace("-", "").upper().encode(), raw, raw[::-1], uuid.UUID(text).bytes_le, turned,
                     turned[::-1], turned[7::-1] + turned[:7:-1], turned[:7:-1] + turned[7::-1]]
            found.update({f"{name} id, form {i}": form for i, form in enumerate(forms)})
        return found


def files_below(folder):
    for path, folders, names in os.walk(folder):
        for name in folders + names:
            whole = os.path.join(path, name)
            content = b""
            if name in names:
                try:
                    with open(whole, "rb") as file:
                        content = file.read()
                except FileNotFoundError:
                    continue  # It went meanwhile.
            if content.startswith(ZSTD_MAGIC):
                content += subprocess.run(["zstd", "-dcq"], input=content, capture_output=True, check=True).stdout
            yield whole, content


def traces_in(folder, crash):
    """"what: where" of all that is found, in names of files as well."""
    found = []
    traces = crash.traces()
    for path, content in files_below(folder):
        name = os.path.relpath(path, folder).encode()
        for what, trace in traces.items():
            if trace in content or trace in name:
                found.append(f"{what}: {path}")
    return found


def run(*words, check=None, text_input=None):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=PATIENCE_S, input=text_input)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def await_true(what, condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(what + " did not come")
        time.sleep(0.05)


class Purge(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cairn-purge-")
        self.addCleanup(shutil.rmtree, self.folder)

    def serve(self, config=""):
        return Server(PROGRAM, config, folder=self.folder)

    def upstream(self):
        """The configuration that names a symbol server, which has nothing."""
        class Nothing(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_error(404)

            def log_message(self, *unused):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        servers = "".join(f'[[symbols.upstream]]\nurl = "{url}"\nkind = "{kind}"\n'
                          for kind in ("breakpad", "symstore", "debuginfod"))
        return '[symbols]\nallowed_addresses = ["127.0.0.0/8"]\n' + servers

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    def token(self, permissions):
        return run("user", "token", "--data", self.data, "--permissions", permissions, "--label", "the tester",
                   check=0).stdout.strip()

    def search(self, server, token, query):
        status, answer = server.send(None, {"Auth-Token": token}, "GET", "/api/SuperSearch/?" + query)
        self.assertEqual(status, 200, answer)
        return json.loads(answer)["total"]

    def submit_and_await(self, server, crashes, token):
        for crash in crashes:
            crash.submit(server)
        for crash in crashes:
            for crash_id in (crash.crash_id, crash.ping_id):
                await_true("row of " + crash_id, lambda i=crash_id: self.search(server, token, "uuid=" + i) == 1)

            def is_refused():
                listed = run("ping", "rejects", "--data", self.data, "--json", check=0).stdout
                return crash.refused_id in listed
            await_true("refused ping", is_refused)

    def assert_kept(self, server, crash, token):
        for crash_id in (crash.crash_id, crash.ping_id):
            self.assertEqual(self.search(server, token, "uuid=" + crash_id), 1)
            path = "/api/ProcessedCrash/?crash_id=" + crash_id  # A ping's document is made when it is asked for.
            await_true("document of " + crash_id,
                       lambda p=path: server.send(None, {"Auth-Token": token}, "GET", p)[0] == 200)
        found = {trace.split(":")[0] for trace in traces_in(self.data, crash)}
        self.assertLessEqual({"Comment", "memory", "PingReason", "Refused", "dumpname"}, found)

    def assert_gone(self, crash):
        self.assertEqual(traces_in(self.data, crash), [])

    def test_a_stopped_server(self):
        victim, keeper = Crash("victim"), Crash("keeper")
        with self.serve(self.upstream()) as server:
            token = self.token("view_pings,view_pii")
            self.submit_and_await(server, [victim, keeper], token)
            # Who reads what is protected is written down, with the id.
            server.send(None, {"Auth-Token": token}, "GET", "/api/ProcessedCrash/?crash_id=" + victim.crash_id)
        before = traces_in(self.data, victim)
        planted = {"Comment", "UnknownName", "UnknownValue", "memory", "module", "dumpname", "second", "PingReason",
                   "Refused", "report id, form 0", "ping id, form 0", "refused id, form 0", "client id, form 0"}
        self.assertLessEqual(planted, {trace.split(":")[0] for trace in before})
        files = {os.path.relpath(trace.split(": ")[1], self.data).split("/")[0] for trace in before}
        self.assertLessEqual({"blobs", "index", "directory.sqlite", "pings.sqlite", "upstream-symbols"}, files)
        done = run("purge", "--data", self.data, "--with-counterparts", "bp-" + victim.crash_id.upper()[:8] +
                   victim.crash_id[8:], victim.refused_id, check=0)
        self.assertIn(f"{victim.crash_id} report: ", done.stdout)
        self.assertIn(f"{victim.ping_id} ping: ", done.stdout)
        self.assert_gone(victim)
        again = run("purge", "--data", self.data, "-", check=1, text_input="\n".join(victim.ids()) + "\nno-id\n")
        for crash_id in victim.ids() + ["no-id"]:
            self.assertIn(crash_id + ": nothing is known of it", again.stderr)
        audit = run("user", "audit", "--data", self.data, check=0).stdout
        stand_in = "purged " + hashlib.sha256(victim.crash_id.encode()).hexdigest()[:32]
        self.assertIn("\tcairn purge\tpurge\t" + stand_in, audit)
        self.assertIn("\tthe tester\tread protected\t" + stand_in, audit)
        with self.serve() as server:
            self.assert_kept(server, keeper, token)
            self.assertEqual(self.search(server, token, "uuid=" + victim.crash_id), 0)
            self.assert_gone(victim)

    def test_a_running_server(self):
        victim, keeper = Crash("victim"), Crash("keeper")
        with self.serve(self.upstream()) as server:
            token = self.token("view_pings,view_pii")
            self.submit_and_await(server, [victim, keeper], token)
            # The command finds the server by itself.
            done = run("purge", "--data", self.data, "--with-counterparts", *victim.ids(), check=0)
            self.assertIn(f"{victim.ping_id} ping: ", done.stdout)
            self.assert_gone(victim)
            self.assert_kept(server, keeper, token)
            # Another tells it by its address; a token without the permission is not enough.
            second = Crash("second")
            self.submit_and_await(server, [second], token)
            url = f"http://127.0.0.1:{server.port}"
            refused = run("purge", "--url", url, "--token", token, second.crash_id, check=1)
            self.assertIn("purge_crashes", refused.stderr)
            self.assertEqual(self.search(server, token, "uuid=" + second.crash_id), 1)
            run("purge", "--url", url, "--token", self.token("purge_crashes"), *second.ids(), check=0)
            self.assert_gone(second)
            run("purge", "--data", self.data, second.crash_id, check=1)
            # A ping that has only just been answered.
            hasty = Crash("hasty")
            hasty.submit(server)
            done = run("purge", "--data", self.data, *hasty.ids(), check=0)
            self.assert_gone(hasty)
            self.assert_kept(server, keeper, token)
        self.assert_gone(hasty)
        audit = run("user", "audit", "--data", self.data, check=0).stdout
        self.assertIn("\tthe tester\tpurge\tpurged ", audit)

    def test_what_waits_and_what_was_set_aside(self):
        victim, keeper = Crash("victim"), Crash("keeper")
        with self.serve() as server:
            victim.submit(server)
            keeper.submit(server)
            server.process.send_signal(signal.SIGKILL)
        run("purge", "--data", self.data, *victim.ids(), check=0)
        self.assert_gone(victim)
        with self.serve() as server:
            token = self.token("view_pings,view_pii")
            for crash_id in (keeper.crash_id, keeper.ping_id):
                await_true("row", lambda i=crash_id: self.search(server, token, "uuid=" + i) == 1)
            self.assert_gone(victim)
            self.assertEqual(self.search(server, token, "uuid=" + victim.ping_id), 0)

    def test_kill_in_the_middle(self):
        """kill -9 at moments spread over the whole of a purge, and as soon as its work begins; then the command again,
        or the next start, ends it."""
        kills = 12
        victims, keeper = [Crash(f"victim {i}") for i in range(kills)], Crash("keeper")
        with self.serve() as server:
            token = self.token("view_pings,view_pii")
            self.submit_and_await(server, victims + [keeper], token)
        begin = time.monotonic()
        run("purge", "--data", self.data, *victims[0].ids(), check=0)
        whole_s = time.monotonic() - begin
        self.assert_gone(victims[0])
        interrupted = 0
        for i, victim in enumerate(victims[1:], 1):
            process = subprocess.Popen([PROGRAM, "purge", "--data", self.data, *victim.ids()],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            note = os.path.join(self.data, "blobs", "v1", "recovery", "purge")
            if i % 2 == 0:
                while process.poll() is None and not os.path.exists(note):
                    time.sleep(0.001)
            else:
                time.sleep(whole_s * i / kills)
            process.kill()
            process.wait()
            is_begun = os.path.exists(note)
            interrupted += is_begun
            if is_begun and i % 2 == 0:
                with self.serve() as server:
                    server.wait_until_said("finished a purge of 3 crashes")
                    self.assert_gone(victim)
                    self.assert_kept(server, keeper, token)
                continue
            is_done = not is_begun and not traces_in(self.data, victim)
            run("purge", "--data", self.data, *victim.ids(), check=1 if is_done else 0)
            self.assert_gone(victim)
        print(f"killed {kills - 1} purges of {whole_s:.2f} s, {interrupted} of them in their work")
        self.assertGreater(interrupted, 1)
        with self.serve() as server:
            self.assert_kept(server, keeper, token)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
