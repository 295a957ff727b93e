#!/usr/bin/python3
"""The proofs that tests/oracle/minidumps accepts: each holds where it should and nowhere else, and nothing else does.

usage: dump_evidence_test.py [unittest arguments]
"""
import pathlib
import struct
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "stackwalk")]
import agreement  # noqa: E402
import call_bytes  # noqa: E402
import dump_builder  # noqa: E402
import dump_evidence  # noqa: E402
from minidump_file import LINUX_MAPS, MEMORY_INFO_LIST, Minidump, NoMinidump  # noqa: E402

APP, HEAP = 0x400000, 0x900000
CALL, NO_CALL = bytes.fromhex("909090e811223344"), bytes(8)


def evidence(cpu="amd64", **parts):
    return dump_evidence.Evidence(Minidump(dump_builder.build([dump_builder.Module(APP, "/bin/app")], APP, [], **parts)), cpu)


def frame(address, trust="scan", function=None):
    return {"module": "app", "function": function, "line": None, "offset": hex(address), "inlines": None, "trust": trust,
            "trust_rust_minidump": trust, "offset_rust_minidump": hex(address)}


def thread(*frames):
    return {"thread_id": 77, "frames": list(frames)}


class Proofs(unittest.TestCase):
    def test_nothing_speaks_against_code_of_a_module(self):
        self.assertIsNone(evidence().against_code(APP + 0x10))
        self.assertIsNone(evidence().against_call(APP + 0x10))

    def test_no_module(self):
        self.assertEqual(evidence().against_code(HEAP), dump_evidence.NO_MODULE)

    def test_page_of_linux_without_the_right_to_execute(self):
        maps = (b"400000-401000 r-xp 00000000 08:01 7 /bin/app\n401000-410000 rw-p 00001000 08:01 7 /bin/app\n")
        seen = evidence(more_streams=[(LINUX_MAPS, maps)])
        self.assertIsNone(seen.against_code(APP + 0x10))
        self.assertEqual(seen.against_code(APP + 0x1000), dump_evidence.NOT_EXECUTABLE)

    def test_region_of_windows_without_the_right_to_execute(self):
        rows = [(APP, 0x1000, 0x1000, 0x20), (APP + 0x1000, 0x1000, 0x1000, 4), (APP + 0x2000, 0x1000, 0x10000, 0x20)]
        info = struct.pack("<IIQ", 16, 48, len(rows))
        for start, size, state, protection in rows:
            info += struct.pack("<QQIIQIIII", start, start, protection, 0, size, state, protection, 0, 0)
        seen = evidence(more_streams=[(MEMORY_INFO_LIST, info)], platform=dump_builder.WINDOWS)
        self.assertIsNone(seen.against_code(APP + 0x10))
        self.assertEqual(seen.against_code(APP + 0x1010), dump_evidence.NOT_EXECUTABLE)
        self.assertEqual(seen.against_code(APP + 0x2010), dump_evidence.NOT_EXECUTABLE, "reserved, not committed")

    def test_bytes_before_that_are_no_call(self):
        seen = evidence(more_memory=[(APP + 0x100, CALL + NO_CALL)])
        self.assertIsNone(seen.against_call(APP + 0x107))
        self.assertEqual(seen.against_call(APP + 0x10f), dump_evidence.NO_CALL)
        self.assertIsNone(seen.against_call(APP + 0x103), "not all of the bytes are known")

    def test_middle_of_an_instruction(self):
        self.assertEqual(evidence("arm").against_call(APP + 0x10), dump_evidence.MISALIGNED)
        self.assertIsNone(evidence("arm").against_call(APP + 0x11), "Thumb")
        self.assertEqual(evidence("arm64").against_call(APP + 0x12), dump_evidence.MISALIGNED)
        self.assertEqual(evidence("mips").against_call(APP + 0x12), dump_evidence.MISALIGNED)


class CallBytes(unittest.TestCase):
    def check(self, cpu, yes, no):
        for expected, words in ((True, yes), (False, no)):
            for code in words.split():
                padded = bytes.fromhex(code).rjust(8, b"\x90")
                self.assertEqual(call_bytes.ENDS_WITH_CALL[cpu](padded), expected, f"{cpu} {code}")

    def test_x86(self):
        self.check("x86", "e811223344 9a112233440000 ffd0 ff10 ff5008 ff9011223344 ff1411 ff54110a ff9c1111223344 ff1511223344 "
                          "41ffd0 ff14c511223344", "e911223344 ffe0 ff20 c3 ff5011223344 ff15112233 ff94111122")

    def test_arm(self):
        self.check("arm", "000000eb 000000fa 31ff2fe1 0fe0a0e110f09fe5 00f000f8 00bfb847", "000000ea 1eff2fe1 704700bf")

    def test_arm64(self):
        self.check("arm64", "00000094 00003fd6 00083fd6 1f093fd6 00093fd7", "00000014 00001fd6 c0035fd6")

    def test_mips(self):
        self.check("mips", "0000000c00000000 0c00000000000000 09f8200300000000 0000110400000000", "0800e00300000000 0000000000000000")


