"""The input of the walker's benchmark: a big real symbol file, the same repeated, and a dump whose stacks lie in it.

The module is ceph-osd of Debian's package ceph-osd-dbg, whose symbols cairn-symgen makes; without a network it is
Cairn's own cairn-server. All is kept in a folder and made only once.
"""
import pathlib
import random
import re
import struct
import subprocess
import sys

THREADS = 13
FRAMES = 40
IMAGE_BASE = 0x5000_0000_0000
STACK_BASE = 0x7FFF_0000_0000


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, **options)


def fetch_package(folder):
    """Unpacks ceph-osd and its debug symbols; gives (binary, folder of debug files) or None."""
    root = folder / "package"
    binary = root / "usr" / "bin" / "ceph-osd"
    debug = root / "usr" / "lib" / "debug"
    if not binary.exists() or not debug.exists():
        root.mkdir(parents=True, exist_ok=True)
        try:
            run("apt-get", "download", "ceph-osd", "ceph-osd-dbg", cwd=root, stderr=subprocess.DEVNULL)
            for package in root.glob("*.deb"):
                run("dpkg-deb", "-x", package, root)
                package.unlink()
        except (OSError, subprocess.CalledProcessError):
            return None
    return (binary, debug) if binary.exists() and debug.exists() else None


def make_symbols(build, folder):
    """The path of a big .sym file."""
    target = folder / "big.sym"
    if target.exists():
        return target
    package = fetch_package(folder)
    if package:
        binary, debug = package
        build_id = re.search(r"Build ID: ([0-9a-f]+)", subprocess.run(
            ["readelf", "-n", binary], check=True, capture_output=True, text=True).stdout).group(1)
        debug_file = debug / ".build-id" / build_id[:2] / (build_id[2:] + ".debug")
        # The unwind tables are in the binary alone.
        inputs = [binary, "--debug-file", debug_file] if debug_file.exists() else [binary]
    else:
        print("bench: ceph-osd-dbg cannot be fetched; the module is cairn-server", file=sys.stderr)
        inputs = [build / "bin" / "cairn-server"]
    run(build / "bin" / "cairn-symgen", "-o", target, *inputs)
    return target


def shift(line, distance, copy, origins):
    """A record of the file moved up by `distance`, its names marked as those of copy number `copy`."""
    kind, _, rest = line.partition(" ")
    if kind in ("MODULE", "INFO", "FILE"):
        return None
    if kind == "INLINE_ORIGIN":
        number, _, name = rest.partition(" ")
        return f"INLINE_ORIGIN {int(number) + origins * copy} Copy{copy}::{name}"
    if kind == "INLINE":
        fields = rest.split(" ")
        fields[3] = str(int(fields[3]) + origins * copy)
        for index in range(4, len(fields), 2):
            fields[index] = f"{int(fields[index], 16) + distance:x}"
        return "INLINE " + " ".join(fields)
    if kind in ("FUNC", "PUBLIC"):
        flag, rest = ("m ", rest[2:]) if rest.startswith("m ") else ("", rest)
        fields = rest.split(" ", 3 if kind == "FUNC" else 2)
        return f"{kind} {flag}{int(fields[0], 16) + distance:x} {' '.join(fields[1:-1])} Copy{copy}::{fields[-1]}"
    if kind == "STACK":
        fields = line.split(" ", 4)
        index = 3 if fields[2] == "INIT" else 2
        fields[index] = f"{int(fields[index], 16) + distance:x}"
        return " ".join(fields)
    return f"{int(kind, 16) + distance:x} {rest}"


def multiply(source, target, count):
    lines = source.read_text(errors="surrogateescape").splitlines()
    origins = sum(line.startswith("INLINE_ORIGIN ") for line in lines)
    with open(target, "w", errors="surrogateescape") as file:
        file.writelines(line + "\n" for line in lines)
        for copy in range(1, count):
            moved = (shift(line, copy * 0x200_0000, copy, origins) for line in lines)
            file.writelines(line + "\n" for line in moved if line is not None)


def entry_addresses(symbols):
    """Where a function begins with nothing but the return address on its stack: the callers of a made-up stack."""
    rule = re.compile(r"STACK CFI INIT ([0-9a-f]+) [0-9a-f]+ \.cfa: \$rsp 8 \+ \.ra: \.cfa (?:-8 \+|8 -) \^$")
    functions, entries = set(), []
    with open(symbols, errors="surrogateescape") as file:
        for line in file:
            if line.startswith("FUNC "):
                fields = line.split(" ", 3)
                functions.add(fields[2] if fields[1] == "m" else fields[1])
            elif line.startswith("STACK CFI INIT "):
                match = rule.match(line)
                if match and match.group(1) in functions:
                    entries.append(int(match.group(1), 16))
    return entries


