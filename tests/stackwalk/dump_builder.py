"""Writes a small minidump of a Linux or Windows process on amd64, apart from the product's own writer and constants.

Layouts: minidumpapiset.h. One thread; its stack holds return addresses that a scan finds, so that every module that
a test names is asked for.
"""
import struct

STACK = 0x7ffd00000000
LINUX, WINDOWS = 0x8201, 2


class Module:
    def __init__(self, base, name, size=0x10000, build_id=None, pdb=None, guid=None, age=1, timestamp=0):
        self.base, self.size, self.name = base, size, name
        self.build_id, self.pdb, self.guid, self.age, self.timestamp = build_id, pdb, guid, age, timestamp

    def codeview(self):
        if self.build_id:
            return b"LEpB" + self.build_id
        if self.pdb:
            return b"RSDS" + self.guid + struct.pack("<I", self.age) + self.pdb.encode() + b"\0"
        return b""

    @property
    def debug_id(self):
        raw = (self.build_id + bytes(16))[:16] if self.build_id else self.guid
        a, b, c = struct.unpack_from("<IHH", raw)
        age = "0" if self.build_id else "%x" % self.age
        return "%08X%04X%04X%s%s" % (a, b, c, raw[8:].hex().upper(), age)

    @property
    def code_id(self):
        return "%08X%x" % (self.timestamp, self.size)


def build(modules, pc, stack_words, platform=LINUX, more_memory=(), more_streams=(), code=1, address=0):
    """The bytes of a dump. `more_memory` holds (start, bytes), `more_streams` (type, bytes); `code` and `address` are the
    exception's: si_code and si_addr on Linux."""
    body = bytearray(32 + 12 * (5 + len(more_streams)))

    def add(data):
        while len(body) % 8:
            body.append(0)
        rva = len(body)
        body.extend(data)
        return rva

    def text(value):
        encoded = value.encode("utf-16-le")
        return add(struct.pack("<I", len(encoded)) + encoded + b"\0\0")

    context = bytearray(1232)
    struct.pack_into("<I", context, 0x30, 0x10000f)
    struct.pack_into("<Q", context, 0x98, STACK)      # rsp
    struct.pack_into("<Q", context, 0xf8, pc)         # rip
    context_rva = add(context)
    stack = b"".join(struct.pack("<Q", word) for word in stack_words) + bytes(256)
    stack_rva = add(stack)

    streams = []
    system = struct.pack("<HHHBBIIIIIHH", 9, 6, 0, 1, 1, 6, 1, 0, platform, text(""), 0, 0) + bytes(24)
    streams.append((7, add(system), len(system)))
    thread = struct.pack("<IIIIQQIIII", 77, 0, 0, 0, 0, STACK, len(stack), stack_rva, len(context), context_rva)
    threads = struct.pack("<I", 1) + thread
    streams.append((3, add(threads), len(threads)))
    rows = b""
    for module in modules:
        codeview = module.codeview()
        codeview_rva = add(codeview) if codeview else 0
        rows += struct.pack("<QIIII", module.base, module.size, 0, module.timestamp, text(module.name))
        rows += bytes(52) + struct.pack("<IIII", len(codeview), codeview_rva, 0, 0) + bytes(16)
    listed = struct.pack("<I", len(modules)) + rows
    streams.append((4, add(listed), len(listed)))
    record = struct.pack("<IiQQII", 11 if platform == LINUX else 0xc0000005, code, 0, address or pc, 0, 0) + bytes(8 * 15)
    exception = struct.pack("<II", 77, 0) + record + struct.pack("<II", len(context), context_rva)
    streams.append((6, add(exception), len(exception)))
    ranges = [(STACK, len(stack), stack_rva)] + [(start, len(data), add(data)) for start, data in more_memory]
    memory = struct.pack("<I", len(ranges)) + b"".join(struct.pack("<QII", *row) for row in ranges)
    streams.append((5, add(memory), len(memory)))
    streams += [(kind, add(data), len(data)) for kind, data in more_streams]

    struct.pack_into("<4sIIIIIQ", body, 0, b"MDMP", 0xa793, len(streams), 32, 0, 1, 0)
    for i, (kind, rva, size) in enumerate(streams):
        struct.pack_into("<III", body, 32 + 12 * i, kind, size, rva)
    return bytes(body)
