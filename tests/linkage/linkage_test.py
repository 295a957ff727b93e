#!/usr/bin/python3
"""What each program links: usage: linkage_test.py FOLDER_OF_PROGRAMS

A walk without symbols may take three milliseconds, of which each shared library would take some, so `cairn` loads libc alone when
it starts; the handler runs beside every application and must stay light, so it has no database, LLVM, HTTP library or disassembler.
"""
import pathlib
import re
import subprocess
import sys
import unittest

BINARIES = pathlib.Path(sys.argv.pop(1))

FORBIDDEN = {
    "cairn": r"^(?!linux-vdso|libc\.so|/lib64/ld-linux)",
    "cairn-handler": r"duckdb|sqlite|soci|LLVM|curl|pq|archive|capstone|zstd|mspack",
    "cairn-worker": r"duckdb|sqlite|soci|LLVM|curl|pq|archive",
    "cairn-sql": r"sqlite|soci|LLVM|curl|pq|archive",
    "cairn-server": r"LLVM|curl",
}


def linked_libraries(program):
    """The libraries that the dynamic linker loads for a program, those of its libraries included."""
    output = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^\s*(\S+)", output, re.MULTILINE)


class Linkage(unittest.TestCase):
    def test_programs_link_nothing_that_they_must_not(self):
        for name, pattern in FORBIDDEN.items():
            with self.subTest(program=name):
                libraries = linked_libraries(BINARIES / name)
                self.assertIn("libc.so.6", libraries)
                self.assertEqual([library for library in libraries if re.search(pattern, library)], [])

    def test_only_symgen_links_llvm(self):
        self.assertTrue(any("LLVM" in library for library in linked_libraries(BINARIES / "cairn-symgen")))


if __name__ == "__main__":
    unittest.main()