def context(rip, rsp):
    """CONTEXT of amd64: flags, rsp and rip."""
    record = bytearray(1232)
    struct.pack_into("<I", record, 0x30, 0x0010000B)
    struct.pack_into("<Q", record, 0x98, rsp)
    struct.pack_into("<Q", record, 0xF8, rip)
    return bytes(record)


class Dump:
    """A minidump with a directory of streams that are written behind it."""

    def __init__(self):
        self.data = bytearray()
        self.streams = []

    def put(self, data):
        rva = 32 + 12 * 8 + len(self.data)
        self.data += data + bytes(-len(data) % 8)
        return rva

    def stream(self, kind, data):
        self.streams.append((kind, len(data), self.put(data)))

    def build(self):
        directory = b"".join(struct.pack("<III", *stream) for stream in self.streams)
        header = struct.pack("<IIIIIIQ", 0x504D444D, 0xA793, len(self.streams), 32, 0, 0, 0)
        return header + directory.ljust(12 * 8, b"\0") + bytes(self.data)


def utf16(text):
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data)) + data + b"\0\0"


def make_dump(name, identifier, build_id, size, addresses):
    """THREADS stacks of FRAMES frames each: return addresses one above the other, every one behind an entry."""
    picker = random.Random(7)
    dump = Dump()
    dump.stream(7, struct.pack("<HHHBBIIIIIHH", 9, 6, 0, 4, 1, 6, 1, 0, 0x8201, dump.put(utf16("Linux")), 0, 0) + bytes(24))
    threads = struct.pack("<I", THREADS)
    memory = []
    for number in range(THREADS):
        chosen = [IMAGE_BASE + picker.choice(addresses) for _ in range(FRAMES)]
        stack = b"".join(struct.pack("<Q", address + 1) for address in chosen[1:]) + bytes(64)
        start = STACK_BASE + number * 0x10000
        rva = dump.put(stack)
        registers = context(chosen[0], start)
        threads += struct.pack("<IIIIQQIIII", 100 + number, 0, 0, 0, 0, start, len(stack), rva, len(registers), dump.put(registers))
        memory.append(struct.pack("<QII", start, len(stack), rva))
        if number == 0:
            exception = struct.pack("<IIIIQQII", 100, 0, 11, 1, 0, 0, 0, 0) + bytes(15 * 8)
            exception += struct.pack("<II", len(registers), dump.put(registers))
    dump.stream(3, threads)
    code_view = struct.pack("<I", 0x4270454C) + build_id
    module = struct.pack("<QIIII", IMAGE_BASE, size, 0, 0, dump.put(utf16("/usr/bin/" + name))) + bytes(52)
    module += struct.pack("<IIII", len(code_view), dump.put(code_view), 0, 0) + bytes(16)
    dump.stream(4, struct.pack("<I", 1) + module)
    dump.stream(5, struct.pack("<I", len(memory)) + b"".join(memory))
    dump.stream(6, exception)
    return dump.build()


def prepare(build, folder, counts=(1, 4, 8)):
    """[(times, dump, store, bytes of the symbol file)] for each count of repetitions."""
    folder.mkdir(parents=True, exist_ok=True)
    source = make_symbols(build, folder)
    with open(source, errors="surrogateescape") as file:
        _, _, _, identifier, name = file.readline().split(maxsplit=4)
    name = name.strip()
    # The id is the build id's first 16 bytes read as a GUID; the rest is not part of it.
    first, second, third = int(identifier[:8], 16), int(identifier[8:12], 16), int(identifier[12:16], 16)
    build_id = struct.pack("<IHH", first, second, third) + bytes.fromhex(identifier[16:32])
    inputs = []
    for count in counts:
        store = folder / f"x{count}"
        target = store / name / identifier / (name + ".sym")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            multiply(source, partial, count)
            partial.rename(target)
        dump = folder / f"x{count}.dmp"
        if not dump.exists():
            addresses = entry_addresses(target)
            dump.write_bytes(make_dump(name, identifier, build_id, 0x200_0000 * (count + 1), addresses))
        inputs.append((count, dump, store, target.stat().st_size))
    return inputs
