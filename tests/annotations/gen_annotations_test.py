#!/usr/bin/python3
"""Shows tools/gen_annotations at work: what it makes of good rows, and the line that it names for bad ones."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

ROW = """annotations:
  - name: Widgets
    field: widgets
    type: u32
    scope: ping
    permission: public
    search: number
    source: application
    description: How many "widgets" there were.
"""


FIELDS = """fields:
  - name: widget_age
    type: u64
    search: number
    description: How old they were.
"""


class GenAnnotationsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.output = pathlib.Path(self.folder.name) / "wire/registry.inc"

    def generate(self, text):
        schema = pathlib.Path(self.folder.name) / "annotations.yaml"
        schema.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, ROOT / "tools/gen_annotations", schema, self.output],
                              capture_output=True, text=True, check=False)

    def assert_refused(self, text, line, *words):
        result = self.generate(text)
        self.assertEqual(result.returncode, 1)
        self.assertFalse(self.output.exists())
        self.assertIn(f"annotations.yaml:{line}:", result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_row(self):
        self.assertEqual(self.generate(ROW).returncode, 0)
        self.assertIn('{"Widgets", AnnotationType::kU32, AnnotationScope::kPing, AnnotationPermission::kPublic, '
                      'AnnotationSearch::kNumber, AnnotationSource::kApplication,\n'
                      ' "How many \\"widgets\\" there were.",\n'
                      ' "widgets", AnnotationPublicForm::kWhole, ""},', self.output.read_text())

    def test_public_form_and_what_is_withheld(self):
        text = ROW + "    public_form: before_equals\n    withhold: [a b, c]\n"
        self.assertEqual(self.generate(text).returncode, 0)
        self.assertIn('"widgets", AnnotationPublicForm::kBeforeEquals, "a b|c"},', self.output.read_text())

    def test_processed_field(self):
        self.assertEqual(self.generate(ROW + FIELDS).returncode, 0)
        self.assertIn('{"widget_age", AnnotationType::kU64, AnnotationPermission::kProtected, '
                      'AnnotationSearch::kNumber,\n "How old they were."},', self.output.read_text())

    def test_rows_are_sorted_by_bytes(self):
        row = ROW.replace("annotations:\n", "")
        second = row.replace("Widgets", "Awls").replace("field: widgets", "field: awls") + \
            row.replace("Widgets", "awls").replace("field: widgets", "field: more_awls")
        self.assertEqual(self.generate(ROW + second).returncode, 0)
        text = self.output.read_text()
        self.assertLess(text.index('{"Awls"'), text.index('{"Widgets"'))
        self.assertLess(text.index('{"Widgets"'), text.index('{"awls"'))

    def test_default_is_protected_and_not_searched(self):
        text = ROW.replace("    permission: public\n", "").replace("    search: number\n", "")
        self.assertEqual(self.generate(text.replace("ping", "report")).returncode, 0)
        self.assertIn("kReport, AnnotationPermission::kProtected, AnnotationSearch::kNone", self.output.read_text())

    def test_output_that_stays_the_same_is_not_written(self):
        self.generate(ROW)
        before = self.output.stat().st_mtime_ns
        self.generate(ROW + "\n# A comment.\n")
        self.assertEqual(self.output.stat().st_mtime_ns, before)

    def test_missing_key(self):
        self.assert_refused(ROW.replace("    source: application\n", ""), 2, "Widgets has no `source`")

    def test_unknown_value(self):
        self.assert_refused(ROW.replace("type: u32", "type: u16"), 4, "`type: u16`", "string, boolean, u32")

    def test_unknown_key(self):
        self.assert_refused(ROW + "    colour: red\n", 10, "`colour` is no key")

    def test_key_twice(self):
        self.assert_refused(ROW + "    type: u64\n", 10, "`type` stands twice")

    def test_empty_value(self):
        self.assert_refused(ROW.replace('How many "widgets" there were.', ""), 9, "`description` needs one value")

    def test_name_twice(self):
        self.assert_refused(ROW + ROW.replace("annotations:\n", ""), 10, "Widgets has a row already, in line 2")

    def test_field_twice(self):
        self.assert_refused(ROW + FIELDS.replace("widget_age", "widgets"), 11, "the field widgets has a row already, in line 2")

    def test_missing_field(self):
        self.assert_refused(ROW.replace("    field: widgets\n", ""), 2, "Widgets has no `field`")

    def test_bad_name(self):
        self.assert_refused(ROW.replace("Widgets", "Wid gets"), 2, "is no name")

    def test_search_that_cannot_read_the_type(self):
        self.assert_refused(ROW.replace("search: number", "search: text"), 2, "cannot read `type: u32`")

    def test_protected_in_a_ping(self):
        self.assert_refused(ROW.replace("permission: public", "permission: protected"), 2, "may not go into a ping")

    def test_search_for_what_stays_on_the_machine(self):
        self.assert_refused(ROW.replace("scope: ping", "scope: client"), 2, "cannot be searched")

    def test_no_yaml(self):
        self.assert_refused(ROW + "  - name: [\n", 11, "is not YAML")

    def test_no_list(self):
        self.assert_refused("rows: []\n", 1, "a list called `annotations`")

    def test_row_that_is_no_mapping(self):
        self.assert_refused(ROW + "  - Gadgets\n", 10, "a row is a mapping")

    def test_table_of_this_repository(self):
        result = self.generate((ROOT / "schema/annotations.yaml").read_text(encoding="utf-8"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
