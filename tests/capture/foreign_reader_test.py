#!/usr/bin/python3
"""Dumps of real crashes, read by Breakpad's own tools: they do not complain, and see what `cairn stackwalk` sees.

usage: foreign_reader_test.py CRASHER HANDLER CAIRN FOLDER-OF-BREAKPAD'S-TOOLS
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CRASHER, HANDLER, CAIRN, TOOLS = sys.argv[1:5]


def run_tool(name, *arguments):
    """The tool's output, and what it complained of. Some npm packages come without the executable bit."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(os.path.join(TOOLS, name), folder)
        os.chmod(copy, 0o700)
        done = subprocess.run([copy, *arguments], capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if "INFO" not in line]
    return done.stdout, complaints, done.returncode


class ForeignReader(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cairn-foreign-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def dump(self, *arguments):
        subprocess.run([CRASHER, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, CRASHER_HANDLER=HANDLER, CRASHER_DATABASE=self.folder), check=False)
        # The dump is whole when the crasher is gone; it is moved a moment later.
        for _ in range(2000):
            names = os.listdir(self.folder + "/pending")
            if any(name.endswith(".dmp") for name in names):
                return os.path.join(self.folder, "pending", next(name for name in names if name.endswith(".dmp")))
            subprocess.run(["sleep", "0.01"], check=True)
        self.fail("there is no dump")

    def compare(self, *arguments):
        dump = self.dump(*arguments)
        text, complaints, status = run_tool("minidump_stackwalk", "-m", dump)
        self.assertEqual((complaints, status), ([], 0))
        raw, complaints, status = run_tool("minidump_dump", dump)
        self.assertEqual((complaints, status), ([], 0))
        ours = json.loads(subprocess.run([CAIRN, "stackwalk", "--json", dump], capture_output=True, text=True,
                                         check=True).stdout)
        # A stack overflow is longer than a walk; nothing else is lost.
        self.assertEqual([entry for entry in ours["diagnostics"] if entry["what"] != "frames of a thread"], [])

        self.assertEqual(re.findall(r"^MDRawThread\n  thread_id +=  ?0x(\w+)$", raw, re.M),
                         ["%x" % thread["thread_id"] for thread in ours["threads"]])
        self.assertEqual(re.findall(r'^  \(code_identifier\) +=  ?"(\w+)"$', raw, re.M),
                         [module["code_id"] for module in ours["modules"]])

        rows = [line.split("|") for line in text.splitlines() if "|" in line]
        modules = {(row[1], row[3], row[4], int(row[5], 16)) for row in rows if row[0] == "Module"}
        self.assertEqual({(module["filename"], module["debug_file"], module["debug_id"], int(module["base_addr"], 16))
                          for module in ours["modules"]}, modules)
        main = [row[1] for row in rows if row[0] == "Module" and row[7] == "1"]
        self.assertEqual([ours["modules"][ours["main_module"]]["filename"]], main)

        # thread|frame|module|function|file|line|offset; without a module the offset is the address.
        tops = {int(row[0]): (row[2] or None, int(row[6], 16)) for row in rows if row[0].isdigit() and row[1] == "0"}
        our_tops = {}
        for index, thread in enumerate(ours["threads"]):
            frame = thread["frames"][0]
            our_tops[index] = (frame["module"], int(frame["module_offset"] or frame["offset"], 16))
        self.assertEqual(our_tops, tops)
        crash = next(row for row in rows if row[0] == "Crash")
        self.assertEqual(ours["crash_info"]["crashing_thread"], int(crash[3]))
        self.assertEqual(int(ours["crash_info"]["address"] or "0", 16), int(crash[2], 16))

    def test_a_null_write_on_main(self):
        self.compare("segv")

    def test_an_abort_on_a_worker(self):
        self.compare("abrt", "thread")

    def test_a_stack_overflow(self):
        self.compare("overflow")

    def test_a_jump_to_nowhere(self):
        self.compare("wild-jump")

    def test_a_dump_of_the_crashing_thread_alone(self):
        self.compare("segv", "no-ptrace")


if __name__ == "__main__":
    if not os.path.exists(os.path.join(TOOLS, "minidump_stackwalk")):
        print("SKIPPED: Breakpad's tools are not in %s: npm ci --ignore-scripts in tools/npm" % TOOLS)
        sys.exit(77)
    unittest.main(argv=[sys.argv[0]] + sys.argv[5:])
