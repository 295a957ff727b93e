#!/usr/bin/env python3
"""One server takes symbols from another: a debug file that the first was given raw names the crashes of the second.

usage: upstreams_test.py CAIRN_SERVER [KILL_POINTS]

KILL_POINTS is the library of tests/chaos that moves a server's clock: without it nothing that must expire is tested.
"""
import json
import mmap
import os
import re
import shutil
import signal
import struct
import sys
import tempfile
import time
import unittest

from crashing_program import CrashingProgram
from server import Server, wait_until

PROGRAM = ""
KILL_POINTS = ""
BURST_S = 6  # For five seconds nothing is asked for again at all (AbsenceMillis).
DAY_NS = 24 * 3600 * 1_000_000_000


class Clock:
    """Of the servers that are started with its environment."""

    def __init__(self, folder):
        path = os.path.join(folder, "control")
        with open(path, "wb") as file:
            file.write(bytes(16))
        with open(path, "r+b") as file:
            self.control = mmap.mmap(file.fileno(), 16)
        self.environment = {"LD_PRELOAD": KILL_POINTS, "CAIRN_CHAOS_CONTROL": path}

    def set(self, offset_ns):
        self.control[8:16] = struct.pack("<q", offset_ns)


class Upstreams(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cairn-upstreams-")
        self.servers = []
        self.program = CrashingProgram(PROGRAM, self.folder)
        self.first = self.start("first", "")
        self.first_token = self.first.token("upload_symbols")

    def tearDown(self):
        for server in self.servers:
            server.end(signal.SIGTERM)
        shutil.rmtree(self.folder)

    def start(self, name, config, environment=None):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        self.servers.append(Server(PROGRAM, config=config, folder=folder, environment=environment))
        return self.servers[-1]

    def start_second(self, environment=None, kind="debuginfod"):
        return self.start("second", f"""[symbols]
allowed_addresses = ["127.0.0.0/8"]
[[symbols.upstream]]
url = "{self.first.url}"
kind = "{kind}"
""", environment)

    @staticmethod
    def crash(server, dump):
        with tempfile.NamedTemporaryFile(suffix=".dmp") as file:
            file.write(dump)
            file.flush()
            answer = server.curl("/submit", "-F", "ProductName=Crashy", "-F", "Version=1.0",
                                 "-F", f"upload_file_minidump=@{file.name}")
        assert answer.status == 200, answer

    @staticmethod
    def signatures(server, token):
        answer = server.curl("/api/SuperSearch/?_results_number=0", token=token).json
        return {row["term"]: row["count"] for row in answer["facets"]["signature"]}

    def names(self, server):
        order = {"jobs": [{"memoryMap": [[self.program.name, self.program.debug_id]],
                           "stacks": [[[0, self.program.address("Innermost(int)")], [0, self.program.address("main")]]]}]}
        answer = server.curl("/symbolicate/v5", body=json.dumps(order).encode(), headers={"Debug": "true"}).json
        frames = answer["results"][0]["stacks"][0]
        return [(frame.get("function"), frame.get("line")) for frame in frames], answer

    def test_symbols_of_another_server_answer_everything(self):
        self.program.upload(self.first, self.first_token)
        second = self.start_second()
        token = second.token("view_pings")
        self.crash(second, self.program.dump())
        wait_until(lambda: self.signatures(second, token) == {"Innermost": 1}, "the signature")
        names, answer = self.names(second)
        self.assertEqual(names, [("Innermost(int)", 1), ("main", 3)], answer)
        self.assertEqual(answer["debug"]["downloads"]["count"], 0, "they are here")
        text = second.fetch(f"/{self.program.name}/{self.program.debug_id}/{self.program.name}.sym")
        self.assertIsNotNone(text)
        # Made in the sandbox; the rest is what the same program makes on the command line.
        made = text.decode().replace("INFO GENERATOR cairn-symgen --convert\n", "")
        self.assertEqual(made, self.program.text)
        kept = [os.path.join(path, name) for path, _, names in os.walk(os.path.join(second.data, "upstream-symbols"))
                for name in names]
        self.assertFalse([path for path in kept if "debuginfod" in path and not path.endswith(".absent")], kept)

    def test_what_a_request_for_names_downloads_is_told(self):
        self.program.upload(self.first, self.first_token)
        path = f"/{self.program.name}/{self.program.debug_id}/{self.program.name}.sym"
        wait_until(lambda: self.first.fetch(path) is not None, "the symbol file on the first server")
        second = self.start_second(kind="breakpad")  # A request has no build id to ask debuginfod by.
        names, answer = self.names(second)
        self.assertEqual(names, [("Innermost(int)", 1), ("main", 3)], answer)
        downloads, size = answer["debug"]["downloads"], len(self.first.fetch(path))
        module = f"{self.program.name}/{self.program.debug_id}"
        self.assertEqual((downloads["count"], downloads["size"], downloads["size_per_module"]), (1, size, {module: size}))
        self.assertEqual(list(downloads["time_per_module"]), [module])
        self.assertEqual(self.names(second)[1]["debug"]["downloads"]["count"], 0)

    def test_a_damaged_file_is_refused_and_not_asked_for_again(self):
        self.program.content = self.program.content[:3000]  # Its head, and no sections.
        self.program.upload(self.first, self.first_token)
        second = self.start_second()
        token = second.token("view_pings")
        self.crash(second, self.program.dump())
        wait_until(lambda: self.signatures(second, token) == {"widget": 1}, "the signature")
        self.assertEqual([name for name, _ in self.names(second)[0]], [None, None])

    def test_what_comes_late_names_the_crashes_that_did_without(self):
        if not os.path.exists(KILL_POINTS):
            self.skipTest("the library that moves the clock is not built")
        clock = Clock(self.folder)
        second = self.start_second(clock.environment)
        token = second.token("view_pings,upload_symbols")
        self.crash(second, self.program.dump(1))
        wait_until(lambda: self.signatures(second, token) == {"widget": 1}, "the crash without names")
        self.program.upload(self.first, self.first_token)
        self.crash(second, self.program.dump(2))
        wait_until(lambda: self.signatures(second, token) == {"widget": 2}, "the second crash")
        # That it is not there is believed for a day; whoever asks next brings it, for the others as well.
        clock.set(DAY_NS + DAY_NS // 24)
        time.sleep(BURST_S)
        self.crash(second, self.program.dump(3))
        wait_until(lambda: self.signatures(second, token) == {"Innermost": 3}, "the names of all three")


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    KILL_POINTS = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=sys.argv[:1])
