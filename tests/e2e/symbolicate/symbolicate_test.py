#!/usr/bin/env python3
"""Names of addresses over HTTP and from the command line, with symbols of the project's own programs.

usage: symbolicate_test.py FOLDER_OF_PROGRAMS

`cairn symbols gen` makes the symbols, a live server takes them, and what it says of random addresses is compared with
llvm-symbolizer on the same program, with `cairn symbolicate` on the same symbols, and with the server's own v4. Then a second
server has no symbols and asks the first: what it must not do, what it remembers, and what it counts as missing.
"""
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "tests" / "e2e" / "intake"), str(ROOT / "tests" / "stackwalk")]
from dump_builder import Module, build  # noqa: E402
from server import FORM, Server, file_part, multipart, text_part  # noqa: E402

BINARIES = pathlib.Path(".")
PROGRAM = "cairn-handler"
ADDRESSES = 1000
NO_ID = "0123456789ABCDEF0123456789ABCDEF0"
PATIENCE_S = 30
OPEN = 'anonymous_permissions = ["view_pings"]\naccess_log = false\n'


def run(*words, stdin=None):
    done = subprocess.run([str(word) for word in words], input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.returncode}: {done.stderr}")
    return done.stdout


def post(server, body, version="v5", headers=None):
    text = body if isinstance(body, str) else json.dumps(body)
    status, answer = server.send(text, headers, path=f"/symbolicate/{version}")
    return status, json.loads(answer)


def upload(server, symbols):
    token = run(BINARIES / "cairn", "user", "token", "--data", server.data, "--permissions", "upload_symbols").split()[-1]
    run(BINARIES / "cairn", "symbols", "upload", "--url", f"http://127.0.0.1:{server.port}", "--token", token, symbols)


def wait_for(what):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := what()):
        if time.monotonic() > deadline:
            raise AssertionError("it never came")
        time.sleep(0.05)
    return found


class Material(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-symbolicate-"))
        cls.symbols = cls.folder / "symbols"
        run(BINARIES / "cairn", "symbols", "gen", "--store", cls.symbols, BINARIES / PROGRAM)
        cls.text = next(cls.symbols.rglob("*.sym"))
        cls.name, cls.debug_id = cls.text.parent.parent.name, cls.text.parent.name
        rng = random.Random(7)
        functions = [(int(found[1], 16), int(found[2], 16)) for found in
                     re.finditer(r"^FUNC (?:m )?([0-9a-f]+) ([0-9a-f]+) ", cls.text.read_text(errors="replace"), re.MULTILINE)]
        cls.offsets = [start + rng.randrange(size) for start, size in (rng.choice(functions) for _ in range(ADDRESSES))]
        cls.request = {"jobs": [{"memoryMap": [[cls.name, cls.debug_id]],
                                 "stacks": [[[0, offset] for offset in cls.offsets[first:first + 40]]
                                            for first in range(0, ADDRESSES, 40)]}]}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)


