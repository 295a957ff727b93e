#!/usr/bin/env python3
"""crashstats-tools of PyPI, unchanged, on a live server: its four commands, their tables and files, tokens and errors.

usage: crashstats_tools_test.py CAIRN_SERVER

The tools are installed by pip into build/peers (tools/peers.py) the first time; without them and without a network the
test is skipped with a line that says so, and exits 77.
"""
import csv
import datetime
import hashlib
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "tests" / "e2e" / "symbols"), str(ROOT / "tools")]
import peers  # noqa: E402
from crashing_program import CrashingProgram  # noqa: E402
from server import Server, wait_until  # noqa: E402

PROGRAM = ""
TOOLS = None
# How many reports of each.
CORPUS = {("Fox", "1.0", "release"): 60, ("Fox", "2.0", "beta"): 30, ("Editor", "1.0", "release"): 40}
TOTAL = sum(CORPUS.values())
INSTALLATIONS = 7
SECRET = "https://secret.example/path"
SIGNATURE = "Innermost"
# The tests ask more often than somebody without a token may.
LIMITS = "[rate_limits]\nanonymous_per_minute = 100000\n"


class Corpus:
    """A server with symbols and reports of our own, which all tests share: they only read, or reprocess."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cairn-tools-")
        self.server = Server(PROGRAM, LIMITS, folder=self.folder)
        self.token = self.server.token("view_pii,view_rawdump,reprocess_crashes,upload_symbols")
        self.poor_token = self.server.token("view_pings")
        program = CrashingProgram(PROGRAM, self.folder)
        program.upload(self.server, self.token)
        # Symbols that come later are named by and by; these tests are of other things.
        symbols = f"/{program.name}/{program.debug_id}/{program.name}.sym"
        wait_until(lambda: self.server.fetch(symbols, token=self.token) is not None, "symbols made of the program")
        self.reports, self.dumps = {}, {}
        number = 0
        for (product, version, channel), count in CORPUS.items():
            for _ in range(count):
                self.submit(program.dump(number), product, version, channel, number)
                number += 1
        named = [{"term": SIGNATURE, "count": TOTAL}]
        wait_until(lambda: self.search("_results_number=0")["facets"]["signature"] == named, f"{TOTAL} named reports")

    def submit(self, dump, product, version, channel, number):
        path = os.path.join(self.folder, "dump")
        with open(path, "wb") as file:
            file.write(dump)
        fields = {"ProductName": product, "Version": version, "ReleaseChannel": channel, "BuildID": "20261101000000",
                  "InstallTime": str(1_700_000_000 + number % INSTALLATIONS), "URL": SECRET, "Throttleable": "0"}
        form = [word for name, value in fields.items() for word in ("-F", f"{name}={value}")]
        form += ["-F", f"upload_file_minidump=@{path}"]
        browser = dump + b"of the browser"
        if number == 0:
            with open(path + ".browser", "wb") as file:
                file.write(browser)
            form += ["-F", f"upload_file_minidump_browser=@{path}.browser"]
        answer = self.server.curl("/submit", *form)
        assert answer.text.startswith("CrashID=bp-"), answer
        crash_id = answer.text[11:47]
        self.reports[crash_id] = (product, version, channel)
        self.dumps[crash_id] = {"upload_file_minidump": dump}
        if number == 0:
            self.first = crash_id
            self.dumps[crash_id]["upload_file_minidump_browser"] = browser

    def search(self, query, token=None):
        answer = self.server.curl("/api/SuperSearch/?" + query, token=token)
        assert answer.status == 200, answer
        return answer.json

    def end(self):
        self.server.end(signal.SIGTERM)
        shutil.rmtree(self.folder)


class Done:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def rows(self):
        return [line.split("\t") for line in self.out.splitlines()]


CORPUS_SERVER = None


class CrashstatsTools(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.corpus = CORPUS_SERVER
        self.folder = tempfile.mkdtemp(prefix="cairn-tools-out-")
        self.addCleanup(shutil.rmtree, self.folder)

    def run_tool(self, name, *words, token=None, code=0, stdin=None):
        environment = {**os.environ, "TZ": "UTC", "COLUMNS": "200", "NO_COLOR": "1"}
        environment.pop("CRASHSTATS_API_TOKEN", None)
        if token:
            environment["CRASHSTATS_API_TOKEN"] = token
        for proxy in [key for key in environment if key.lower().endswith("_proxy")]:
            del environment[proxy]
        done = subprocess.run([TOOLS / name, "--host", self.corpus.server.url, *words], input=stdin or "", text=True,
                              capture_output=True, check=False, env=environment, cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return Done(done)

    def ids(self, product=None, version=None):
        return sorted(crash_id for crash_id, report in self.corpus.reports.items()
                      if product in (None, report[0]) and version in (None, report[1]))

    # supersearch ------------------------------------------------------------------------------------------

    def test_all_hits_over_several_pages(self):
        found = self.run_tool("supersearch", "--num=all").out.split()
        self.assertEqual(sorted(found), self.ids())
        self.assertEqual(len(self.run_tool("supersearch").out.split()), 100)
        self.assertEqual(len(self.run_tool("supersearch", "--num=7").out.split()), 7)
        self.assertEqual(sorted(self.run_tool("supersearch", "--num=all", "--product=Fox", "--version=2.0").out.split()),
                         self.ids("Fox", "2.0"))

    def test_pages_as_the_tools_ask_for_them(self):
        """Its pages have 1,000 hits, of which there are not so many here: the same parameters in small."""
        found, total = [], TOTAL
        while len(found) < total:
            answer = self.corpus.search("_columns=uuid&_sort=-date&_facets_size=0&_results_number=" +
                                        f"{min(50, total - len(found))}&_results_offset={len(found)}")
            self.assertEqual((answer["total"], answer["facets"]), (total, {}))
            found += [hit["uuid"] for hit in answer["hits"]]
        self.assertEqual(sorted(found), self.ids())

    def test_columns_in_every_format(self):
        words = ["supersearch", "--num=3", "--_columns=uuid", "--_columns=product", "--_columns=date", "--_columns=signature",
                 "--_columns=build_id", "--_columns=process_type", "--product=Editor", "--_sort=uuid"]
        expected = [[crash_id, "Editor"] for crash_id in self.ids("Editor")[:3]]
        for row, want in zip(self.run_tool(*words).rows, expected, strict=True):
            self.assertEqual(row[:2], want)
            self.assertEqual(row[3], SIGNATURE)
            self.assertEqual(row[4:], ["20261101000000", "main"])
            self.assertIsNotNone(datetime.datetime.fromisoformat(row[2]).tzinfo)
        with_headers = self.run_tool(*words, "--headers").rows
        self.assertEqual(with_headers[0], ["uuid", "product", "date", "signature", "build_id", "process_type"])
        records = json.loads(self.run_tool(*words, "--format=json").out)
        self.assertEqual([[record["uuid"], record["product"]] for record in records], expected)
        lines = list(csv.reader(io.StringIO(self.run_tool(*words, "--format=csv").out)))
        self.assertEqual([line[:2] for line in lines], expected)
        lines = self.run_tool(*words, "--format=markdown").out.splitlines()
        self.assertEqual(lines[0], "uuid | product | date | signature | build_id | process_type")
        self.assertEqual([line.split(" | ")[:2] for line in lines[2:]], expected)
        table = self.run_tool(*words, "--format=table").out
        self.assertTrue(all(crash_id in table for crash_id, _ in expected), table)

    def test_operators_dates_and_a_url(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        tomorrow, yesterday = today + datetime.timedelta(days=1), today - datetime.timedelta(days=1)
        for words, expected in [
                ([f"--date=>={yesterday}", f"--date=<{tomorrow}"], self.ids()),
                ([f"--date=>={yesterday} 00:00:00", f"--date=<{tomorrow}T00:00:00+00:00"], self.ids()),
                ([f"--date=<{yesterday}"], []),
                (["--product=!Fox"], self.ids("Editor")),
                (["--product=^Ed"], self.ids("Editor")),
                (["--signature=~nnermos", "--version=$.0", "--product=Fox", "--product=Editor"], self.ids()),
                (["--version=__null__"], []),
                (["--build_id=>20261101000000"], []),
                (["--build_id=>=20261101000000"], self.ids())]:
            with self.subTest(words):
                self.assertEqual(sorted(self.run_tool("supersearch", "--num=all", *words).out.split()), expected)
        url = self.corpus.server.url + "/search/?product=Fox&version=2.0&_facets=platform&_columns=uuid#facet-signature"
        self.assertEqual(sorted(self.run_tool("supersearch", "--supersearch-url", url).out.split()), self.ids("Fox", "2.0"))

    def test_mistakes_are_said(self):
        self.assertIn("There is no field", self.run_tool("supersearch", "--nonsense=1", code=1).err)
        self.assertIn("date", self.run_tool("supersearch", "--date=yesterday", code=1).err)
        for tool, words in [("supersearch", []), ("supersearchfacet", ["--_facets=product"])]:
            bad = self.run_tool(tool, *words, token="0" * 32, code=1)
            self.assertIn("BadAPIToken", bad.err)
            self.assertIn("403", bad.err)

    # supersearchfacet -------------------------------------------------------------------------------------

    def facet(self, *words):
        return json.loads(self.run_tool("supersearchfacet", "--format=json", *words).out)

    def test_facets(self):
        self.assertEqual(self.facet("--_facets=product", "--_facets=version", "--_facets=signature"), {
            "product": [{"product": "Fox", "count": 90}, {"product": "Editor", "count": 40}, {"product": "total", "count": 130}],
            "version": [{"version": "1.0", "count": 100}, {"version": "2.0", "count": 30}, {"version": "total", "count": 130}],
            "signature": [{"signature": SIGNATURE, "count": 130}, {"signature": "total", "count": 130}]})
        self.assertEqual(self.run_tool("supersearchfacet", "--format=tab", "--_facets=product", "--leftover-count",
                                       "--_facets_size=1").rows,
                         [["product"], ["product", "count"], ["Fox", "90"], ["--", "40"], ["total", "130"]])
        lines = self.run_tool("supersearchfacet", "--format=markdown", "--product=Fox", "--_facets=release_channel").out
        self.assertEqual(lines.splitlines(), ["release_channel", "release_channel | count", "--------------- | -----",
                                              "release | 60", "beta | 30", "total | 90"])
        self.assertIn(" Editor  | 40 ", self.run_tool("supersearchfacet", "--_facets=product").out)

    def test_facets_within_facets(self):
        key = "product / version"
        self.assertEqual(self.facet("--_aggs.product=version"), {
            key: [{key: "Fox / 1.0", "count": 60}, {key: "Fox / 2.0", "count": 30}, {key: "Editor / 1.0", "count": 40},
                  {key: "total", "count": 130}]})
        key = "product / version / cardinality_install_time"
        found = self.facet("--_aggs.product.version=_cardinality.install_time")
        self.assertEqual(found[key], [{key: f"{names} / value", "count": INSTALLATIONS}
                                      for names in ("Fox / 1.0", "Fox / 2.0", "Editor / 1.0")] + [{key: "total", "count": 130}])

    def test_cardinality(self):
        key = "cardinality_install_time"
        self.assertEqual(self.facet("--_facets=_cardinality.install_time"), {key: [{key: "value", "value": INSTALLATIONS}]})
        self.assertEqual(self.facet("--product=Editor", "--_facets=_cardinality.version", "--_facets=product"), {
            "cardinality_version": [{"cardinality_version": "value", "value": 1}],
            "product": [{"product": "Editor", "count": 40}, {"product": "total", "count": 40}]})

    def test_histograms(self):
        days = self.facet("--_histogram.date=product", "--relative-range=1w")["histogram_date"]["product"]
        self.assertEqual({name: sum(row[name] for row in days) for name in ("Fox", "Editor", "total")},
                         {"Fox": 90, "Editor": 40, "total": 130})
        for row in days:  # The tools cut a day's time off where it has the form that they know.
            datetime.date.fromisoformat(row["histogram_date"])
        days = self.facet("--_histogram.date=_cardinality.install_time")["histogram_date"]["cardinality_install_time"]
        self.assertEqual(max(row["value"] for row in days), INSTALLATIONS)
        table = self.run_tool("supersearchfacet", "--_histogram.date=product", "--format=tab", "--denote-weekends").rows
        self.assertEqual(table[:2], [["histogram_date.product"], ["histogram_date", "Editor", "Fox", "total"]])

    def test_an_answer_as_it_is(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        window = [f">={today - datetime.timedelta(days=7)} 00:00:00", f"<{today} 23:59:59"]
        raw = json.loads(self.run_tool("supersearchfacet", "--format=raw", "--_facets=version", *[f"--date={x}" for x in window]).out)
        ours = self.corpus.search("_results_number=0&_facets=version&" + "&".join("date=" + urllib.parse.quote(x) for x in window))
        self.assertEqual(raw, ours)
        self.assertEqual((raw["hits"], raw["errors"], raw["total"]), ([], [], TOTAL))

    # What the server has besides: an export of what the tools list -----------------------------------------

    def test_an_export_has_what_the_tools_list(self):
        listed = self.run_tool("supersearch", "--num=all", "--product=Fox", "--_columns=uuid", "--_columns=version",
                               "--_sort=version", "--_sort=uuid").rows
        query = "/api/Export/?product=Fox&_columns=uuid&_columns=version&_sort=version&_sort=uuid"
        answer = self.corpus.server.curl(query + "&_format=csv")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "text/csv; charset=utf-8"))
        self.assertNotIn("cairn-cut", answer.headers)
        self.assertEqual(list(csv.reader(io.StringIO(answer.text, newline=""))), [["uuid", "version"], *listed])
        whole = self.corpus.server.curl(query + "&_format=json").json
        self.assertEqual([list(hit.values()) for hit in whole["hits"]], listed)
        self.assertEqual(whole["total"], len(listed))
        lines = self.corpus.server.curl(query + "&_format=jsonl").text.splitlines()
        self.assertEqual([list(json.loads(line).values()) for line in lines], listed)
        parquet = self.corpus.server.curl(query + "&_format=parquet")
        self.assertEqual((parquet.status, parquet.body[:4], parquet.body[-4:]), (200, b"PAR1", b"PAR1"))
        self.assertEqual(self.corpus.server.curl(query + "&_format=xml").status, 400)

    # fetch-data -------------------------------------------------------------------------------------------

    def fetched(self, kind, crash_id):
        """As the collector's buckets are laid out."""
        return pathlib.Path(self.folder, "out", kind, "20" + crash_id[-6:] if kind == "raw_crash" else "", crash_id)

    def test_what_everybody_may_fetch(self):
        crash_id = self.ids()[0]
        self.run_tool("fetch-data", "--processed", "out", crash_id)
        raw = json.loads(self.fetched("raw_crash", crash_id).read_text())
        self.assertEqual((raw["ProductName"], raw["uuid"]), (self.corpus.reports[crash_id][0], crash_id))
        self.assertNotIn("URL", raw)
        checksums = {name: hashlib.sha256(dump).hexdigest() for name, dump in self.corpus.dumps[crash_id].items()}
        self.assertEqual(raw["metadata"]["dump_checksums"], checksums)
        processed = json.loads(self.fetched("processed_crash", crash_id).read_text())
        self.assertEqual((processed["uuid"], processed["signature"]), (crash_id, SIGNATURE))
        self.assertNotIn(SECRET, json.dumps(processed))

    def test_dumps_and_what_is_protected(self):
        ids = [self.corpus.first, *[crash_id for crash_id in self.ids() if crash_id != self.corpus.first][:2]]
        # One worker: of several, two may make the same folder, and one of them then fails.
        self.run_tool("fetch-data", "--dumps", "--processed", "out", token=self.corpus.token,
                      stdin="".join(crash_id + "\n" for crash_id in ids), code=0)
        for crash_id in ids:
            raw = json.loads(self.fetched("raw_crash", crash_id).read_text())
            self.assertEqual(raw["URL"], SECRET)
            names = json.loads(self.fetched("dump_names", crash_id).read_text())
            self.assertEqual(sorted(names), sorted(self.corpus.dumps[crash_id]))
            for name in names:
                dump = self.fetched(name, crash_id).read_bytes()
                self.assertEqual(dump, self.corpus.dumps[crash_id][name])
                self.assertEqual(hashlib.sha256(dump).hexdigest(), raw["metadata"]["dump_checksums"][name])

    def test_dumps_need_a_permission(self):
        denied = self.run_tool("fetch-data", "--dumps", "out", self.ids()[0], token=self.corpus.poor_token, code=1)
        self.assertIn("view_rawdump", denied.err)
        unknown = "00000000-0000-4000-8000-000000261101"
        self.assertIn("404", self.run_tool("fetch-data", "out", unknown, code=1).err)

    # reprocess --------------------------------------------------------------------------------------------

    def completed(self, crash_id):
        return self.corpus.server.curl(f"/api/ProcessedCrash/?crash_id={crash_id}", token=self.corpus.token).json["completed_datetime"]

    def test_reprocess(self):
        crash_ids = self.ids()[:3]
        before = [self.completed(crash_id) for crash_id in crash_ids]
        url = f"{self.corpus.server.url}/report/index/{crash_ids[2]}"
        done = self.run_tool("reprocess", crash_ids[0], "bp-" + crash_ids[1], url, token=self.corpus.token)
        self.assertIn("Done!", done.out)
        self.assertNotIn("non-200", done.out)
        for crash_id, old in zip(crash_ids, before, strict=True):
            wait_until(lambda c=crash_id, o=old: self.completed(c) > o, "a document that is newer")
        self.run_tool("reprocess", "--ruleset=regenerate_signature", crash_ids[0], token=self.corpus.token)
        denied = self.run_tool("reprocess", crash_ids[0], token=self.corpus.poor_token, code=1)
        self.assertIn("reprocess_crashes", denied.err)


def main():
    global PROGRAM, TOOLS, CORPUS_SERVER
    PROGRAM = sys.argv.pop(1)
    TOOLS = peers.crashstats_tools(install=True)
    if TOOLS is None:
        print(f"SKIPPED: crashstats-tools {peers.CRASHSTATS_TOOLS_VERSION} is not in build/peers and pip cannot fetch it: "
              "nothing is compared", file=sys.stderr)
        sys.exit(77)
    CORPUS_SERVER = Corpus()
    try:
        unittest.main()
    finally:
        CORPUS_SERVER.end()


if __name__ == "__main__":
    main()
