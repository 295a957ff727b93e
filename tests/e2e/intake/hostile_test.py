#!/usr/bin/env python3
"""Bombs, floods and slow senders: the server answers clearly, and its memory stays bounded.

usage: hostile_test.py CAIRN_SERVER

Every test has a server of its own and reads VmHWM, the most memory that the server ever had.
"""
import os
import socket
import sys
import threading
import time
import unittest
import zlib

from server import BOUNDARY, FORM, Server, file_part, json_part, multipart, text_part

PROGRAM = ""
MIB = 1 << 20


def gzip_of_zeros(prefix, zeros, suffix):
    """Gzip of prefix, so many zero bytes, suffix; made piece by piece."""
    compressor = zlib.compressobj(9, wbits=31)
    pieces = [compressor.compress(prefix)]
    block = bytes(MIB)
    pieces += [compressor.compress(block) for _ in range(zeros // MIB)]
    return b"".join(pieces) + compressor.compress(suffix) + compressor.flush()


class Hostile(unittest.TestCase):
    def setUp(self):
        self.server = Server(PROGRAM)
        self.server.send(multipart(text_part("A", "1"), file_part("upload_file_minidump", b"x")), FORM)
        self.before = self.server.peak_memory()

    def tearDown(self):
        self.server.__exit__()

    def assert_grew_at_most(self, mib):
        grown = (self.server.peak_memory() - self.before) / MIB
        print(f"{self.id().split('.')[-1]}: the server grew by {grown:.1f} MiB", file=sys.stderr)
        self.assertLess(grown, mib)

    def at_once(self, count, send):
        """Calls `send` from so many threads; what each gave."""
        answers = [None] * count

        def run(place):
            answers[place] = send(place)
        threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_many_large_reports_at_once(self):
        dump = os.urandom(20 * MIB)
        bodies = [multipart(text_part("Number", str(number)), file_part("upload_file_minidump", dump)) for number in range(8)]
        answers = self.at_once(8, lambda number: self.server.send(bodies[number], FORM))
        self.assertEqual({status for status, _ in answers}, {200}, answers)
        self.assertEqual(len(set(answers)), 8)
        self.assert_grew_at_most(60)  # Of 160 MiB of dumps.

    def test_gzip_bombs(self):
        prefix = f"--{BOUNDARY}\r\n".encode() + text_part("A", "1") + f"--{BOUNDARY}\r\n".encode()
        prefix += file_part("upload_file_minidump", b"")[:-2]
        bomb = gzip_of_zeros(prefix, 1024 * MIB, f"\r\n--{BOUNDARY}--\r\n".encode())
        headers = {**FORM, "Content-Encoding": "gzip"}
        answers = self.at_once(8, lambda _: self.server.send(bomb, headers))
        for status, answer in answers:
            self.assertEqual((status, answer), (413, '{"error":"the inflated report is larger than this server takes"}'))
        self.assertEqual(self.server.unfinished(), [])
        self.assert_grew_at_most(40)

    def test_json_bombs(self):
        deep = '{"A":' + "[" * (7 * MIB)
        wide = '{"A":[' + "0," * (4 * MIB - 100) + "0]}"
        huge = '{"A":"' + "x" * (9 * MIB) + '"}'
        send = lambda text: self.server.send(multipart(json_part(text)), FORM)
        self.assertEqual(send(deep), (400, "Discarded=malformed_invalid_json"))
        self.assertEqual(send(huge), (413, '{"error":"the annotations are larger than this server takes"}'))
        answers = self.at_once(6, lambda _: send(wide))
        self.assertEqual({status for status, _ in answers}, {200})
        # One is parsed at a time, in about 14 times its 8 MiB; the texts are held, and the processor reads them again.
        self.assert_grew_at_most(450)

    def test_a_hundred_thousand_annotations(self):
        fields = multipart(text_part("ProductName", "Fox"), *[text_part(f"a{number}", "x" * 90) for number in range(100_000)])
        text = json_part("{" + ",".join(f'"a{number}":"x"' for number in range(100_000)) + "}")
        for body in (fields, multipart(text)):
            status, answer = self.server.send(body, FORM)
            self.assertEqual(status, 200)
            raw = self.server.raw_crash(answer[11:-1])
            self.assertEqual(len(raw) - 4, 512)
            self.assertRegex(raw["metadata"]["collector_notes"][0], r"^99\d{3} annotations were dropped: at most 512")
        self.assert_grew_at_most(60)

    def test_many_dumps_and_endless_part_headers(self):
        many = multipart(text_part("A", "1"), *[file_part(f"d{number}", bytes(1000)) for number in range(10_000)])
        status, answer = self.server.send(many, FORM)
        self.assertEqual(status, 200)
        self.assertIn("9968 dumps were dropped: at most 32 are kept",
                      self.server.raw_crash(answer[11:-1])["metadata"]["collector_notes"])
        header = f"--{BOUNDARY}\r\nX: ".encode() + b"x" * (20 * MIB)
        self.assertEqual(self.server.send(header, FORM), (400, "Discarded=malformed_invalid_payload_structure"))
        boundary = {"Content-Type": "multipart/form-data; boundary=" + "b" * 5000}
        self.assertEqual(self.server.send(b"x", boundary), (400, "Discarded=malformed_invalid_payload_structure"))
        self.assert_grew_at_most(40)

    def test_huge_headers(self):
        answers = self.at_once(20, lambda _: self.server.talk(b"POST /submit HTTP/1.1\r\nX: " + b"x" * (5 * MIB)))
        for answer in answers:
            self.assertRegex(answer, "^HTTP/1.1 431 ")
        self.assert_grew_at_most(20)

    def test_an_endless_body_in_chunks(self):
        head = f"POST /submit HTTP/1.1\r\nContent-Type: {FORM['Content-Type']}\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"100000\r\n" + bytes(MIB) + b"\r\n"
        self.assertRegex(self.server.talk(head.encode() + chunk * 30), "^HTTP/1.1 413 ")
        self.assert_grew_at_most(20)

    def test_slow_senders_do_not_hold_up_others(self):
        head = (f"POST /submit HTTP/1.1\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: 1000000\r\n\r\n"
                f"--{BOUNDARY}\r\n").encode() + text_part("A", "1")
        slow = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(300)]
        for connection in slow:
            connection.sendall(head)
        begun = time.monotonic()
        status, _ = self.server.send(multipart(text_part("A", "2")), FORM)
        self.assertEqual(status, 200)
        self.assertLess(time.monotonic() - begun, 10)
        slow[0].settimeout(60)
        self.assertEqual(slow[0].recv(100), b"", "a sender that says nothing for 15 s is cut off")
        self.assertGreater(time.monotonic() - begun, 10)
        for connection in slow:
            connection.close()
        self.assert_grew_at_most(80)  # 300 connections with their buffers.


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
