"""Reads a minidump by Microsoft's and Crashpad's layouts, apart from the product's own reader and constants."""
import struct


class Minidump:
    def __init__(self, data):
        self.data = data
        signature, version, count, directory = struct.unpack_from("<4sIII", data, 0)
        assert signature == b"MDMP" and version & 0xffff == 0xa793
        self.streams = {}
        for i in range(count):
            kind, size, rva = struct.unpack_from("<III", data, directory + 12 * i)
            assert rva + size <= len(data), "stream %x leaves the file" % kind
            self.streams[kind] = (rva, size)

    def utf16(self, rva):
        (size,) = struct.unpack_from("<I", self.data, rva)
        return self.data[rva + 4:rva + 4 + size].decode("utf-16-le")

    def utf8(self, rva):
        (size,) = struct.unpack_from("<I", self.data, rva)
        return self.data[rva + 4:rva + 4 + size].decode()

    def threads(self):
        """{thread id: (stack start, stack bytes, context bytes)}"""
        rva, _ = self.streams[3]
        (count,) = struct.unpack_from("<I", self.data, rva)
        threads = {}
        for i in range(count):
            at = rva + 4 + 48 * i
            (thread,) = struct.unpack_from("<I", self.data, at)
            start, size, stack, context_size, context = struct.unpack_from("<QIIII", self.data, at + 24)
            threads[thread] = (start, self.data[stack:stack + size], self.data[context:context + context_size])
        return threads

    def thread_names(self):
        rva, _ = self.streams[24]
        (count,) = struct.unpack_from("<I", self.data, rva)
        rows = (struct.unpack_from("<IQ", self.data, rva + 4 + 12 * i) for i in range(count))
        return {thread: self.utf16(name) for thread, name in rows}

    def exception(self):
        """(thread id, signal, code, address)"""
        rva, _ = self.streams[6]
        thread, _, signal, code, _, address = struct.unpack_from("<IIIiQQ", self.data, rva)
        return thread, signal, code, address

    def modules(self):
        """[(base, size, name, build id in hex)]"""
        rva, _ = self.streams[4]
        (count,) = struct.unpack_from("<I", self.data, rva)
        modules = []
        for i in range(count):
            at = rva + 4 + 108 * i
            base, size, _, _, name = struct.unpack_from("<QIIII", self.data, at)
            cv_size, cv = struct.unpack_from("<II", self.data, at + 76)
            build_id = self.data[cv + 4:cv + cv_size].hex() if cv_size else ""
            assert not cv_size or self.data[cv:cv + 4] == b"LEpB"
            modules.append((base, size, self.utf16(name), build_id))
        return modules

    def memory(self):
        """[(start, bytes)]"""
        rva, _ = self.streams[5]
        (count,) = struct.unpack_from("<I", self.data, rva)
        rows = (struct.unpack_from("<QII", self.data, rva + 4 + 16 * i) for i in range(count))
        return [(start, self.data[at:at + size]) for start, size, at in rows]

    def annotations(self):
        rva, _ = self.streams[0x43500001]
        _, dictionary = struct.unpack_from("<II", self.data, rva + 36)
        (count,) = struct.unpack_from("<I", self.data, dictionary)
        rows = (struct.unpack_from("<II", self.data, dictionary + 4 + 8 * i) for i in range(count))
        return {self.utf8(key): self.utf8(value) for key, value in rows}

    def instruction_pointer(self, context):
        return struct.unpack_from("<Q", context, 0xf8)[0]

    def stack_pointer(self, context):
        return struct.unpack_from("<Q", context, 0x98)[0]
