#!/usr/bin/env python3
"""Other people's clients on our symbol server: Breakpad's uploader, gdb by debuginfod, rust-minidump's stack walker; and
our own command.

usage: foreign_test.py [--install] CAIRN_SERVER [BREAKPAD_SOURCE]

BREAKPAD_SOURCE is the folder src of Breakpad, of which the uploader is built. Clients that are not there are skipped, and
named in the last lines. --install has cargo build the stack walker into build/peers, which takes some minutes.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from crashing_program import CrashingProgram
from server import ID, Server, key, symbols

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools"))
import peers  # noqa: E402

PROGRAM = ""
BREAKPAD = ""
STACKWALK = None
UPLOADER_SOURCES = ["tools/linux/symupload/sym_upload.cc", "common/linux/symbol_upload.cc", "common/linux/http_upload.cc",
                    "common/linux/symbol_collector_client.cc", "common/linux/libcurl_wrapper.cc", "common/path_helper.cc"]
PROGRAM_TEXT = """int twice(int number) { return 2 * number; }
int main(int count, char **words) { return twice(count) - (words != 0); }
"""


def run(*command, environment=None, code=0):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})})
    if code is not None and done.returncode != code:
        raise AssertionError(f"{command}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM)
        cls.token = cls.server.token("upload_symbols")
        cls.folder = tempfile.mkdtemp(prefix="cairn-foreign-")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        shutil.rmtree(cls.folder)

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def upload(self, *words, code=0):
        return run(PROGRAM, "symbols", "upload", "--url", self.server.url, "--token", self.token, *words, code=code)


class Breakpad(Clients):
    @classmethod
    def setUpClass(cls):
        if not os.path.exists(os.path.join(BREAKPAD, UPLOADER_SOURCES[0])) or not shutil.which("g++"):
            raise unittest.SkipTest("Breakpad's sources are not there")
        super().setUpClass()
        cls.uploader = os.path.join(cls.folder, "sym_upload")
        sources = [os.path.join(BREAKPAD, source) for source in UPLOADER_SOURCES]
        run("g++", "-std=c++17", "-w", "-I" + BREAKPAD, "-I" + BREAKPAD + "/third_party/curl", "-o", cls.uploader, *sources,
            "-ldl")

    def test_version_1(self):
        path = self.write("one.sym", symbols("one"))
        self.assertIn("Successfully sent", run(self.uploader, path, f"{self.server.url}/symupload?key={self.token}"))
        self.assertEqual(self.server.fetch("/" + key("one")), symbols("one"))
        run(self.uploader, path, self.server.url + "/symupload", code=None)

    def test_version_2(self):
        path = self.write("two.sym", symbols("two"))
        command = [self.uploader, "-p", "sym-upload-v2", "-k", self.token, path, self.server.url]
        self.assertIn("Successfully sent", run(*command))
        self.assertEqual(self.server.fetch("/" + key("two")), symbols("two"))
        self.assertIn("already exists", run(*command, code=None))
        self.assertIn("matched existing file checksum", run(*command[:-2], "-f", *command[-2:]))
        bad = run(*command[:3], "-k", "0" * 32, *command[-2:], code=None)
        self.assertNotIn("Successfully sent", bad)

    def test_version_2_of_a_binary(self):
        path = self.write("binary", b"\x7fELF is a file like any other here")
        run(self.uploader, "-p", "sym-upload-v2", "-k", self.token, "-t", "elf", "-c", "binary", "-i", "ABCD", path,
            self.server.url)
        self.assertEqual(self.server.fetch("/binary/ABCD/binary"), b"\x7fELF is a file like any other here")


class OwnCommand(Clients):
    def test_what_the_server_has_is_not_sent_again(self):
        self.write("own/a.sym", symbols("own_a"))
        self.write("own/deep/b.sym", symbols("own_b", functions=20_000))
        self.write("own/readme.txt", b"no symbols")
        self.assertEqual(self.upload(self.folder + "/own"), "sent 2 files, 0 were there, 0 were refused\n")
        self.assertEqual(self.server.fetch("/" + key("own_b")), symbols("own_b", functions=20_000))
        self.write("own/c.sym", symbols("own_c"))
        self.assertEqual(self.upload(self.folder + "/own"), "sent 1 files, 2 were there, 0 were refused\n")

    def test_a_bad_file_does_not_stop_the_others(self):
        self.write("mixed/bad.sym", b"not symbols")
        self.write("mixed/good.sym", symbols("mixed"))
        output = self.upload(self.folder + "/mixed", code=1)
        self.assertIn("bad.sym", output)
        self.assertEqual(self.server.fetch("/" + key("mixed")), symbols("mixed"))

    def test_mistakes_are_said(self):
        path = self.write("one/one.sym", symbols("one"))
        self.assertIn("API Token not matched", run(PROGRAM, "symbols", "upload", "--url", self.server.url, "--token", "x", path, code=1))
        self.assertIn("no symbol files", self.upload("/etc/fstab", code=1))

    def test_the_token_may_stand_in_the_environment(self):
        path = self.write("env/env.sym", symbols("env"))
        run(PROGRAM, "symbols", "upload", "--url", self.server.url, path, environment={"CAIRN_TOKEN": self.token})
        self.assertEqual(self.server.fetch("/" + key("env")), symbols("env"))


class Debuginfod(Clients):
    def test_gdb_finds_the_debug_information(self):
        if not shutil.which("gdb") or not shutil.which("gcc"):
            self.skipTest("gdb or gcc is not there")
        if "Debuginfod functionality" not in run("gdb", "--batch", "-nx", "-ex", "show debuginfod enabled", code=None):
            self.skipTest("this gdb knows no debuginfod")
        source = self.write("src/twice.c", PROGRAM_TEXT.encode())
        program = os.path.join(self.folder, "bin", "twice")
        os.makedirs(os.path.dirname(program))
        run("gcc", "-g", "-O0", "-Wl,--build-id", "-o", program, source)
        self.upload("--raw", self.folder + "/bin")
        build_id = re.search(r"Build ID: ([0-9a-f]+)", run("readelf", "-n", program)).group(1)
        with open(program, "rb") as file:
            whole = file.read()
        for kind in ("debuginfo", "executable"):
            answer = self.server.curl(f"/buildid/{build_id}/{kind}")
            self.assertEqual((answer.status, answer.body), (200, whole))
            self.assertEqual(int(answer.headers["x-debuginfod-size"]), len(whole))
        self.assertEqual(self.server.curl(f"/twice/elf-buildid-{build_id}/twice").body, whole)
        self.assertEqual(self.server.curl(f"/_.debug/elf-buildid-sym-{build_id}/_.debug").body, whole)
        self.assertEqual(self.server.curl(f"/buildid/{build_id}/source/usr/src/twice.c").status, 404)
        run("strip", program)
        os.remove(source)
        said = run("gdb", "--batch", "-nx", "-ex", "set debuginfod enabled on", "-ex", "file " + program,
                   "-ex", "info line twice",
                   environment={"DEBUGINFOD_URLS": self.server.url, "DEBUGINFOD_CACHE_PATH": self.folder + "/cache",
                                "HOME": self.folder})
        self.assertIn('Line 1 of "', said)


class RustStackwalk(Clients):
    def test_the_stack_has_our_functions_and_lines(self):
        if not STACKWALK:
            self.skipTest("minidump-stackwalk is not there: foreign_test.py --install builds it")
        program = CrashingProgram(PROGRAM, self.folder)
        self.write(f"symbols/{program.name}.sym", program.text.encode())
        self.upload(self.folder + "/symbols")
        dump = self.write("widget.dmp", program.dump())
        said = run(STACKWALK, "--json", "--symbols-url", self.server.url, "--symbols-cache", self.folder + "/walk-cache",
                   "--symbols-tmp", self.folder, dump)
        frames = json.loads(said[said.index("{"):said.rindex("}") + 1])["crashing_thread"]["frames"]
        self.assertEqual([(frame["function"], frame["line"]) for frame in frames[:3]],
                         [("Innermost(int)", 1), ("Middle(int)", 2), ("main", 3)], frames)
        self.assertEqual(os.path.basename(frames[0]["file"]), "widget.cc")


def main():
    global PROGRAM, BREAKPAD, STACKWALK
    words = [word for word in sys.argv[1:] if word != "--install"]
    PROGRAM, BREAKPAD = words[0], words[1] if len(words) > 1 else ""
    STACKWALK = peers.rust_stackwalk(install="--install" in sys.argv[1:])
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    for test, why in result.skipped:
        print(f"SKIPPED {test}: {why}", file=sys.stderr)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
