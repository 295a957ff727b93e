"""A small program of our own with debug information, and dumps of its crashes."""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "stackwalk"))
from dump_builder import Module, build  # noqa: E402

BASE = 0x5500_0000_0000
SOURCE = """int Innermost(int x) { return x * 2; }
int Middle(int x) { return Innermost(x) + 1; }
int main(int count, char**) { return Middle(count); }
"""


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class CrashingProgram:
    """A program with debug information, and what its symbol file must say."""

    def __init__(self, server_program, folder, name="widget"):
        self.name, self.path = name, os.path.join(folder, name)
        with open(self.path + ".cc", "w", encoding="ascii") as file:
            file.write(SOURCE)
        run("g++", "-g", "-O0", "-Wl,--build-id", "-o", self.path, self.path + ".cc")
        self.build_id = re.search(r"Build ID: ([0-9a-f]+)", run("readelf", "-n", self.path)).group(1)
        self.text = run(os.path.join(os.path.dirname(server_program), "cairn-symgen"), self.path)
        self.debug_id = self.text.split()[3]
        with open(self.path, "rb") as file:
            self.content = file.read()

    def address(self, function):
        """An offset within it, behind its prologue."""
        line = next(line for line in self.text.splitlines() if line.startswith("FUNC ") and line.endswith(f" {function}"))
        return int(line.split()[1], 16) + 5

    def dump(self, number=0):
        """Of a crash in Innermost, with returns into Middle and main on its stack. The same bytes would be one crash."""
        module = Module(BASE, "/opt/" + self.name, build_id=bytes.fromhex(self.build_id))
        stack = [BASE + self.address(name) for name in ("Middle(int)", "main")]
        return build([module], BASE + self.address("Innermost(int)"), [number, *stack])

    def upload(self, server, token):
        answer = server.upload(token, [(f"{self.name}/{self.build_id}/{self.name}", self.content)])
        assert answer.status == 201, answer