class Names(Material):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(str(BINARIES / "cairn-server"), OPEN)
        upload(cls.server, cls.symbols)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        super().tearDownClass()

    def frames(self):
        status, answer = post(self.server, self.request)
        self.assertEqual(status, 200)
        return [frame for stack in answer["results"][0]["stacks"] for frame in stack]

    def test_names_are_those_of_llvm_symbolizer(self):
        symbolizer = shutil.which("llvm-symbolizer-19")
        if not symbolizer:
            self.skipTest("no llvm-symbolizer-19")
        lines = "".join(f"{offset:#x}\n" for offset in self.offsets)
        oracle = json.loads("[" + ",".join(run(symbolizer, "--output-style=JSON", "--relative-address", "-e",
                                               BINARIES / PROGRAM, stdin=lines).splitlines()) + "]")
        same = 0
        for frame, theirs in zip(self.frames(), oracle):
            symbols = theirs["Symbol"]  # Innermost first, the physical function last.
            ours = [*frame.get("inlines", []), frame]
            if len(symbols) != len(ours):
                continue
            places = [(os.path.basename(their["FileName"]), their["Line"]) for their in symbols]
            same += places == [(os.path.basename(our.get("file", "")), our.get("line", 0)) for our in ours]
        # Ranges of a few inlined calls overlap in the debug information, and each tool cuts them in its own way.
        self.assertGreater(same / ADDRESSES, 0.97, f"{same} of {ADDRESSES}")

    def test_all_three_ways_give_one_answer(self):
        _, answer = post(self.server, self.request)
        local = run(BINARIES / "cairn", "symbolicate", "--symbols-path", self.symbols, "--symbols-cache",
                    self.folder / "cache", stdin=json.dumps(self.request))
        self.assertEqual(json.loads(local), answer)
        text = run(BINARIES / "cairn", "symbolicate", "--symbols-path", self.symbols, "--no-symbols-cache",
                   stdin=json.dumps(self.request))
        self.assertEqual(json.loads(text), answer)
        _, old = post(self.server, self.request["jobs"][0], "v4")
        self.assertEqual(old["knownModules"], [True])
        self.assertEqual(old["symbolicatedStacks"],
                         [[f'{frame["function"]} (in {frame["module"]})' for frame in stack]
                          for stack in answer["results"][0]["stacks"]])

    def test_frames_have_eliots_form(self):
        frames = self.frames()
        for number, frame in enumerate(frames):
            self.assertEqual(frame["frame"], number % 40)
            self.assertEqual(frame["module"], self.name)
            self.assertEqual(frame["module_offset"], hex(self.offsets[number]))
            self.assertLessEqual(set(frame), {"frame", "module", "module_offset", "function", "function_offset", "file",
                                              "line", "inlines"})
            for call in frame.get("inlines", []):
                self.assertLessEqual(set(call), {"function", "file", "line"})
        self.assertGreater(sum("inlines" in frame for frame in frames), 100)

    def test_mistakes_are_refused_and_odd_modules_are_not(self):
        for body, title in (("no json", "Payload is not valid JSON"),
                            ("{}", "job 0 is invalid: no stacks specified"),
                            ({"jobs": [self.request["jobs"][0]] * 11},
                             "please limit number of jobs in a single request to <= 10"),
                            ({"memoryMap": [["a", "no id"]], "stacks": [[]]},
                             "job 0 has invalid modules: module index 0 has an invalid debug_id")):
            self.assertEqual(post(self.server, body), (400, {"title": title}))
        status, answer = post(self.server, {"memoryMap": [["what (is) this, \u00e9?", "AB"], [self.name, self.debug_id]],
                                            "stacks": [[[0, 1], [1, self.offsets[0]]]]})
        self.assertEqual(status, 200)
        self.assertEqual(list(answer["results"][0]["found_modules"].values()), [False, True])
        self.assertIn("function", answer["results"][0]["stacks"][0][1])
        self.assertEqual(self.server.send(None, method="GET", path="/symbolicate/v5")[0], 405)
        status, answer = self.server.send(" " * (16 << 20) + "{}", path="/symbolicate/v5")
        self.assertEqual(status, 413)

    def test_debug_is_there_where_it_is_asked_for(self):
        _, answer = post(self.server, self.request, headers={"Debug": "false"})
        self.assertEqual(set(answer["debug"]), {"time", "cache_lookups", "downloads", "parse_sym", "save_symcache", "modules"})
        self.assertEqual(answer["debug"]["modules"]["stacks_per_module"], {f"{self.name}/{self.debug_id}": ADDRESSES // 40})
        _, metrics = self.server.send(None, method="GET", path="/metrics")
        self.assertRegex(metrics, r'cairn_symbolications_total\{api="v5"\} [1-9]')


class Missing(Material):
    """A crash, a request and a download of modules that nobody has."""

    def crash(self, server):
        dump = build([Module(0x10000, "mine.so", build_id=b"\x01\x23\x45\x67" * 5)], 0x10010, [])
        status, text = server.send(multipart(text_part("ProductName", "P"), text_part("Version", "1"),
                                             file_part("upload_file_minidump", dump)), FORM)
        self.assertEqual(status, 200)
        return text

    def listed(self, server, query=""):
        status, text = server.send(None, method="GET", path="/api/MissingSymbols/" + query)
        self.assertEqual(status, 200)
        return {hit["debug_file"]: hit for hit in json.loads(text)["hits"]}

    def test_what_was_wanted_is_listed_until_it_is_there(self):
        with Server(str(BINARIES / "cairn-server"), OPEN) as server:
            self.crash(server)
            wait_for(lambda: self.listed(server))
            for _ in range(2):
                post(server, self.request)
            path = f"/{self.name}/{self.debug_id}/{self.text.name}"
            self.assertEqual(server.send(None, method="GET", path=path + "?code_file=handler.bin&code_id=abcd")[0], 404)
            listed = self.listed(server)
            self.assertEqual(list(listed), ["mine.so", self.name], "crashes go first")
            self.assertEqual(listed["mine.so"]["crashes"], 1)
            mine = listed[self.name]
            self.assertEqual((mine["crashes"], mine["symbolications"], mine["downloads"]), (0, 2, 1))
            self.assertEqual((mine["code_file"], mine["code_id"]), ("handler.bin", "ABCD"))
            status, text = server.send(None, method="GET", path="/missingsymbols.csv")
            self.assertEqual((status, text.splitlines()[0]), (200, "debug_file,debug_id,code_file,code_id"))
            self.assertIn(f"{self.name},{self.debug_id},handler.bin,ABCD", text.splitlines())
            table = run(BINARIES / "cairn", "symbols", "missing", "--url", f"http://127.0.0.1:{server.port}")
            self.assertEqual(len(table.splitlines()), 3, table)
            self.assertEqual(list(self.listed(server, "?file=MINE")), ["mine.so"])
            upload(server, self.symbols)
            self.assertEqual(list(self.listed(server)), ["mine.so"])
            post(server, self.request)
            self.assertEqual(server.send(None, method="GET", path=path)[0], 200)
            self.assertEqual(list(self.listed(server)), ["mine.so"])


class Front(http.server.BaseHTTPRequestHandler):
    """A symbol server: `answers` by path, 404 for others; `asked` are the paths."""

    def do_GET(self):
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path.split("?")[0], (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *unused):
        pass


class Upstream(Material):
    def setUp(self):
        self.front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
        self.front.asked = []
        self.path = f"/{self.name}/{self.debug_id}/{self.text.name}"
        self.front.answers = {self.path: (200, self.text.read_bytes())}
        threading.Thread(target=self.front.serve_forever, daemon=True).start()

    def tearDown(self):
        self.front.shutdown()
        self.front.server_close()

    def config(self, allowed='["127.0.0.1"]'):
        return (f"{OPEN}[symbols]\nallowed_addresses = {allowed}\n[[symbols.upstream]]\n"
                f'url = "http://127.0.0.1:{self.front.server_port}"\n')

    def test_names_and_downloads_come_from_another_server_once(self):
        with Server(str(BINARIES / "cairn-server"), self.config()) as server:
            for _ in range(2):
                _, answer = post(server, self.request)
                self.assertEqual(answer["results"][0]["found_modules"], {f"{self.name}/{self.debug_id}": True})
            status, text = server.send(None, method="GET", path=self.path)
            self.assertEqual((status, text), (200, self.text.read_text()))
            self.assertEqual([path.split("?")[0] for path in self.front.asked], [self.path])
            local = run(BINARIES / "cairn", "symbolicate", "--symbols-path", self.symbols, "--no-symbols-cache",
                        stdin=json.dumps(self.request))
            self.assertEqual(json.loads(local), answer)

    def test_what_is_not_there_is_asked_for_once_and_counted(self):
        self.front.answers = {}
        with Server(str(BINARIES / "cairn-server"), self.config()) as server:
            for _ in range(3):
                _, answer = post(server, self.request)
                self.assertEqual(list(answer["results"][0]["found_modules"].values()), [False])
            self.assertEqual(len(self.front.asked), 1)
            hits = json.loads(server.send(None, method="GET", path="/api/MissingSymbols/")[1])["hits"]
            self.assertEqual([(hit["debug_file"], hit["symbolications"]) for hit in hits], [(self.name, 3)])

    def test_no_address_is_connected_to_that_is_not_allowed(self):
        with Server(str(BINARIES / "cairn-server"), self.config("[]")) as server:
            _, answer = post(server, self.request)
            self.assertEqual(list(answer["results"][0]["found_modules"].values()), [False])
            self.assertEqual(self.front.asked, [])
            _, metrics = server.send(None, method="GET", path="/metrics")
            self.assertIn('cairn_upstream_lookups_total{result="failed"} 1', metrics)


if __name__ == "__main__":
    BINARIES = pathlib.Path(sys.argv.pop(1))
    unittest.main()