class SentSignal(unittest.TestCase):
    def test_only_codes_of_sent_signals_and_ids_of_senders(self):
        for code, address, sent in ((-6, 0x3e8000004d2, True), (1, 0x10, False), (0, 0x3e8000004d2, True), (0, 0x390000, False)):
            self.assertEqual(evidence(code=code, address=address).was_signal_sent(), sent, f"{code} {address:#x}")
        self.assertFalse(evidence(code=-6, platform=dump_builder.WINDOWS).was_signal_sent())


class Agreement(unittest.TestCase):
    def compare(self, found, agreed, **parts):
        return agreement.compare(thread(*found), agreed, evidence(**parts))

    def test_same_frames(self):
        frames = [frame(APP), frame(APP + 0x20)]
        self.assertEqual(self.compare(frames, frames), ({}, None))

    def test_missing_frame_without_proof(self):
        refused, sentence = self.compare([frame(APP)], [frame(APP), frame(APP + 0x20)])
        self.assertIn("frame 1 is missing: app!?:? at 0x400020 by scan", sentence)
        self.assertFalse(refused)

    def test_refused_frame_and_what_it_led_to(self):
        agreed = [frame(APP), frame(HEAP), frame(APP + 0x20, "cfi"), frame(APP + 0x40)]
        refused, sentence = self.compare([frame(APP), frame(APP + 0x30), frame(APP + 0x40)], agreed)
        self.assertIsNone(sentence)
        self.assertEqual(refused, {dump_evidence.NO_MODULE: 1, dump_evidence.BEHIND: 1})
        agreed[2]["trust_rust_minidump"] = "scan"
        self.assertIn("frame 2 is missing", self.compare([frame(APP), frame(APP + 0x40)], agreed)[1])

    def test_other_frame_before_any_refusal(self):
        agreed = [frame(APP), frame(APP + 0x20, function="f"), frame(HEAP)]
        _, sentence = self.compare([frame(APP), frame(APP + 0x30), frame(APP + 0x20, function="f")], agreed)
        self.assertIn("frame 1 is app!?:? at 0x400030, not app!f:? at 0x400020", sentence)

    def test_nothing_is_said_against_the_frame_of_the_registers(self):
        agreed = [frame(HEAP, "context"), frame(APP + 0x20)]
        self.assertIn("frame 0 is missing", self.compare(agreed[1:], agreed)[1])

    def test_no_call_is_said_against_scans_alone(self):
        for trust, proven in (("scan", True), ("cfi", False), ("frame_pointer", False)):
            agreed = [frame(APP, "context"), frame(APP + 0x107, trust)]
            refused, sentence = self.compare(agreed[:1], agreed, more_memory=[(APP + 0x100, NO_CALL)])
            self.assertEqual(sentence is None, proven, trust)
            self.assertEqual(refused, {dump_evidence.NO_CALL: 1} if proven else {})

    def test_place_of_an_interrupted_frame(self):
        agreed = [frame(HEAP, "context"), frame(APP + 0x4f, "cfi", "f"), frame(HEAP + 8)]
        self.assertEqual(self.compare([agreed[0], frame(APP + 0x50, "cfi", "f")], agreed), ({dump_evidence.NO_MODULE: 1}, None))

    def test_frames_above_a_threads_start(self):
        agreed = [frame(APP, "context", "clone3"), frame(APP + 0x20), frame(APP + 0x40)]
        self.assertEqual(self.compare(agreed[:1], agreed), ({dump_evidence.THREAD_START: 2}, None))
        main = [frame(APP, "context", "__libc_start_main"), frame(APP + 0x20), frame(APP + 0x40)]
        self.assertEqual(self.compare(main[:2], main), ({dump_evidence.THREAD_START: 1}, None))
        self.assertIsNotNone(self.compare(main[:1], main)[1])
        other = [frame(APP, "context", "clone4"), frame(APP + 0x20)]
        self.assertIsNotNone(self.compare(other[:1], other)[1])

    def test_frames_behind_the_limit(self):
        agreed = [frame(APP + i) for i in range(agreement.MAX_FRAMES + 2)]
        self.assertEqual(self.compare(agreed[:-2], agreed), ({dump_evidence.LIMIT: 2}, None))


class Reader(unittest.TestCase):
    def test_what_is_no_minidump_is_said_to_be_none(self):
        for data in (b"", b"-----BEGIN BREAKPAD MICRODUMP-----", b"MDMP" + bytes(28)):
            self.assertRaises(NoMinidump, Minidump, data)

    def test_streams_outside_the_file_read_as_absent(self):
        whole = dump_builder.build([dump_builder.Module(APP, "/bin/app")], APP, [1, 2, 3])
        for size in range(32, len(whole), 7):
            dump = Minidump(whole[:size])
            for read in (dump.system, dump.threads, dump.exception, dump.exception_context, dump.modules, dump.memory,
                         dump.mappings):
                read()


if __name__ == "__main__":
    unittest.main()
