#!/usr/bin/python3
"""cairn replay against a real server: what it acknowledged is there once, with names, and a lost ping would be noticed.

usage: replay_test.py CAIRN-SERVER     cairn and cairn-replay lie beside it
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import server

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""
CAIRN = os.path.join(os.path.dirname(PROGRAM), "cairn")
PINGS, REPORTS = 400, 80


def cairn(*words, code=0):
    done = subprocess.run([CAIRN, *map(str, words)], check=False, capture_output=True, text=True)
    if done.returncode != code:
        raise AssertionError(f"cairn {words}: exit code {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


class ReplayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="cairn-replay-")
        folder = pathlib.Path(cls.folder.name)
        cls.ledger = folder / "ledger"
        cairn("replay", "--write-symbols", folder / "symbols", "--write-rules", folder / "rules.toml")
        cls.server = server.Server(PROGRAM, f'rules = "{folder / "rules.toml"}"\n')
        cls.url = f"http://127.0.0.1:{cls.server.port}"
        cls.token = subprocess.run(
            [PROGRAM, "user", "token", "--data", cls.server.data, "--permissions", "view_pings,upload_symbols"],
            check=True, capture_output=True, text=True).stdout.strip()
        cairn("symbols", "upload", "--url", cls.url, "--token", cls.token, folder / "symbols")
        cls.summary = json.loads(cairn(
            "replay", "--url", cls.url, "--total-pings", PINGS, "--pings-per-second", 100, "--total-submissions", REPORTS,
            "--submissions-per-second", 20, "--kept", 0.5, "--bad", 0.15, "--usage-share", 0.2, "--duplicates", 0.05,
            "--stacks", 100, "--dumps", 10, "--connections", 8, "--seed", 5, "--ledger", cls.ledger, "--json"))

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def check(self, ledger, code=0):
        return json.loads(cairn("replay", "check", "--ledger", ledger, "--url", self.url, "--token", self.token,
                                "--nothing-else", "--wait", 60 if code == 0 else 2, "--json", code=code))

    def test_1_everything_was_answered(self):
        kinds = self.summary["kinds"]
        self.assertEqual(sum(kinds[kind]["acknowledged"] for kind in ("crash", "main", "bad-ping")), PINGS)
        self.assertEqual(kinds["report"]["acknowledged"], kinds["report"]["sent"])
        self.assertEqual(kinds["bad-report"]["statuses"], {"400": kinds["bad-report"]["sent"]})
        self.assertGreater(kinds["report"]["discarded"], 10)
        self.assertGreater(kinds["crash"]["again"], 0)

    def test_2_what_was_acknowledged_is_there_once(self):
        found = self.check(self.ledger)
        kinds = self.summary["kinds"]
        self.assertEqual([found[name] for name in ("lost", "double", "not_processed", "wrong", "unknown")], [0] * 5, found)
        self.assertEqual(found["crash_pings"], kinds["crash"]["acknowledged"] - kinds["crash"]["again"])
        self.assertGreater(found["reports"], 10)
        self.assertEqual(found["main_pings"], kinds["main"]["acknowledged"] - kinds["main"]["again"])

    def test_3_every_frame_has_a_name(self):
        self.check(self.ledger)
        request = urllib.request.Request(self.url + "/api/SuperSearch/?_results_number=0&_facets=signature&_facets=kind",
                                         headers={"Auth-Token": self.token})
        with urllib.request.urlopen(request, timeout=60) as answer:
            facets = json.load(answer)["facets"]
        self.assertEqual(len(facets["kind"]), 2)
        for term in facets["signature"]:
            self.assertIn("::", term["term"])
        self.assertGreater(len(facets["signature"]), 20)

    def test_4_a_lost_ping_is_noticed(self):
        forged = self.ledger.with_name("forged")
        forged.write_text(self.ledger.read_text() + "1 crash 00000000-0000-4000-8000-000000000000 ok first\n")
        found = self.check(forged, code=1)
        self.assertEqual(found["lost"], 1)
        self.assertEqual(found["examples"], ["lost ping 00000000-0000-4000-8000-000000000000"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
