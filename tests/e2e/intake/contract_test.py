#!/usr/bin/env python3
"""The collector's contract over HTTP, row by row: status, body, and what is stored.

usage: contract_test.py CAIRN_SERVER

Rows are those of the contract that clients of Antenna rely on: requests, answers, rules. Where a row is about bytes on
the wire they are written here as they are sent.
"""
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import uuid

from server import BOUNDARY, FORM, Server, file_part, json_part, multipart, text_part

PROGRAM = ""
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{5}[013]\d{6}"
DUMP = b"MDMP" + bytes(range(256)) * 40
GOOD = multipart(text_part("ProductName", "Fox"), file_part("upload_file_minidump", DUMP))
TAKEN = "taken"  # In place of a body: an id.


def malformed(reason):
    return 400, "Discarded=malformed_" + reason


def with_encoding(encoding, **more):
    return {**FORM, "Content-Encoding": encoding, **more}


# What is sent, and what must be answered. (name, header, body, status, answer)
REQUESTS = [
    ("form-data", FORM, GOOD, 200, TAKEN),
    ("mixed", {"Content-Type": "multipart/mixed; boundary=" + BOUNDARY}, GOOD, 200, TAKEN),
    ("quoted boundary", {"Content-Type": f'multipart/form-data; boundary="{BOUNDARY}"'}, GOOD, 200, TAKEN),
    ("type in capitals", {"Content-Type": "Multipart/Form-Data; Boundary=" + BOUNDARY}, GOOD, 200, TAKEN),
    ("no content type", {}, GOOD, *malformed("no_content_type")),
    ("wrong content type", {"Content-Type": "application/json"}, b"{}", *malformed("wrong_content_type")),
    ("urlencoded", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=b", *malformed("wrong_content_type")),
    ("no boundary", {"Content-Type": "multipart/form-data"}, GOOD, *malformed("no_boundary")),
    ("boundary is not first", {"Content-Type": "multipart/form-data; charset=utf-8; boundary=" + BOUNDARY}, GOOD,
     *malformed("no_boundary")),
    ("empty body", FORM, b"", *malformed("no_content_length")),
    ("gzip", with_encoding("gzip"), gzip.compress(GOOD), 200, TAKEN),
    ("gzip cut short", with_encoding("gzip"), gzip.compress(GOOD)[:-9], *malformed("bad_gzip")),
    ("gzip with a wrong checksum", with_encoding("gzip"), gzip.compress(GOOD)[:-8] + bytes(8), *malformed("bad_gzip")),
    ("said gzip and is not", with_encoding("gzip"), GOOD, *malformed("bad_gzip")),
    ("gzip of no multipart", with_encoding("gzip"), gzip.compress(b"x" * 99), *malformed("invalid_payload_structure")),
    ("another encoding is ignored", with_encoding("br"), GOOD, 200, TAKEN),
    ("no multipart", FORM, b"this is no multipart", *malformed("invalid_payload_structure")),
    ("cut short", FORM, GOOD[:-10], *malformed("invalid_payload_structure")),
    ("JSON", FORM, multipart(json_part('{"ProductName": "Fox"}')), 200, TAKEN),
    ("JSON under any name", FORM, multipart(json_part('{"ProductName": "Fox"}', "facts")), 200, TAKEN),
    ("JSON that is none", FORM, multipart(json_part('{"ProductName": ')), *malformed("invalid_json")),
    ("JSON that is no object", FORM, multipart(json_part('["ProductName"]')), *malformed("invalid_json_value")),
    ("a number as JSON", FORM, multipart(json_part("7")), *malformed("invalid_json_value")),
    ("empty object", FORM, multipart(json_part("{}")), *malformed("no_annotations")),
    ("a dump alone", FORM, multipart(file_part("upload_file_minidump", DUMP)), *malformed("no_annotations")),
    ("parts without name", FORM, multipart(b"Content-Type: text/plain\r\n\r\nvalue\r\n"), *malformed("no_annotations")),
    ("no dump at all", FORM, multipart(text_part("ProductName", "Fox")), 200, TAKEN),
    ("an empty dump", FORM, multipart(text_part("A", "1"), file_part("upload_file_minidump", b"")), 200, TAKEN),
    ("no minidump in the dump", FORM, multipart(text_part("A", "1"), file_part("upload_file_minidump", b"x")), 200, TAKEN),
    ("dump called dump_names", FORM, multipart(text_part("A", "1"), file_part("dump_names", b"x")),
     *malformed("invalid_dump_name")),
    ("dump called processed_crash", FORM, multipart(text_part("A", "1"), file_part("processed_crash", b"x")),
     *malformed("invalid_dump_name")),
    ("dump called raw_crash", FORM, multipart(text_part("A", "1"), file_part("raw_crash", b"x")),
     *malformed("invalid_dump_name")),
    ("an id of one's own", FORM, multipart(text_part("A", "1"), text_part("uuid", str(uuid.uuid4()))), 401,
     "Discarded=unauthorized_uuid"),
    ("an id with a wrong token", {**FORM, "Authorization": "Bearer " + "0" * 32},
     multipart(text_part("A", "1"), text_part("uuid", str(uuid.uuid4()))), 401, "Discarded=unauthorized_uuid"),
    ("a token that is not ours", {**FORM, "Authorization": "Bearer x"}, GOOD, 200, TAKEN),
]


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def take(self, body, headers=None, path="/submit"):
        """The id of a report that must be taken."""
        status, answer = self.server.send(body, headers or FORM, path=path)
        self.assertEqual(status, 200, answer)
        self.assertRegex(answer, f"^CrashID=bp-{ID}\n$")
        return answer[len("CrashID=bp-"):-1]

    def test_every_request_has_its_answer(self):
        for name, headers, body, status, answer in REQUESTS:
            with self.subTest(name):
                before = self.server.stored()
                got_status, got = self.server.send(body, headers)
                self.assertEqual(got_status, status, got)
                if answer == TAKEN:
                    self.assertRegex(got, f"^CrashID=bp-{ID}\n$")
                    self.assertIn(got[11:-1], self.server.stored())
                else:
                    self.assertEqual(got, answer)
                    self.assertEqual(self.server.stored(), before)
        self.assertEqual(self.server.unfinished(), [])

    def test_other_methods_are_not_allowed(self):
        for method in ("GET", "PUT", "DELETE"):
            self.assertEqual(self.server.send(b"", method=method)[0], 405, method)

    def test_a_content_length_that_is_no_number_is_400(self):
        head = f"POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: many\r\n\r\n"
        self.assertRegex(self.server.talk(head.encode() + GOOD), "^HTTP/1.1 400 ")

    def test_without_content_length_there_is_no_body(self):
        head = f"POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n\r\n"
        answer = self.server.talk(head.encode())
        self.assertRegex(answer, "^HTTP/1.1 400 ")
        self.assertTrue(answer.endswith("Discarded=malformed_no_content_length"))

    def test_exactly_25_mib_are_taken_and_a_byte_more_is_not(self):
        most = 25 << 20
        around = len(multipart(text_part("A", "1"), file_part("upload_file_minidump", b"")))
        dump = os.urandom(most - around)
        crash_id = self.take(multipart(text_part("A", "1"), file_part("upload_file_minidump", dump)))
        self.assertEqual(self.server.blob("v1/dump/" + crash_id), dump)
        status, _ = self.server.send(multipart(text_part("A", "1"), file_part("upload_file_minidump", dump + b"x")), FORM)
        self.assertEqual(status, 413)

    def test_what_is_stored_of_form_fields(self):
        body = multipart(text_part("ProductName", "Füchse"), file_part("upload_file_minidump", DUMP),
                         text_part("multi%0d%0aline%22key", "a\r\nb"), text_part("Throttleable", "1"),
                         file_part("upload_file_minidump_content", b"second"), file_part("memory_report", b"\x1f\x8b"))
        crash_id = self.take(body, {**FORM, "User-Agent": "Crashpad/0.8.0 test"})
        raw = self.server.raw_crash(crash_id)
        self.assertEqual(raw["ProductName"], "Füchse")
        self.assertEqual(raw['multi\r\nline"key'], "a\r\nb")
        self.assertEqual((raw["uuid"], raw["version"]), (crash_id, 2))
        self.assertRegex(raw["submitted_timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$")
        metadata = raw["metadata"]
        self.assertEqual(metadata["payload"], "multipart")
        self.assertEqual(metadata["payload_compressed"], "0")
        self.assertEqual(metadata["payload_size"], len(body))
        self.assertEqual(metadata["user_agent"], "Crashpad/0.8.0 test")
        self.assertEqual((metadata["throttle_rule"], metadata["throttle_weight"]), ("accept_everything", 1))
        self.assertEqual(metadata["collector_notes"], [])
        self.assertEqual(metadata["dump_checksums"]["upload_file_minidump"], hashlib.sha256(DUMP).hexdigest())
        self.assertEqual(metadata["dump_checksums"]["upload_file_minidump_content"], hashlib.sha256(b"second").hexdigest())
        self.assertEqual(self.server.blob("v1/dump/" + crash_id), DUMP)
        self.assertEqual(self.server.blob("v1/upload_file_minidump_content/" + crash_id), b"second")
        self.assertEqual(self.server.blob("v1/memory_report/" + crash_id), b"\x1f\x8b")
        self.assertEqual(sorted(json.loads(self.server.blob("v1/dump_names/" + crash_id))),
                         ["memory_report", "upload_file_minidump", "upload_file_minidump_content"])
        text = self.server.blob(f"v1/raw_crash/20{crash_id[-6:]}/{crash_id}").decode()
        self.assertEqual(list(json.loads(text)), sorted(json.loads(text)), "keys are sorted")

    def test_what_is_stored_of_json(self):
        extra = '{"ProductName": "Fox", "Number": 7, "Flag": true, "Deep": {"a": [1, null]}, "Email": "a@b.example"}'
        body = gzip.compress(multipart(text_part("Before", "lost"), json_part(extra), text_part("After", "kept")))
        raw = self.server.raw_crash(self.take(body, with_encoding("gzip")))
        self.assertEqual((raw["Number"], raw["Flag"], raw["Deep"]), (7, True, {"a": [1, None]}))
        self.assertNotIn("Before", raw)
        self.assertEqual(raw["After"], "kept")
        self.assertNotIn("Email", raw)
        metadata = raw["metadata"]
        self.assertEqual((metadata["payload"], metadata["payload_compressed"]), ("json", "1"))
        self.assertEqual(metadata["payload_size"], len(body))
        self.assertEqual(metadata["collector_notes"],
                         ["Removed Email from raw crash.",
                          "includes annotations in both json-encoded extra and formdata parts"])

    def test_what_is_odd_is_noted(self):
        body = multipart(text_part("A", b"\xff\xfe"), file_part("upload_file_minidump", DUMP, "application/vnd.tcpdump.pcap"),
                         file_part("../../../etc/a name that is far too long", b"x"),
                         *[text_part(name, "x") for name in ("TelemetryClientId", "TelemetryServerURL", "TelemetrySessionId")])
        crash_id = self.take(body)
        raw = self.server.raw_crash(crash_id)
        notes = raw["metadata"]["collector_notes"]
        self.assertIn("unknown content type: upload_file_minidump application/vnd.tcpdump.pcap", notes)
        self.assertTrue(any(note.startswith("extract payload text part exception: ") for note in notes), notes)
        for name in ("TelemetryClientId", "TelemetryServerURL", "TelemetrySessionId"):
            self.assertIn(f"Removed {name} from raw crash.", notes)
            self.assertNotIn(name, raw)
        self.assertEqual(self.server.blob("v1/etcanamethatisfartoolong/" + crash_id), b"x")

    def test_parts_come_in_any_order(self):
        parts = [json_part('{"ProductName": "Fox", "Version": "7"}'), file_part("upload_file_minidump", DUMP),
                 file_part("upload_file_minidump_browser", b"other")]
        for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)):
            crash_id = self.take(multipart(*[parts[i] for i in order]))
            self.assertEqual(self.server.blob("v1/dump/" + crash_id), DUMP)
            self.assertEqual(self.server.raw_crash(crash_id)["Version"], "7")

    def test_http_1_0_in_chunks_without_host(self):
        """As Crashpad's socket transport sends; gzip covers the whole body."""
        body = gzip.compress(GOOD)
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 1000]), body[i:i + 1000]) for i in range(0, len(body), 1000))
        head = (f"POST /submit?product=Fox&version=1.0&guid=0 HTTP/1.0\r\nContent-Type: {FORM['Content-Type']}\r\n"
                "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = self.server.talk(head.encode() + chunks + b"0\r\n\r\n")
        self.assertRegex(answer, "^HTTP/1.0 200 ")
        self.assertRegex(answer, "\r\nContent-Length: 48\r\n")
        self.assertNotIn("Transfer-Encoding", answer)
        self.assertRegex(answer, f"CrashID=bp-{ID}\n$")

    def test_queries_are_taken_as_they_come(self):
        for query in ("id={ec8030f7-c20a-464f-9b0e-13a3a9e97384}&version=1", "id=ec80&x=%zz", "&&==&", "sentry_key=a&a=" + "b" * 5000):
            self.take(GOOD, path="/submit?" + query)

    def test_the_product_has_many_names(self):
        for fields, query in (([text_part("ProductName", "Fox")], ""), ([text_part("prod", "Fox")], ""),
                              ([text_part("guid", "1")], "?product=Fox&version=1.2&guid=1")):
            raw = self.server.raw_crash(self.take(multipart(*fields), path="/submit" + query))
            self.assertIn("Fox", (raw.get("ProductName"), raw.get("prod")))

    def test_a_dump_alone_is_enough_where_sentrys_clients_send(self):
        body = multipart(file_part("upload_file_minidump", os.urandom(50)))
        self.take(body, path="/minidump?sentry_key=k")
        raw = self.server.raw_crash(self.take(body + b" ", path="/api/7/minidump/?sentry_key=k"))
        self.assertEqual(raw["ProductName"], "7")

    def test_the_same_crash_is_stored_once(self):
        dump = os.urandom(300_000)
        def report(source, event):
            return multipart(json_part(json.dumps({"ProductName": "Fox", "CrashEventID": event, "SubmittedFrom": source})),
                             file_part("upload_file_minidump", dump))
        first = self.take(report("Client", "event"))
        self.assertEqual(self.take(report("AboutCrashes", "event")), first)
        self.assertNotEqual(self.take(report("Client", "another")), first)
        self.assertEqual(self.server.raw_crash(first)["SubmittedFrom"], "Client")

    def test_a_trusted_submitter_brings_its_own_ids(self):
        made = subprocess.run([PROGRAM, "user", "token", "--data", self.server.data, "--permissions", "assign_crash_ids"],
                              check=True, capture_output=True, text=True)
        headers = {**FORM, "Authorization": "Bearer " + made.stdout.strip()}
        crash_id = "de1bb258-cbbf-4589-a673-34f800160918"
        self.assertEqual(self.take(multipart(text_part("A", "1"), text_part("uuid", crash_id)), headers), crash_id)
        self.assertEqual(self.server.raw_crash(crash_id)["uuid"], crash_id)
        for bad in ("x", crash_id[:-1], crash_id.replace("00160918", "02160918"), "bp-" + crash_id):
            self.assertEqual(self.server.send(multipart(text_part("A", "1"), text_part("uuid", bad)), headers),
                             malformed("invalid_uuid"), bad)

    def test_curl_in_odd_orders(self):
        path = os.path.join(self.server.folder, "crash.dmp")
        extra = os.path.join(self.server.folder, "extra.json")
        with open(path, "wb") as file:
            file.write(DUMP * 200)  # Above 1 MiB curl asks first whether it may go on.
        with open(extra, "w", encoding="utf-8") as file:
            file.write('{"ProductName": "Fox"}')
        dump, fields = f"upload_file_minidump=@{path}", f"extra=@{extra};type=application/json"
        for arguments in (["-F", dump, "-F", fields], ["-F", fields, "-F", dump], ["-F", dump, "-F", "prod=Fox", "-F", "ver=1"],
                          ["-H", "Transfer-Encoding: chunked", "-F", dump, "-F", fields],
                          ["--http1.0", "-F", fields, "-F", dump], ["-H", "Expect: 100-continue", "-F", fields, "-F", dump]):
            with self.subTest(arguments):
                done = subprocess.run(["curl", "-sS", "--fail-with-body", *arguments, f"http://127.0.0.1:{self.server.port}/submit"],
                                      capture_output=True, text=True, check=False)
                self.assertRegex(done.stdout, f"^CrashID=bp-{ID}\n$", done.stderr)
                self.assertEqual(self.server.blob("v1/dump/" + done.stdout[11:-1]), DUMP * 200)


# The 16 rules of Firefox's collector over HTTP. (annotations, answer, rule, weight)
FIREFOX = {"ProductName": "Firefox", "ReleaseChannel": "beta", "Version": "150.0", "BuildID": "29990101000000"}
RULES = [
    ({"BuildID": "20170101000000"}, "Discarded=rule_has_old_buildid", None, 0),
    ({"HangID": "1"}, "Discarded=rule_has_hangid_and_browser", None, 0),
    ({"SubmittedFromInfobar": "true", "Version": "57.0", "BuildID": "2017"}, "Discarded=rule_infobar_is_true", None, 0),
    ({"ProductName": "B2G"}, "fake", None, 0),
    ({"ProductName": "Chat"}, "Discarded=rule_unsupported_product", None, 0),
    ({"ProductName": None, "prod": "Chat"}, "Discarded=rule_unsupported_product", None, 0),
    ({"ProductName": "Fenix", "Android_PackageName": "org.fork"}, "Discarded=rule_unsupported_packagename", None, 0),
    ({"Throttleable": "0", "ReleaseChannel": "release"}, TAKEN, "throttleable_0", 1),
    ({"Comments": "", "ReleaseChannel": "release"}, TAKEN, "has_comments", 1),
    ({"PHCKind": "FreedPage", "ReleaseChannel": "release"}, TAKEN, "has_phc", 1),
    ({"ProcessType": "gpu", "ReleaseChannel": "release"}, TAKEN, "is_background", 1),
    ({}, TAKEN, "is_alpha_beta_esr", 1),
    ({"ReleaseChannel": "nightly-oak"}, TAKEN, "is_nightly", 1),
    ({"ProductName": "Thunderbird", "ReleaseChannel": "release"}, TAKEN, "accept_everything", 1),
]
OLD_WINDOWS = json.dumps({"system": {"os": {"name": "Windows_NT", "windowsBuildNumber": 9600}}})
# Rules that take by chance: (annotations, how many of 300, refused as, taken as, weight)
SAMPLED = [
    ({"ReleaseChannel": "release"}, 0.1, "is_firefox_desktop", "is_firefox_desktop", 10),
    ({"ipc_channel_error": "ShutDownKill"}, 0.1, "is_shutdownkill", "is_alpha_beta_esr", 10),
    ({"ReleaseChannel": "esr", "TelemetryEnvironment": OLD_WINDOWS}, 0.25, "is_firefox_esr_unsupported_windows",
     "is_alpha_beta_esr", 4),
]


class Rules(unittest.TestCase):
    @staticmethod
    def report(annotations):
        merged = {key: value for key, value in {**FIREFOX, **annotations}.items() if value is not None}
        return multipart(json_part(json.dumps(merged)), file_part("upload_file_minidump", DUMP))

    def test_firefoxs_rules(self):
        with Server(PROGRAM, 'rules = "firefox"\n') as server:
            for annotations, expected, rule, weight in RULES:
                with self.subTest(rule or expected):
                    before = server.stored()
                    status, answer = server.send(self.report({**annotations, "CrashEventID": str(uuid.uuid4())}), FORM)
                    self.assertEqual(status, 200)
                    if expected == TAKEN:
                        metadata = server.raw_crash(answer[11:-1])["metadata"]
                        self.assertEqual((metadata["throttle_rule"], metadata["throttle_weight"]), (rule, weight))
                    elif expected == "fake":
                        self.assertRegex(answer, f"^CrashID=bp-{ID}\n$")
                        self.assertEqual(answer[40], "3")
                        self.assertEqual(server.stored(), before)
                    else:
                        self.assertEqual(answer, expected)
                        self.assertEqual(server.stored(), before)
            self.check_sampled(server)

    def check_sampled(self, server):
        for annotations, part, refused_as, taken_as, weight in SAMPLED:
            events = [hashlib.sha256(f"{refused_as} {number}".encode()).hexdigest() for number in range(300)]
            taken = 0
            for event in events:
                body = self.report({**annotations, "CrashEventID": event})
                _, answer = server.send(body, FORM)
                if answer.startswith("Discarded"):
                    self.assertEqual(answer, "Discarded=rule_" + refused_as)
                    continue
                taken += 1
                metadata = server.raw_crash(answer[11:-1])["metadata"]
                self.assertEqual(metadata["throttle_rule"], taken_as)
                self.assertAlmostEqual(metadata["throttle_weight"], weight)
            # The same events meet the same fate each time, so this is no matter of luck.
            self.assertAlmostEqual(taken / len(events), part, delta=0.06)
            again = self.report({**annotations, "CrashEventID": events[0]})
            self.assertEqual(server.send(again, FORM), server.send(again, FORM))

    def test_rules_change_while_the_server_runs(self):
        first = '[[rule]]\nname = "no"\nresult = "reject"\n'
        second = '[[rule]]\nname = "later"\nresult = "defer"\n'
        with Server(PROGRAM) as server:  # Only for its folder.
            path = os.path.join(server.folder, "rules.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(first)
            with Server(PROGRAM, f'rules = "{path}"\n') as judge:
                self.assertEqual(judge.send(GOOD, FORM), (200, "Discarded=rule_no"))
                self.replace(path, "[[rule]]\nname = 'half'\n")
                judge.wait_until_said("line 1: the rule has no result")
                self.assertEqual(judge.send(GOOD, FORM), (200, "Discarded=rule_no"))
                judge.process.send_signal(signal.SIGHUP)
                self.assertEqual(judge.send(GOOD, FORM), (200, "Discarded=rule_no"))
                self.replace(path, second)
                judge.wait_until_said(hashlib.sha256(second.encode()).hexdigest()[:8])
                _, answer = judge.send(GOOD, FORM)
                self.assertRegex(answer, r"^CrashID=bp-.{29}1\d{6}\n$")
                history = subprocess.run([PROGRAM, "rules", "history", "--data", judge.data], check=True,
                                         capture_output=True, text=True).stdout.splitlines()
                self.assertEqual([line.split()[1] for line in history],
                                 [hashlib.sha256(text.encode()).hexdigest()[:8] for text in (first, second)])

    def test_without_rules_nothing_is_served(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "cairn.toml")
            self.replace(config, f'data = "{folder}/data"\nlisten = "127.0.0.1:0"\nrules = "{folder}/rules.toml"\n')
            for text, said in ((None, "not found"), ("[[rule]]\n", "line 1: the rule has no name")):
                if text:
                    self.replace(os.path.join(folder, "rules.toml"), text)
                done = subprocess.run([PROGRAM, "serve", "--config", config], capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 2)
                self.assertIn(said, done.stderr)

    @staticmethod
    def replace(path, text):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def test_commands(self):
        def run(*arguments):
            done = subprocess.run([PROGRAM, "rules", *arguments], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout, done.stderr
        with Server(PROGRAM) as server:
            for number in range(3):
                server.send(self.report({"ReleaseChannel": "release", "CrashEventID": str(number)}), FORM)
            code, table, _ = run("dry-run", "--data", server.data, "firefox")
            self.assertEqual(code, 0)
            rows = {line.split()[0]: line.split()[1:] for line in table.splitlines()[1:-1]}
            self.assertEqual(rows["accept_everything"], ["3", "3", "0", "0"])
            self.assertEqual(rows["is_firefox_desktop"][2:], ["0", "3"])  # 0.3 and 2.7, rounded.
            bad = os.path.join(server.folder, "bad.toml")
            with open(bad, "w", encoding="utf-8") as file:
                file.write('[[rule]]\nname = "a"\nresult = "keep"\n')
            code, _, said = run("check", bad)
            self.assertEqual(code, 1)
            self.assertIn(bad + ": line 3: `result` must be", said)
            for profile in ("general", "firefox"):
                self.assertEqual(run("check", profile)[0], 0)
                self.assertIn("[[rule]]", run("show", profile)[1])
            self.assertEqual(run("check", "/nowhere.toml")[0], 3)
            self.assertEqual(run("history", "--data", "/nowhere")[0], 3)


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
