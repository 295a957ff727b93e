#!/usr/bin/python3
"""Shows tools/gen_windows_codes at work: what it makes of good rows, and the line that it names for bad ones."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class GenWindowsCodesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.output = pathlib.Path(self.folder.name) / "crash/codes.inc"

    def generate(self, text):
        table = pathlib.Path(self.folder.name) / "codes.tsv"
        table.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, ROOT / "tools/gen_windows_codes", table, self.output],
                              capture_output=True, text=True, check=False)

    def assert_refused(self, text, line, word):
        result = self.generate(text)
        self.assertEqual(result.returncode, 1)
        self.assertFalse(self.output.exists())
        self.assertIn(f"codes.tsv:{line}:", result.stderr)
        self.assertIn(word, result.stderr)

    def test_rows_are_sorted_by_number(self):
        rows = "# A comment.\nwin32\t0x00000005\tERROR_ACCESS_DENIED\nwin32\t0x00000002\tERROR_FILE_NOT_FOUND\n"
        self.assertEqual(self.generate(rows).returncode, 0)
        text = self.output.read_text()
        self.assertIn("kWin32Codes[] = {0x2,0x5};", text)
        self.assertIn("kWin32Starts[] = {0,21};", text)
        self.assertIn('    "ERROR_FILE_NOT_FOUND\\0"\n    "ERROR_ACCESS_DENIED\\0";', text)

    def test_number_with_two_names(self):
        self.assert_refused("win32\t0x00000005\tA\nwin32\t0x00000005\tB\n", 2, "already")

    def test_unknown_kind(self):
        self.assert_refused("errno\t0x00000005\tEIO\n", 1, "errno")

    def test_row_of_another_form(self):
        self.assert_refused("win32 5 ERROR_ACCESS_DENIED\n", 1, "tabs")
        self.assert_refused('win32\t0x00000005\tA"B\n', 1, "tabs")

    def test_too_much_text(self):
        rows = "".join(f"win32\t0x{i:08x}\t{'A' * 100}\n" for i in range(700))
        self.assert_refused(rows, 1, "longer")


if __name__ == "__main__":
    unittest.main()
