#!/usr/bin/python3
"""Shows tools/check_layers failing: a clean small tree passes, and each fault put into it is caught and named."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools/check_layers"

CLEAN = {
    "tools/layers.txt": """# A small table.
src/base:
src/os: base
src/wire:
src/model: base
src/formats/minidump: base wire model   # bytes -> streams.
src/server/search: base model
src/analysis/symgen: base
src/testing: base model

web/src/base:
web/src/api: base
web/src/pages: base api
""",
    "src/base/hex.h": "#pragma once\n#include <string>\n",
    "src/os/file.cc": '#include "base/hex.h"\n#include <fstream>\n#include <sys/mman.h>\n#include <unistd.h>\n',
    "src/wire/minidump.h": "#pragma once\n",
    "src/model/module.h": '#include "base/hex.h"\n',
    "src/formats/minidump/reader.h": '#include "base/hex.h"\n#include "model/module.h"\n',
    "src/formats/minidump/reader.cc": '#include "formats/minidump/reader.h"\n#include "wire/minidump.h"\n',
    "src/formats/minidump/reader_test.cc": '#include "testing/dump.h"\n#include <fstream>\n',
    "src/server/search/index.cc": '#include "duckdb.h"\n#include "base/hex.h"\n#include "model/module.h"\n',
    "src/analysis/symgen/elf.cc": '#include <llvm/Object/ELF.h>\n#include "base/hex.h"\n',
    "src/testing/dump.h": '#include "base/hex.h"\n#include "model/module.h"\n',
    "src/CMakeLists.txt": "cairn_module(base)\ncairn_module(os DEPS base LINK z)\n"
                          "cairn_module(formats/minidump DEPS base wire model TEST_DEPS testing)\n",
    "web/src/main.tsx": 'import { Report } from "./pages/report/page";\nimport "./api/fetch";\n',
    "web/src/base/id.ts": 'import { render } from "preact";\n',
    "web/src/api/fetch.ts": 'import type { Id } from "../base/id";\n',
    "web/src/pages/report/page.tsx": 'import { load } from "../../api/fetch";\nimport { Id } from "../../base/id";\n'
                                     'import { Row } from "./row";\n',
    "web/src/pages/report/row.tsx": "",
    "web/src/pages/newest/page.tsx": "",
    "docs/ARCHITECTURE.md": "`src/base`, `os`, `src/wire`, `src/model`, `src/formats/minidump`, `src/server/search`, "
                            "`src/analysis/symgen`, `src/testing`, `web/src/base`, `web/src/api`, `web/src/pages`.\n"
                            "Start at `src/formats/minidump/reader.h` or `formats/minidump/reader.*`; "
                            "the server answers `/api/ProcessedCrash/`. See [the table](../tools/layers.txt).\n",
}


class CheckLayersTest(unittest.TestCase):
    def check(self, changes, *options):
        """Runs the check over the clean tree with `changes`; a text is added to the file, None removes it."""
        with tempfile.TemporaryDirectory() as folder:
            for path in CLEAN.keys() | changes.keys():
                text = CLEAN.get(path, "")
                if path in changes:
                    if changes[path] is None:
                        continue
                    text += changes[path]
                file = pathlib.Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            return subprocess.run([sys.executable, CHECK, *options, folder],
                                  capture_output=True, text=True, check=False)

    def assert_caught(self, changes, *expected, options=()):
        """The faulty tree fails with one complaint, which has all the `expected` texts."""
        result = self.check(changes, *options)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        for text in expected:
            self.assertIn(text, lines[0])

    def test_clean_tree_passes(self):
        result = self.check({}, "--strict")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_include_that_the_table_does_not_allow(self):
        self.assert_caught({"src/base/hex.h": '#include "model/module.h"\n'},
                           "src/base/hex.h", "src/base may not include src/model")

    def test_test_file_keeps_to_its_folders_line(self):
        self.assert_caught({"src/model/module_test.cc": '#include "wire/minidump.h"\n'},
                           "src/model may not include src/wire")

    def test_own_header_behind_another(self):
        self.assert_caught({"src/model/module.cc": '#include <string>\n#include "model/module.h"\n'},
                           "src/model/module.cc", "own header first", '#include "model/module.h"')

    def test_test_support_in_product_code(self):
        self.assert_caught({"src/formats/minidump/reader.cc": '#include "testing/dump.h"\n'},
                           "may not include src/testing")

    def test_include_with_blanks(self):
        self.assert_caught({"src/base/hex.h": '  #  include  "model/module.h"\n'}, "may not include src/model")

    def test_include_relative_to_the_file(self):
        self.assert_caught({"src/model/frame.h": '#include "module.h"\n'}, "does not start at src/", "model/")

    def test_include_with_dots(self):
        self.assert_caught({"src/model/frame.h": '#include "../wire/minidump.h"\n'}, "does not start at src/")

    def test_include_of_an_unlisted_folder(self):
        self.assert_caught({"src/model/frame.h": '#include "nowhere/frame.h"\n'}, "src/nowhere is not in")

    def test_unlisted_source_folder(self):
        self.assert_caught({"src/formats/new/reader.cc": ""}, "src/formats/new is not in tools/layers.txt")

    def test_source_file_between_folders(self):
        self.assert_caught({"src/formats/reader.cc": ""}, "src/formats is not in tools/layers.txt")

    def test_table_line_that_names_a_line_below(self):
        self.assert_caught({"tools/layers.txt": "src/client: handler\nsrc/handler:\n",
                            "docs/ARCHITECTURE.md": "client handler\n"},
                           "src/client names src/handler", "not a line above")

    def test_table_line_twice(self):
        self.assert_caught({"tools/layers.txt": "src/wire:\n"}, "src/wire is listed twice")

    def test_table_line_of_another_form(self):
        result = self.check({"tools/layers.txt": "src/wire base\n"})
        self.assertEqual(result.returncode, 2)
        self.assertIn("line 14", result.stderr)

    def test_unused_dependency_is_a_fault_when_strict(self):
        changes = {"src/formats/minidump/reader.h": None,
                   "src/formats/minidump/reader.cc": '#include "base/hex.h"\n', "docs/ARCHITECTURE.md": None}
        self.assert_caught(changes, "src/formats/minidump may include src/model and does not", options=["--strict"])
        result = self.check(changes)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("1 dependencies", result.stdout)

    def test_unused_dependency_of_a_folder_without_sources_is_none(self):
        changes = {"tools/layers.txt": "src/client: wire\n", "docs/ARCHITECTURE.md": "`client`\n"}
        self.assertEqual(self.check(changes, "--strict").returncode, 0)

    def test_input_and_output_in_pure_code(self):
        for header in ("fstream", "sys/stat.h", "unistd.h", "fcntl.h"):
            with self.subTest(header=header):
                self.assert_caught({"src/model/module.h": f"#include <{header}>\n"}, f"<{header}>", "does no I/O")

    def test_llvm_outside_symgen(self):
        self.assert_caught({"src/model/module.h": "#include <llvm/ADT/StringRef.h>\n"}, "LLVM", "src/analysis/symgen")
        self.assert_caught({"src/model/module.h": '#include "llvm/ADT/StringRef.h"\n'}, "LLVM", "src/analysis/symgen")

    def test_duckdb_outside_search(self):
        self.assert_caught({"src/model/module.h": "#include <duckdb.h>\n"}, "DuckDB", "src/server/search")

    def test_long_file(self):
        self.assert_caught({"src/model/frame.h": "\n" * 1001}, "has 1001 lines")
        self.assertEqual(self.check({"src/model/frame.h": "\n" * 1000}).returncode, 0)

    def test_names_that_say_nothing(self):
        for name in ("src/base/util.h", "src/base/string_utils.cc", "web/src/base/common.ts",
                     "tests/helpers/paths.py", "src/base/misc.h", "tools/helper"):
            with self.subTest(name=name):
                self.assert_caught({name: ""}, name, "says nothing")

    def test_import_that_the_table_does_not_allow(self):
        self.assert_caught({"web/src/base/id.ts": 'export * from "../api/fetch";\n'},
                           "web/src/base may not import web/src/api")
        self.assert_caught({"web/src/base/id.ts": 'const fetch = await import("../api");\n'},
                           "web/src/base may not import web/src/api")

    def test_page_that_imports_a_page(self):
        self.assert_caught({"web/src/pages/newest/page.tsx": 'import { Row } from "../report/row";\n'},
                           "another page")

    def test_unlisted_web_folder(self):
        self.assert_caught({"web/src/state/store.ts": ""}, "web/src/state is not in tools/layers.txt")

    def test_build_that_differs_from_the_table(self):
        self.assert_caught({"src/CMakeLists.txt": "cairn_module(model DEPS base wire)\n"},
                           "DEPS of src/model", "differ by src/wire")
        self.assert_caught({"src/CMakeLists.txt": "cairn_module(model)\n"}, "differ by src/base")

    def test_folder_missing_from_the_architecture_document(self):
        self.assert_caught({"tools/layers.txt": "src/handler:\n"}, "docs/ARCHITECTURE.md", "does not name src/handler")

    def test_dead_path_in_a_document(self):
        for text in ("`src/model/lost.h`", "`model/lost.*`", "`tools/lost`", "[there](lost.md)"):
            with self.subTest(text=text):
                self.assert_caught({"docs/GLOSSARY.md": text}, "docs/GLOSSARY.md", "does not exist")

    def test_documents_are_free_until_there_is_an_architecture_document(self):
        self.assertEqual(self.check({"docs/ARCHITECTURE.md": None, "docs/GLOSSARY.md": "`src/lost.h`"}).returncode, 0)


if __name__ == "__main__":
    unittest.main()
