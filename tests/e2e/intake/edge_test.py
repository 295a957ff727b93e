#!/usr/bin/env python3
"""The edge's contract over HTTP, row by row: status, body, and what becomes of the ping.

usage: edge_test.py CAIRN_SERVER

Rows are those of the contract that clients of Mozilla's edge rely on. Where a row is about bytes on the wire they are
written here as they are sent.
"""
import gzip
import json
import os
import sys
import time
import unittest
import uuid

from server import PATIENCE_S, Server

PROGRAM = ""
CONFIG = 'anonymous_permissions = ["view_pings"]\nping_namespaces = ["my-app"]\n'
PING = {"type": "crash", "id": "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15", "creationDate": "2026-05-01T10:00:00.000Z",
        "version": 4, "payload": {"crashDate": "2026-05-01", "metadata": {}},
        "application": {"architecture": "x86-64", "buildId": "1", "channel": "release", "name": "Fox", "platformVersion": "1.0",
                        "vendor": "Cairn", "version": "1.0", "xpcomAbi": "x86_64-gcc3"}}
GLEAN = {"ping_info": {"seq": 0, "start_time": "a", "end_time": "b"}, "metrics": {},
         "client_info": {"app_build": "9", "app_display_version": "2.0", "architecture": "x86_64", "first_run_date": "c",
                         "os": "Linux", "os_version": "6.1", "telemetry_sdk_build": "64"}}
BODY = json.dumps(PING).encode()
GLEAN_BODY = json.dumps(GLEAN).encode()
LONG = "x" * 1025


def telemetry(document_id, query="?v=4", doc_type="crash"):
    return f"/submit/telemetry/{document_id}/{doc_type}/Fox/1.0/release/1{query}"


# What becomes of a ping: it is searchable, it is among the refused ones with this fault, or nothing is kept.
FOUND = "found"
NOTHING = "nothing"

# (name, method, path with the document id for %s, headers, body, status, answer, what becomes of it)
REQUESTS = [
    ("posted", "POST", telemetry("%s"), {}, BODY, 200, "", FOUND),
    ("put", "PUT", telemetry("%s"), {}, BODY, 200, "", FOUND),
    ("gzip", "POST", telemetry("%s"), {"Content-Encoding": "gzip"}, gzip.compress(BODY), 200, "", FOUND),
    ("gzip that nobody speaks of", "POST", telemetry("%s"), {}, gzip.compress(BODY), 200, "", FOUND),
    ("a slash at the end", "POST", telemetry("%s", "/?v=4"), {}, BODY, 200, "", FOUND),
    ("more in the query", "POST", telemetry("%s", "?a=b&v=4"), {}, BODY, 200, "", FOUND),
    ("a program that uses Glean", "POST", "/submit/my-app/crash/1/%s", {}, GLEAN_BODY, 200, "", FOUND),
    ("a body of 1 MiB", "POST", telemetry("%s"), {}, BODY + b" " * ((1 << 20) - len(BODY)), 200, "", FOUND),
    ("any bytes at all", "POST", telemetry("%s"), {}, b"\0\xff no JSON", 200, "", "json_parse"),
    ("gzip cut short", "POST", telemetry("%s"), {}, gzip.compress(BODY)[:-9], 200, "", "json_parse"),
    ("against the schema", "POST", telemetry("%s"), {}, b'{"version": 4}', 200, "", "schema_validation"),
    ("a type that nobody knows", "POST", telemetry("%s", doc_type="mystery"), {}, BODY, 200, "", "invalid_doc_type"),
    ("an id that is none", "POST", telemetry("no-id"), {}, BODY, 200, "", "invalid_uri"),
    ("a test's", "POST", telemetry("%s"), {"X-Source-Tags": "automation"}, BODY, 200, "", "automation"),
    ("without v=4", "POST", telemetry("%s", ""), {}, BODY, 404, "", NOTHING),
    ("v=3", "POST", telemetry("%s", "?v=3"), {}, BODY, 404, "", NOTHING),
    ("a namespace that is not taken", "POST", "/submit/other-app/crash/1/%s", {}, BODY, 404, "", NOTHING),
    ("the form of telemetry elsewhere", "POST", "/submit/other-app/%s/crash/Fox/1.0/release/1", {}, BODY, 404, "", NOTHING),
    ("unknown path", "POST", "/unknown/%s", {}, BODY, 404, None, NOTHING),
    ("another method", "DELETE", telemetry("%s"), {}, b"", 405, None, NOTHING),
    ("a byte too much", "POST", telemetry("%s"), {}, b"x" * ((1 << 20) + 1), 413, "payload too large\n", NOTHING),
    ("path too long", "POST", telemetry("%s", LONG + "?v=4"), {}, BODY, 414, "path too long\n", NOTHING),
    ("query too long", "POST", telemetry("%s", "?v=4&a=" + LONG), {}, BODY, 431, "header too large\n", NOTHING),
    ("header too long", "POST", telemetry("%s"), {"X-Debug-ID": LONG}, BODY, 431, "header too large\n", NOTHING),
    ("user agent too long", "POST", telemetry("%s"), {"User-Agent": LONG}, BODY, 431, "header too large\n", NOTHING),
]


class EdgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM, CONFIG).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def get(self, path):
        status, answer = self.server.send(None, method="GET", path=path)
        self.assertEqual(status, 200, answer)
        return json.loads(answer)

    def count(self, document_id):
        return self.get(f"/api/SuperSearch/?uuid={document_id}")["total"]

    def faults(self):
        """The fault of each refused ping by its document id."""
        return {ping["document_id"]: ping["fault"] for ping in self.get("/api/PingRejects/")["rejects"]}

    def wait_until(self, what, message):
        deadline = time.monotonic() + PATIENCE_S
        while not what():
            self.assertLess(time.monotonic(), deadline, message)
            time.sleep(0.1)

    def test_every_request_has_its_answer_and_every_ping_its_fate(self):
        sent = []
        for name, method, path, headers, body, status, answer, fate in REQUESTS:
            document_id = str(uuid.uuid4())
            with self.subTest(name):
                got_status, got = self.server.send(body, headers, method, path.replace("%s", document_id))
                self.assertEqual(got_status, status, got)
                if answer is not None:
                    self.assertEqual(got, answer)
                sent.append((name, document_id, fate))
        for name, document_id, fate in sent:
            with self.subTest(name):
                if fate == FOUND:
                    self.wait_until(lambda: self.count(document_id) == 1, name + " is not searchable")
                elif fate == "invalid_uri":  # It gets an id that was made up.
                    self.wait_until(lambda: fate in self.faults().values(), name + " is not among the refused")
                elif fate != NOTHING:
                    self.wait_until(lambda: self.faults().get(document_id) == fate, name + " is not among the refused")
        refused = self.faults()
        for name, document_id, fate in sent:
            if fate == NOTHING:
                self.assertNotIn(document_id, refused, name)
                self.assertEqual(self.count(document_id), 0, name)

    def test_one_document_counts_once(self):
        document_id = str(uuid.uuid4())
        for _ in range(3):
            self.assertEqual(self.server.send(BODY, {}, "POST", telemetry(document_id))[0], 200)
        self.wait_until(lambda: self.count(document_id) == 1, "it is not searchable")
        later = str(uuid.uuid4())
        self.server.send(BODY, {}, "POST", telemetry(later))
        self.wait_until(lambda: self.count(later) == 1, "the next is not searchable")
        self.assertEqual(self.count(document_id), 1)

    def test_without_content_length_it_is_411(self):
        head = f"POST {telemetry(uuid.uuid4())} HTTP/1.1\r\nHost: x\r\n\r\n"
        self.assertRegex(self.server.talk(head.encode()), "^HTTP/1.1 411 ")

    def test_chunks_need_no_content_length(self):
        document_id = uuid.uuid4()
        head = f"POST {telemetry(document_id)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
        self.assertRegex(self.server.talk(head.encode() + chunk), "^HTTP/1.1 200 ")
        self.wait_until(lambda: self.count(document_id) == 1, "it is not searchable")

    def test_a_space_in_the_path_is_400(self):
        head = f"POST /submit/telemetry/a b/crash HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY)}\r\n\r\n"
        self.assertRegex(self.server.talk(head.encode() + BODY), "^HTTP/1.1 400 ")

    def test_those_who_watch_get_their_answers(self):
        self.assertEqual(self.server.send(None, method="GET", path="/__lbheartbeat__")[0], 200)
        self.assertEqual(self.server.send(None, method="GET", path="/__heartbeat__")[0], 200)
        self.assertEqual(sorted(self.get("/__version__")), ["build", "commit", "source", "version"])


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
