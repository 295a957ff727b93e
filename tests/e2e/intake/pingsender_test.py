#!/usr/bin/env python3
"""Firefox's own pingsender (Debian's, of firefox-esr) sends pings to us, and deletes those that were taken.

usage: pingsender_test.py CAIRN_SERVER

$PINGSENDER names another one. Exits with 77, which ctest takes for skipped, where none is installed. It talks to the
host name localhost only.
"""
import json
import os
import subprocess
import sys
import time
import unittest
import uuid

from edge_test import PING
from server import PATIENCE_S, Server

SENDER = os.environ.get("PINGSENDER", "/usr/lib/firefox-esr/pingsender")
PROGRAM = ""


class Pingsender(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server(PROGRAM, 'anonymous_permissions = ["view_pings"]\n'))

    def pending(self, document_id):
        """The file of a ping that waits to be sent, as Firefox keeps it."""
        path = os.path.join(self.server.folder, document_id)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**PING, "id": document_id}, file)
        return path

    def url(self, document_id, query="?v=4"):
        return f"http://localhost:{self.server.port}/submit/telemetry/{document_id}/crash/Fox/1.0/release/1{query}"

    def count(self, document_id):
        answer = self.server.send(None, method="GET", path=f"/api/SuperSearch/?uuid={document_id}")[1]
        return json.loads(answer)["total"]

    def send(self, *arguments):
        return subprocess.run([SENDER, *arguments], check=False, timeout=PATIENCE_S, capture_output=True).returncode

    def test_what_was_taken_is_deleted_and_searchable(self):
        ids = [str(uuid.uuid4()) for _ in range(2)]
        files = [self.pending(one) for one in ids]
        self.assertEqual(self.send(self.url(ids[0]), files[0], self.url(ids[1]), files[1]), 0)
        self.assertFalse(any(os.path.exists(file) for file in files))
        deadline = time.monotonic() + PATIENCE_S
        while not all(self.count(one) == 1 for one in ids):
            self.assertLess(time.monotonic(), deadline, "a ping is not searchable")
            time.sleep(0.1)

    def test_what_was_refused_is_kept(self):
        document_id = str(uuid.uuid4())
        file = self.pending(document_id)
        self.assertNotEqual(self.send(self.url(document_id, query=""), file), 0)
        self.assertTrue(os.path.exists(file))


if __name__ == "__main__":
    if not os.access(SENDER, os.X_OK):
        print("pingsender_test: there is no " + SENDER, file=sys.stderr)
        sys.exit(77)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
