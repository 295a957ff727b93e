#!/usr/bin/env python3
"""A real Crashpad handler (Debian's, of Chromium) crashes, is captured by its twin, and sends the report to us.

usage: crashpad_test.py CAIRN_SERVER

Exits with 77, which ctest takes for skipped, where no chrome_crashpad_handler is installed.
"""
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest
import uuid

from server import Server

HANDLER = "/usr/lib/chromium/chrome_crashpad_handler"
PATIENCE_S = 60
PROGRAM = ""


def make_database(folder):
    """A Crashpad database whose owner agrees to uploads: client/crash_report_database_generic.cc, settings.dat."""
    for name in ("new", "pending", "completed", "attachments"):
        os.makedirs(os.path.join(folder, name))
    uploads_enabled = 1
    with open(os.path.join(folder, "settings.dat"), "wb") as file:
        file.write(struct.pack("<4sIIIq16s", b"sdPC", 1, uploads_enabled, 0, 0, uuid.uuid4().bytes))


class Crashpad(unittest.TestCase):
    def send_one(self, server, *arguments):
        """What the handler's database says of the report once it was sent, and the dump."""
        database = os.path.join(server.folder, "crashpad" + str(len(arguments)))
        make_database(database)
        mine, theirs = socket.socketpair()
        command = [HANDLER, "--database=" + database, f"--url=http://127.0.0.1:{server.port}/submit?key=1",
                   f"--initial-client-fd={theirs.fileno()}", "--monitor-self", "--monitor-self-annotation=prod=Handler",
                   "--monitor-self-annotation=ver=1.5", *arguments,
                   *["--monitor-self-argument=" + argument for argument in arguments]]
        handler = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.DEVNULL)
        theirs.close()
        try:
            completed = os.path.join(database, "completed")
            deadline = time.monotonic() + PATIENCE_S
            time.sleep(1)  # Until its twin has it under watch; there is no sign of that to wait for.
            handler.send_signal(signal.SIGSEGV)
            while not [name for name in os.listdir(completed) if name.endswith(".meta")]:
                self.assertLess(time.monotonic(), deadline, f"nothing was sent: {os.listdir(database + '/pending')}")
                time.sleep(0.1)
        finally:
            handler.wait(PATIENCE_S)
            mine.close()
        name = next(name for name in os.listdir(completed) if name.endswith(".meta"))
        with open(os.path.join(completed, name), "rb") as file:
            meta = file.read()
        with open(os.path.join(completed, name.replace(".meta", ".dmp")), "rb") as file:
            return meta, file.read()

    def check(self, *arguments):
        with Server(PROGRAM, "scrub_dumps = false\n") as server:  # To compare every byte.
            meta, dump = self.send_one(server, *arguments)
            uploaded = 1
            self.assertEqual(meta[24] & uploaded, uploaded, "Crashpad thinks that the report did not arrive")
            answer = meta[32:].decode()  # It keeps what it was answered, to the letter.
            self.assertRegex(answer, r"^CrashID=bp-[-0-9a-f]{36}\n$")
            crash_id = answer[11:-1]
            self.assertEqual(server.blob("v1/dump/" + crash_id), dump)
            raw = server.raw_crash(crash_id)
            self.assertEqual((raw["prod"], raw["ver"]), ("Handler", "1.5"))
            self.assertRegex(raw["metadata"]["user_agent"], "^Crashpad/")
            return raw["metadata"]

    def test_a_crash_in_gzip_and_chunks(self):
        self.assertEqual(self.check()["payload_compressed"], "1")

    def test_a_crash_without_gzip(self):
        self.assertEqual(self.check("--no-upload-gzip")["payload_compressed"], "0")


if __name__ == "__main__":
    if not os.path.exists(HANDLER):
        print(HANDLER + " is not there: install chromium-common", file=sys.stderr)
        sys.exit(77)
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
