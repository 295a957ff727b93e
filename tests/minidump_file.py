"""Reads a minidump by Microsoft's, Breakpad's and Crashpad's layouts, apart from the product's own reader and constants.

What lies outside the file reads as absent: an oracle sees broken dumps too. Sizes and orders are of minidumpapiset.h.
"""
import re
import struct

THREAD_LIST, MODULE_LIST, MEMORY_LIST, EXCEPTION, SYSTEM_INFO = 3, 4, 5, 6, 7
MEMORY64_LIST, MEMORY_INFO_LIST, THREAD_NAMES = 9, 16, 24
LINUX_MAPS, CRASHPAD_INFO = 0x47670009, 0x43500001

COMMITTED = 0x1000
MAY_EXECUTE = 0xf0  # PAGE_EXECUTE and its kin, winnt.h.


class NoMinidump(ValueError):
    pass


class Minidump:
    def __init__(self, data):
        self.data = data
        self.order = {b"MDMP": "<", b"PMDM": ">"}.get(data[:4])
        if self.order is None or len(data) < 32:
            raise NoMinidump("no minidump")
        version, count, directory = self.at(4, "III")
        if version & 0xffff != 0xa793:
            raise NoMinidump("version %x" % version)
        self.streams = {}
        for i in range(count):
            row = self.at(directory + 12 * i, "III")
            if row is None:
                break
            kind, size, rva = row
            if rva + size <= len(data):
                self.streams[kind] = (rva, size)

    def at(self, offset, layout):
        """The numbers at `offset`, or None if they are not all in the file."""
        layout = self.order + layout
        if offset + struct.calcsize(layout) > len(self.data):
            return None
        return struct.unpack_from(layout, self.data, offset)

    def rows(self, stream, layout, stride, head="I", start=None):
        """The numbers of a list: its head holds the count first, and rows begin behind it, or at `start` of the list."""
        rva, size = self.streams.get(stream, (0, 0))
        if size == 0:
            return []
        count = self.at(rva, head)
        if count is None:
            return []
        begin = rva + (struct.calcsize("=" + head) if start is None else start)
        # Some writers align the rows to eight bytes, which shows in the size.
        if start is None and size == struct.calcsize("=" + head) + 4 + count[0] * stride:
            begin += 4
        rows = (self.at(begin + i * stride, layout) for i in range(min(count[0], size // stride)))
        return [row for row in rows if row is not None]

    def utf16(self, rva):
        size = self.at(rva, "I")
        encoding = "utf-16-le" if self.order == "<" else "utf-16-be"
        return self.data[rva + 4:rva + 4 + size[0]].decode(encoding, errors="replace") if size else ""

    def utf8(self, rva):
        (size,) = self.at(rva, "I")
        return self.data[rva + 4:rva + 4 + size].decode()

    def system(self):
        """(processor architecture, platform id), or (None, None)"""
        rva, size = self.streams.get(SYSTEM_INFO, (0, 0))
        if size < 24:
            return None, None
        return self.at(rva, "H")[0], self.at(rva + 20, "I")[0]

    def threads(self):
        """{thread id: (stack start, stack bytes, context bytes)}"""
        return {row[0]: (row[5], self.data[row[7]:row[7] + row[6]], self.data[row[9]:row[9] + row[8]])
                for row in self.rows(THREAD_LIST, "IIIIQQIIII", 48)}

    def exception_context(self):
        rva, size = self.streams.get(EXCEPTION, (0, 0))
        location = self.at(rva + 160, "II") if size >= 168 else None
        return self.data[location[1]:location[1] + location[0]] if location else b""

    def thread_names(self):
        return {thread: self.utf16(name) for thread, name in self.rows(THREAD_NAMES, "IQ", 12)}

    def exception(self):
        """(thread id, code, flags, address), flags signed as si_code of Linux is; None without an exception."""
        rva, size = self.streams.get(EXCEPTION, (0, 0))
        row = self.at(rva, "IIIiQQ") if size else None
        return row and (row[0], row[2], row[3], row[5])

    def modules(self):
        """[(base, size, name, build id in hex)]; ids of other kinds are left out."""
        modules = []
        for row in self.rows(MODULE_LIST, "QIIII" + "IIIIIIIIIIIII" + "II", 108):
            base, size, _, _, name = row[:5]
            cv_size, cv = row[18:20]
            build_id = self.data[cv + 4:cv + cv_size].hex() if self.data[cv:cv + 4] == b"LEpB" else ""
            modules.append((base, size, self.utf16(name), build_id))
        return modules

    def memory(self):
        """[(start, bytes)]: the memory list's, the full memory list's and the threads' stacks."""
        views = [(start, self.data[rva:rva + size]) for start, size, rva in self.rows(MEMORY_LIST, "QII", 16)]
        rva, size = self.streams.get(MEMORY64_LIST, (0, 0))
        if size >= 16:
            (place,) = self.at(rva + 8, "Q")
            for start, length in self.rows(MEMORY64_LIST, "QQ", 16, head="Q", start=16):
                views.append((start, self.data[place:place + length]))
                place += length
        return views + [(start, stack) for start, stack, _ in self.threads().values() if stack]

    def mappings(self):
        """[(start, end, may be executed)] of /proc/PID/maps, or the committed regions of Windows; [] if neither is there."""
        rva, size = self.streams.get(LINUX_MAPS, (0, 0))
        mappings = []
        for line in self.data[rva:rva + size].decode("latin-1").splitlines():
            fields = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line)
            if fields:
                mappings.append((int(fields[1], 16), int(fields[2], 16), "x" in fields[3]))
        if mappings:
            return mappings
        head = self.at(self.streams.get(MEMORY_INFO_LIST, (len(self.data), 0))[0], "IIQ")
        if head is None:
            return []
        header_bytes, row_bytes, count = head
        start = self.streams[MEMORY_INFO_LIST][0] + header_bytes
        for i in range(min(count, len(self.data) // max(row_bytes, 1))):
            row = self.at(start + i * row_bytes, "QQIIQIII")
            if row and row[5] == COMMITTED:
                mappings.append((row[0], row[0] + row[4], row[6] & MAY_EXECUTE != 0))
        return mappings

    def annotations(self):
        rva, _ = self.streams[CRASHPAD_INFO]
        _, dictionary = self.at(rva + 36, "II")
        (count,) = self.at(dictionary, "I")
        rows = (self.at(dictionary + 4 + 8 * i, "II") for i in range(count))
        return {self.utf8(key): self.utf8(value) for key, value in rows}

    def instruction_pointer(self, context):
        return struct.unpack_from("<Q", context, 0xf8)[0]

    def stack_pointer(self, context):
        return struct.unpack_from("<Q", context, 0x98)[0]
