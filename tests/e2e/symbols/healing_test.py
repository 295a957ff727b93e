#!/usr/bin/python3
"""Symbols that come late, raw debug files too, name the crashes that waited for them: healing_test.py CAIRN-SERVER."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import uuid

from server import Server, symbols, wait_until

PROGRAM = sys.argv.pop(1)
SOURCE = "int Twice(int x) { return x * 2; }\nint main(int count, char**) { return Twice(count); }\n"


def ping(debug_file, debug_id, offset):
    document = str(uuid.uuid4())
    body = {"type": "crash", "id": document, "creationDate": "2026-05-01T10:00:00.000Z", "version": 4,
            "application": {"architecture": "x86-64", "buildId": "1", "channel": "release", "name": "Crashy",
                            "platformVersion": "1.0", "vendor": "Cairn", "version": "1.0", "xpcomAbi": "x86_64-gcc3"},
            "payload": {"crashDate": "2026-05-01", "metadata": {},
                        "stackTraces": {"crash_info": {"type": "SIGSEGV", "address": "0x8", "crashing_thread": 0},
                                        "modules": [{"base_addr": "0x10000", "end_addr": "0x90000", "debug_file": debug_file,
                                                     "debug_id": debug_id, "filename": debug_file}],
                                        "threads": [{"frames": [{"ip": hex(0x10000 + offset), "module_index": 0,
                                                                 "trust": "context"}]}]}}}
    return f"/submit/telemetry/{document}/crash/Crashy/1.0/release/1?v=4", json.dumps(body).encode()


class Healing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cairn-healing-")
        self.server = Server(PROGRAM, folder=self.folder)
        self.token = self.server.token("upload_symbols,view_pings")

    def tearDown(self):
        self.server.end(signal.SIGTERM)
        shutil.rmtree(self.folder)

    def send(self, debug_file, debug_id, offset):
        path, body = ping(debug_file, debug_id, offset)
        self.assertEqual(self.server.curl(path, body=body).status, 200)
        return path.split("/")[3]

    def signatures(self):
        answer = self.server.curl("/api/SuperSearch/?_results_number=0&kind=ping", token=self.token).json
        return {row["term"]: row["count"] for row in answer["facets"]["signature"]}

    def waiting(self, debug_id):
        answer = self.server.curl(f"/api/SuperSearch/?_columns=uuid&missing_debug_id={debug_id}", token=self.token).json
        return [hit["uuid"] for hit in answer["hits"]]

    def in_work(self):
        lines = self.server.curl("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("cairn_queue_items{") and "set_aside" not in line)

    def missing(self):
        return [row["debug_file"] for row in self.server.curl("/api/MissingSymbols/", token=self.token).json["hits"]]

    def looking_is_not_wanting(self):
        """Neither the list nor a page of it asks for the symbols."""
        def state():
            lookups = [line for line in self.server.curl("/metrics", token=self.token).text.splitlines()
                       if line.startswith("cairn_symbol_lookups_total")]
            return lookups, self.server.curl("/api/MissingSymbols/", token=self.token).json
        before = state()
        self.assertTrue(before[0])
        for path in ("/api/MissingSymbols/", "/api/MissingSymbols/?file=widget", "/missingsymbols.csv"):
            self.assertEqual(self.server.curl(path, token=self.token).status, 200)
        self.assertEqual(state(), before)

    def test_a_symbol_file(self):
        first = self.send("libwidget.so", "0" * 32 + "1", 4100)
        self.send("other.so", "0" * 32 + "2", 4100)
        wait_until(lambda: self.signatures() == {"libwidget.so": 1, "other.so": 1}, "both pings")
        self.assertCountEqual(self.missing(), ["libwidget.so", "other.so"])
        self.assertEqual(self.waiting("0" * 32 + "1"), [first])
        before = self.server.curl(f"/api/ProcessedCrash/?crash_id={first}", token=self.token).json
        self.assertIsNone(before["json_dump"]["crashing_thread"]["frames"][0]["function"])
        self.assertNotIn("named_later", json.dumps(before))
        # The document is there before the index knows; a file that comes in between heals at the second look only.
        wait_until(lambda: self.in_work() == 0, "the ping's document")
        self.looking_is_not_wanting()
        text = symbols("libwidget.so", "0" * 32 + "1")
        answer = self.server.upload(self.token, [(f"libwidget.so/{'0' * 32}1/libwidget.so.sym", text)])
        self.assertEqual(answer.status, 201, answer)
        wait_until(lambda: self.signatures() == {"function_0": 1, "other.so": 1}, "the name")
        self.assertEqual(self.missing(), ["other.so"])
        self.assertEqual(self.waiting("0" * 32 + "1"), [])
        resolved = self.server.curl("/api/ResolveSignature/?signature=" + urllib.parse.quote("libwidget.so"), token=self.token).json
        self.assertIn("function_0", json.dumps(resolved))
        # What comes from now on has the name at once, though the stack was known without it.
        self.send("libwidget.so", "0" * 32 + "1", 4100)
        wait_until(lambda: self.signatures().get("function_0") == 2, "the second ping")
        wait_until(lambda: self.server.curl("/api/Healing/", token=self.token).json["now"] is None, "the end")
        # The document of the first was made without the name, and shows it now, with the signature of today.
        document = self.server.curl(f"/api/ProcessedCrash/?crash_id={first}", token=self.token).json
        frame = document["json_dump"]["crashing_thread"]["frames"][0]
        self.assertEqual((document["signature"], frame["function"], frame["named_later"], frame["missing_symbols"]),
                         ("function_0", "function_0()", True, False), document)
        self.assertEqual([module["named_later"] for module in document["json_dump"]["modules"]], [True])
        shown = self.server.curl("/api/Healing/", token=self.token).json
        self.assertEqual((shown["addresses_named"], shown["signatures_changed"], shown["failed"]), (1, 1, 0), shown)

    def test_a_raw_program_over_a_kill(self):
        place = os.path.join(self.folder, "small")
        with open(place + ".cc", "w", encoding="ascii") as file:
            file.write(SOURCE)
        subprocess.run(["g++", "-g", "-O0", "-Wl,--build-id", "-o", place, place + ".cc"], check=True)
        text = subprocess.run([os.path.join(os.path.dirname(PROGRAM), "cairn-symgen"), place], check=True, capture_output=True,
                              text=True).stdout
        debug_id = text.split()[3]
        function = next(line for line in text.splitlines() if line.startswith("FUNC ") and line.endswith(" Twice(int)"))
        self.send("small", debug_id, int(function.split()[1], 16) + 2)
        wait_until(lambda: self.signatures() == {"small": 1}, "the ping")
        with open(place, "rb") as file:
            content = file.read()
        self.assertEqual(self.server.upload(self.token, [("small/AB12/small", content)]).status, 201)
        self.server.end(signal.SIGKILL)
        self.server = Server(PROGRAM, folder=self.folder)
        wait_until(lambda: self.signatures() == {"Twice": 1}, "the name")
        fetched = self.server.fetch(f"/small/{debug_id}/small.sym")
        self.assertIn(b"INFO GENERATOR cairn-symgen --convert\n", fetched)


if __name__ == "__main__":
    unittest.main()
