#!/usr/bin/python3
"""`cairn stackwalk` and servers of symbols: usage: symbol_fetch_test.py CAIRN [CLASS...]"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

from dump_builder import LINUX, WINDOWS, Module, build
from symbol_server import Reply, SymbolServer

CAIRN = sys.argv.pop(1)

APP = Module(0x400000, "/opt/my app/app", build_id=bytes(range(1, 21)))
LIBRARY = Module(0x7f0000000000, "/opt/libwork.so", build_id=bytes(range(101, 121)))
DLL = Module(0x180000000, "C:\\app\\xul.dll", pdb="C:\\build\\xul.pdb", guid=bytes(range(16)), age=2, timestamp=0x62B0E4E0)
NO_PDB = Module(0x180000000, "C:\\app\\xul.dll", timestamp=0x62B0E4E0)


def name_of(module):
    return re.split(r"[/\\]", module.pdb or module.name)[-1]


def symbols_of(module, function="Work"):
    lines = "MODULE Linux x86_64 %s %s\nFILE 0 work.cc\nFUNC 1000 100 0 %s()\n1000 100 42 0\n"
    return (lines % (module.debug_id, name_of(module), function)).encode()


def url_path(module):
    name = name_of(module)
    stem = name[:-4] if name.endswith(".pdb") else name
    return "/%s/%s/%s.sym" % (name.replace(" ", "%20"), module.debug_id, stem.replace(" ", "%20"))


class FetchTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="cairn-fetch-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.cache = self.folder / "cache"
        self.server = SymbolServer()
        self.addCleanup(self.server.close)
        self.write_dump([APP, LIBRARY], [LIBRARY.base + 0x1010])

    def write_dump(self, modules, stack_words, platform=LINUX):
        self.dump = self.folder / "crash.dmp"
        self.dump.write_bytes(build(modules, modules[0].base + 0x1008, stack_words, platform))

    def command(self, *options, url=True, cache=True):
        words = [CAIRN, "stackwalk", "--json"]
        if url:
            words += ["--symbols-url", self.server.url]
        if cache:
            words += ["--symbols-cache", str(self.cache)]
        return words + [str(option) for option in options] + [str(self.dump)]

    def walk(self, *options, environment=None, **how):
        """(report, stderr)"""
        run = subprocess.run(self.command(*options, **how), capture_output=True, text=True, timeout=60,
                             env={**os.environ, **(environment or {})})
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout), run.stderr

    @staticmethod
    def functions(report):
        return [frame["function"] for frame in report["crashing_thread"]["frames"]]

    @staticmethod
    def urls(report):
        return [module["symbol_url"] for module in report["modules"]]

    def problems(self, report):
        return [entry["what"] for entry in report["diagnostics"] if entry["stage"] == "symbols"]

    def files(self, ending):
        return [path for path in self.cache.rglob("*") if path.name.endswith(ending)]


class Download(FetchTest):
    def test_symbols_come_from_the_server_once(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP, "Main"))
        self.server.replies[url_path(LIBRARY)] = Reply(body=symbols_of(LIBRARY), gzipped=True)
        report, errors = self.walk()
        self.assertEqual(errors, "")
        self.assertEqual(self.functions(report), ["Main()", "Work()"])
        self.assertEqual(sorted(request.split("?")[0] for request in self.server.requests),
                         sorted([url_path(APP), url_path(LIBRARY)]))
        self.assertTrue(any("?code_file=libwork.so&code_id=" + LIBRARY.build_id.hex().upper() in request
                            for request in self.server.requests), self.server.requests)
        again, _ = self.walk()
        self.assertEqual(self.functions(again), ["Main()", "Work()"])
        self.assertEqual(len(self.server.requests), 2, "the second run has them")
        for told in (report, again):
            self.assertEqual(sorted(self.urls(told)), sorted(self.server.url + request for request in self.server.requests))
        self.assertEqual(self.files(".part-"), [])

    def test_without_a_cache_folder_texts_are_used_as_they_come(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP, "Main"), gzipped=True)
        temporary = self.folder / "tmp"
        temporary.mkdir()
        nowhere = {"HOME": "", "XDG_CACHE_HOME": "", "TMPDIR": str(temporary)}
        report, _ = self.walk(cache=False, environment=nowhere)
        self.assertEqual(self.functions(report)[0], "Main()")
        self.assertEqual(list(temporary.iterdir()), [])
        own = self.folder / "own"
        own.mkdir()
        self.walk("--symbols-tmp", own, cache=False, environment=nowhere)
        self.assertEqual(list(own.iterdir()), [])

    def test_folders_go_before_servers(self):
        place = self.folder / "symbols" / "app" / APP.debug_id
        place.mkdir(parents=True)
        (place / "app.sym").write_bytes(symbols_of(APP, "FromFolder"))
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP, "FromServer"))
        report, _ = self.walk("--symbols-path", self.folder / "symbols")
        self.assertEqual(self.functions(report)[0], "FromFolder()")

    def test_second_server_is_asked_when_the_first_has_none(self):
        other = SymbolServer()
        self.addCleanup(other.close)
        other.replies[url_path(APP)] = Reply(body=symbols_of(APP, "FromSecond"))
        report, _ = self.walk("--symbols-url", other.url + "/")
        self.assertEqual(self.functions(report)[0], "FromSecond()")

    def test_redirect_by_code_id(self):
        self.write_dump([NO_PDB], [NO_PDB.base + 0x1010], WINDOWS)
        by_code_id = "/xul.dll/%s/xul.sym" % NO_PDB.code_id.upper()
        self.server.replies[by_code_id] = Reply(302, headers={"Location": url_path(DLL)})
        self.server.replies[url_path(DLL)] = Reply(body=symbols_of(DLL, "Gecko"))
        report, _ = self.walk()
        self.assertEqual(self.functions(report)[0], "Gecko()")
        self.assertEqual(report["modules"][0]["debug_id"], DLL.debug_id)
        self.assertEqual(report["modules"][0]["debug_file"], "xul.pdb")

    def test_program_of_windows_is_asked_for_by_code_id(self):
        self.write_dump([DLL], [], WINDOWS)
        self.walk()
        self.assertEqual([request.split("?")[0] for request in self.server.requests],
                         [url_path(DLL), "/xul.dll/%s/xul.dll" % DLL.code_id])

    def test_pdb_names_and_cases_of_folders(self):
        self.write_dump([DLL], [], WINDOWS)
        for name, identity in (("XUL.PDB", DLL.debug_id), ("xul.pdb", DLL.debug_id.lower()),
                               ("xul.dll", DLL.code_id.lower())):
            with self.subTest(name=name, id=identity):
                root = self.folder / ("symbols-" + name + identity)
                (root / name / identity).mkdir(parents=True)
                stem = name.rsplit(".", 1)[0]
                (root / name / identity / (stem + ".sym")).write_bytes(symbols_of(DLL, "Gecko"))
                report, _ = self.walk("--symbols-path", root, url=False)
                self.assertEqual(self.functions(report)[0], "Gecko()")

    def test_two_processes_share_one_download(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP, "Main"), delay=0.7)
        runs = [subprocess.Popen(self.command(), stdout=subprocess.PIPE, text=True) for _ in range(3)]
        for run in runs:
            output, _ = run.communicate(timeout=60)
            self.assertEqual(self.functions(json.loads(output))[0], "Main()")
        asked = [request for request in self.server.requests if request.startswith(url_path(APP))]
        self.assertEqual(len(asked), 1)

    def test_many_modules_are_fetched_four_at_a_time(self):
        libraries = [Module(0x7f0000000000 + i * 0x100000, "/opt/lib%d.so" % i, build_id=bytes([i + 1] * 20))
                     for i in range(12)]
        self.write_dump([APP] + libraries, [library.base + 0x1010 for library in libraries])
        for library in libraries:
            self.server.replies[url_path(library)] = Reply(body=symbols_of(library), delay=0.2)
        report, _ = self.walk()
        self.assertEqual(self.functions(report)[1:], ["Work()"] * 12)
        self.assertGreaterEqual(self.server.most_at_once, 3)
        self.assertLessEqual(self.server.most_at_once, 5, "four, and the walk itself")


class Trouble(FetchTest):
    def absence(self, module):
        path = self.cache / (url_path(module).replace("%20", " ")[1:] + ".absent")
        return path.read_text().split(" ")[0] if path.exists() else None

    def test_404_is_remembered_for_a_day(self):
        report, errors = self.walk()
        self.assertEqual(errors, "")
        self.assertEqual(self.problems(report), [])
        asked = len(self.server.requests)
        self.assertEqual(self.absence(APP), "not-there")
        path = self.files(name_of(APP) + ".sym.absent")[0]
        left = int(path.read_text().split(" ")[2]) / 1000 - time.time()
        self.assertTrue(86000 < left < 86401, left)
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP, "Main"))
        self.walk()
        self.assertEqual(len(self.server.requests), asked)
        words = path.read_text().split(" ")
        words[2] = "1000"
        path.write_text(" ".join(words))
        self.assertEqual(self.functions(self.walk()[0])[0], "Main()", "once the day is over it is asked again")

    def test_429_and_500_are_not_taken_for_404(self):
        for status, reason, seconds in ((429, "rate-limited", 17), (503, "server-error", 17), (500, "server-error", 30)):
            with self.subTest(status=status):
                headers = {"Retry-After": "17"} if seconds == 17 else {}
                self.server.default = Reply(status, headers=headers)
                cache = self.folder / ("cache-%d" % status)
                self.cache = cache
                report, errors = self.walk()
                self.assertEqual(self.absence(APP), reason)
                left = int(self.files(name_of(APP) + ".sym.absent")[0].read_text().split(" ")[2]) / 1000 - time.time()
                self.assertTrue(seconds - 10 < left <= seconds, left)
                self.assertNotEqual(self.problems(report), [])
                self.assertEqual(errors.count("\n"), 1, errors)
                self.assertIn(self.server.url, errors)

    def test_server_that_limits_is_not_asked_for_other_files(self):
        self.server.default = Reply(429)
        self.walk("--threads", "crashing")
        self.assertLessEqual(len(self.server.requests), 2, "two may be on their way at once")

    def test_access_that_is_refused(self):
        self.server.default = Reply(403)
        _, errors = self.walk()
        self.assertEqual(self.absence(APP), "blocked")
        self.assertIn("gives no access", errors)
        self.cache = self.folder / "other"
        self.server.default = Reply(302, headers={"Location": "ftp://127.0.0.1/login"})
        self.walk()
        self.assertEqual(self.absence(APP), "blocked")

    def test_endless_redirects(self):
        self.server.default = Reply(302, headers={"Location": "/again"})
        self.walk()
        self.assertEqual(self.absence(APP), "blocked")
        self.assertLessEqual(len(self.server.requests), 12)

    def test_slow_server_costs_the_deadline(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP), delay=20)
        start = time.monotonic()
        report, errors = self.walk("--symbols-download-timeout-secs", "1")
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(self.absence(APP), "network")
        self.assertIn("no whole answer came", errors)
        self.assertNotEqual(self.problems(report), [])

    def test_nobody_at_the_address_is_not_told_as_slowness(self):
        self.server.close()
        _, errors = self.walk()
        self.assertIn("no whole answer came", errors)
        self.assertNotIn("too long", errors)

    def test_body_that_ends_early_is_not_kept(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP), cut=10)
        self.walk()
        self.assertEqual(self.absence(APP), "network")
        self.assertEqual(self.files(".sym"), [])
        self.cache = self.folder / "gzip"
        whole = Reply(body=symbols_of(APP), gzipped=True)
        self.server.replies[url_path(APP)] = Reply(body=whole.body[:-9], headers=whole.headers)
        self.walk()
        self.assertEqual(self.absence(APP), "network", "the length is right, and the stream has no end")

    def test_bomb_is_refused(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP) + bytes(40 << 20), gzipped=True)
        self.walk()
        self.assertEqual(self.absence(APP), "unreadable")
        self.assertEqual(self.files(".sym"), [])

    def test_announced_size_past_the_cap_is_refused_at_once(self):
        class Huge(Reply):
            def __init__(self):
                super().__init__(body=b"x")
                self.headers["X-Pad"] = "1\r\nContent-Length: 99999999999"
        self.server.replies[url_path(APP)] = Huge()
        self.walk()
        self.assertIn(self.absence(APP), ("unreadable", "network"))

    def test_page_instead_of_symbols(self):
        self.server.replies[url_path(APP)] = Reply(body=b"<html>Log in</html>")
        report, _ = self.walk()
        self.assertEqual(self.absence(APP), "unreadable")
        self.assertEqual(self.files(".sym"), [])
        self.assertNotEqual(self.problems(report), [])

    def test_dead_server(self):
        url = self.server.url
        self.server.close()
        self.server = SymbolServer()
        self.addCleanup(self.server.close)
        report, errors = self.walk("--symbols-url", url, url=False)
        self.assertEqual(self.absence(APP), "network")
        self.assertIn(url, errors)
        self.assertEqual(report["status"], "OK")

    def test_password_is_never_shown(self):
        url = self.server.url.replace("://", "://me:secret@")
        self.server.default = Reply(500)
        _, errors = self.walk("--symbols-url", url, "--verbose", "debug", url=False)
        self.assertNotIn("secret", errors)
        self.assertNotIn("secret", "".join(path.read_text() for path in self.files(".absent")))


class Binaries(FetchTest):
    """A real library, walked as if a crash had it mapped."""

    def setUp(self):
        super().setUp()
        program = os.path.join(os.path.dirname(CAIRN), "cairn-symgen")
        self.assertTrue(os.path.exists(program))
        source = self.folder / "work.c"
        source.write_text("int Deep(int a) { return a + 1; }\nint Work(int a) { return Deep(a) * 2; }\n")
        self.library = self.folder / "libreal.so"
        subprocess.run(["cc", "-g", "-shared", "-fPIC", "-O1", "-fno-inline", "-Wl,--build-id", "-o", self.library, source],
                       check=True)
        notes = subprocess.run(["readelf", "-n", self.library], capture_output=True, text=True, check=True).stdout
        self.build_id = re.search(r"Build ID: (\w+)", notes).group(1)
        symbols = subprocess.run(["nm", self.library], capture_output=True, text=True, check=True).stdout
        address = int(re.search(r"(\w+) T Work", symbols).group(1), 16)
        self.real = Module(0x7f0000000000, str(self.library), build_id=bytes.fromhex(self.build_id))
        self.dump = self.folder / "crash.dmp"
        self.dump.write_bytes(build([self.real], self.real.base + address, [0, 0]))

    def test_local_binary_gives_names(self):
        report, _ = self.walk("--use-local-debuginfo", url=False)
        self.assertEqual(self.functions(report)[0], "Work")
        self.assertEqual(report["crashing_thread"]["frames"][0]["line"], 2)
        before = [path.name for path in self.files(".symcache")]
        self.assertEqual(self.functions(self.walk("--use-local-debuginfo", url=False)[0])[0], "Work")
        self.assertEqual([path.name for path in self.files(".symcache")], before)

    def test_other_build_is_not_used(self):
        other = Module(self.real.base, str(self.library), build_id=bytes(20 * [7]))
        self.dump.write_bytes(build([other], other.base + 0x1000, []))
        report, _ = self.walk("--use-local-debuginfo", url=False)
        self.assertEqual(self.functions(report)[0], None)
        self.assertTrue(report["crashing_thread"]["frames"][0]["missing_symbols"])

    def test_debuginfod(self):
        stripped = self.folder / "stripped.so"
        debug = self.folder / "work.debug"
        subprocess.run(["objcopy", "--only-keep-debug", self.library, debug], check=True)
        subprocess.run(["strip", "-o", stripped, self.library], check=True)
        self.library.unlink()
        prefix = "/buildid/%s/" % self.build_id
        self.server.replies[prefix + "debuginfo"] = Reply(body=debug.read_bytes(), gzipped=True)
        self.server.replies[prefix + "executable"] = Reply(body=stripped.read_bytes())
        report, _ = self.walk(url=False, environment={"DEBUGINFOD_URLS": self.server.url})
        self.assertEqual(self.server.requests, [], "the environment alone asks nobody")
        report, _ = self.walk("--debuginfod-from-environment", url=False, environment={"DEBUGINFOD_URLS": self.server.url})
        self.assertEqual(self.functions(report)[0], "Work")
        self.assertEqual(report["crashing_thread"]["frames"][0]["line"], 2)
        self.assertEqual(sorted(self.server.requests), [prefix + "debuginfo", prefix + "executable"])
        self.walk("--debuginfod", self.server.url, url=False)
        self.assertEqual(len(self.server.requests), 2)

    def test_debuginfod_that_sends_another_file(self):
        self.library.unlink()
        self.server.default = Reply(body=b"<html>")
        report, errors = self.walk("--debuginfod", self.server.url, url=False)
        self.assertEqual(self.functions(report)[0], None)
        self.assertNotEqual(self.problems(report), [])


class Options(FetchTest):
    def run_words(self, *words):
        return subprocess.run([CAIRN, "stackwalk"] + [str(word) for word in words], capture_output=True, text=True, timeout=60)

    def test_exit_codes(self):
        self.assertEqual(self.run_words(self.dump).returncode, 0)
        self.assertEqual(self.run_words(__file__).returncode, 1)
        self.assertEqual(self.run_words("--dump", __file__).returncode, 1)
        self.assertEqual(self.run_words("--nonsense", self.dump).returncode, 2)
        self.assertEqual(self.run_words("--symbols-url", "ftp://x", self.dump).returncode, 2)
        self.assertEqual(self.run_words("--recover-function-args", self.dump).returncode, 0)
        self.assertEqual(self.run_words(self.folder / "none.dmp").returncode, 3)
        self.assertEqual(self.run_words("--output-file", "/nowhere/x", self.dump).returncode, 3)
        self.assertEqual(self.run_words("--log-file", "/nowhere/x", self.dump).returncode, 3)
        self.assertEqual(self.run_words("--raw-json", "/nowhere/x", self.dump).returncode, 3)
        self.assertEqual(self.run_words("--raw-json", __file__, self.dump).returncode, 1)

    def test_errors_are_one_line(self):
        for words in (["--nonsense"], [__file__], ["/nowhere/x.dmp"], ["--raw-json", __file__, self.dump]):
            errors = self.run_words(*words).stderr
            self.assertEqual(errors.count("\n"), 1, errors)
            self.assertTrue(errors.startswith("cairn stackwalk: "), errors)

    def test_cyborg_writes_both(self):
        machine = self.folder / "machine.json"
        run = self.run_words("--cyborg", machine, "--pretty", self.dump)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("Crash", run.stdout)
        self.assertEqual(json.loads(machine.read_text())["status"], "OK")

    def test_dump_lists_streams(self):
        run = self.run_words("--dump", self.dump)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("libwork.so", run.stdout)

    def test_log_file_takes_what_happened(self):
        self.server.replies[url_path(APP)] = Reply(body=symbols_of(APP))
        log = self.folder / "log"
        _, errors = self.walk("--log-file", log, "--verbose", "info")
        self.assertEqual(errors, "")
        lines = log.read_text()
        self.assertIn("[INFO] %s%s" % (self.server.url, url_path(APP)), lines)
        self.assertIn("not found", lines)

    def test_raw_json_may_be_an_object_or_a_text(self):
        for signers in ({"Me": ["libwork.so"]}, json.dumps({"Me": ["libwork.so"]})):
            raw = self.folder / "raw.json"
            raw.write_text(json.dumps({"ModuleSignatureInfo": signers, "CPUMicrocodeVersion": "0xF0"}))
            self.assertEqual(self.run_words("--json", "--raw-json", raw, self.dump).returncode, 0)
            self.assertEqual(self.run_words("--json", "--evil-json", raw, self.dump).returncode, 0)


if __name__ == "__main__":
    unittest.main()
