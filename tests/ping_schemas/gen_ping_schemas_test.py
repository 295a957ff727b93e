#!/usr/bin/python3
"""Shows tools/gen_ping_schemas at work: what it makes of schemas, and the file that it names for bad ones."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class GenPingSchemasTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.output = pathlib.Path(self.folder.name) / "ping/schemas.inc"

    def generate(self, **files):
        paths = []
        for name, text in files.items():
            paths.append(pathlib.Path(self.folder.name) / name.replace("__", "."))
            paths[-1].write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, ROOT / "tools/gen_ping_schemas", self.output, *paths],
                              capture_output=True, text=True, check=False)

    def assert_refused(self, result, name):
        self.assertEqual(result.returncode, 1)
        self.assertFalse(self.output.exists())
        self.assertIn(name, result.stderr)

    def test_schemas_become_rows_by_name(self):
        result = self.generate(b__1__schema__json='{"a": 1}', a__1__schema__json="{ }")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = self.output.read_text()
        self.assertLess(text.index('{"a.1",'), text.index('{"b.1",'))
        self.assertIn('R"schema({"a":1})schema"', text)

    def test_what_is_no_json_is_named(self):
        self.assert_refused(self.generate(a__1__schema__json="{"), "a.1.schema.json")

    def test_another_name_is_named(self):
        self.assert_refused(self.generate(a__json="{}"), "a.json")

    def test_the_end_of_a_raw_string_is_refused(self):
        self.assert_refused(self.generate(a__1__schema__json='[")schema", ""]'), "a.1.schema.json")


if __name__ == "__main__":
    unittest.main()
