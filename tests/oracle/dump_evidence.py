"""What a dump itself says against a frame: proofs that no call returns where an older tool saw a caller.

KINDS names them. Each is checked on the dump's bytes alone, by a reader that shares nothing with the product.
"""
import bisect
import struct

import call_bytes

# Word by word what differences.tsv has a sentence for; the first that holds is counted.
NOT_EXECUTABLE, NO_MODULE, MISALIGNED, NO_CALL, BEHIND, THREAD_START, LIMIT = (
    "not executable", "no module", "misaligned", "no call", "behind a refused frame", "behind a thread's start",
    "behind the last frame of a walk")
LINK_REGISTER, SENT_SIGNAL, BREAKPAD_KNOWS, NO_MINIDUMP = (
    "in the link register", "sent signal", "known to Breakpad", "no minidump")
KINDS = (NOT_EXECUTABLE, NO_MODULE, MISALIGNED, NO_CALL, BEHIND, THREAD_START, LIMIT, LINK_REGISTER, SENT_SIGNAL,
         BREAKPAD_KNOWS, NO_MINIDUMP)

# As the systems' libraries name the functions with which threads begin, and how many are above each.
THREAD_STARTS = {
    "_start": 0, "clone": 0, "__clone": 0, "__GI___clone": 0, "clone3": 0, "__clone3": 0, "__GI___clone3": 0,
    "__libc_start_main": 1, "__libc_start_main_impl": 1, "__libc_start_call_main": 2, "start_thread": 1,
    "__bionic_clone": 0, "__start_thread": 1, "_start_main": 1, "__pthread_start": 2, "__libc_init": 2, "_dyld_start": 0,
    "RtlUserThreadStart": 0, "_RtlUserThreadStart": 0, "__RtlUserThreadStart": 1, "BaseThreadInitThunk": 2,
    "BaseProcessStart": 0, "BaseThreadStart": 0}

# Signals whose siginfo_t has an address, by number: ILL, TRAP, BUS, FPE, SEGV; BUS has another number on MIPS.
FAULT_SIGNALS = {4, 5, 7, 8, 10, 11}
SI_USER = 0
LINUX, ANDROID = 0x8201, 0x8203


# Where a context holds the register with a leaf function's return address: CONTEXT of winnt.h and of Breakpad, whose
# older layout of arm64 has its flags in eight bytes and the same place.
LINK_REGISTERS = {"arm": (60, "I"), "arm64": (248, "Q")}
# Without the mark of Thumb; without the signature of a pointer, which begins at bit 39 at the earliest.
ADDRESS_BITS = {"arm": 0xfffffffe, "arm64": (1 << 39) - 1}


class Ranges:
    """Which of some ranges holds an address; ranges may overlap."""

    def __init__(self, rows):
        self.rows = sorted(rows, key=lambda row: row[0])
        self.starts = [row[0] for row in self.rows]
        # The highest end up to each row, so that a look back knows when to stop.
        self.reach, reach = [], 0
        for row in self.rows:
            reach = max(reach, row[1])
            self.reach.append(reach)

    def holding(self, address):
        index = bisect.bisect_right(self.starts, address) - 1
        while index >= 0 and self.reach[index] > address:
            if self.rows[index][1] > address:
                yield self.rows[index]
            index -= 1


class Evidence:
    def __init__(self, dump, cpu):
        self.cpu = cpu
        self.dump = dump
        self.modules = Ranges((base, base + size) for base, size, _, _ in dump.modules())
        self.mappings = Ranges(dump.mappings())
        self.memory = Ranges((start, start + len(data), data) for start, data in dump.memory())

    def against_code(self, instruction):
        """The kind of proof that no code is at `instruction`, or None."""
        if self.mappings.rows and not any(row[2] for row in self.mappings.holding(instruction)):
            return NOT_EXECUTABLE
        if not any(self.modules.holding(instruction)):
            return NO_MODULE
        return None

    def against_call(self, instruction):
        """The kind of proof that no call stands where the older tools put a caller's frame, or None. That is some bytes
        before the return address."""
        back = call_bytes.BYTES_BACK.get(self.cpu)
        if back is None:
            return None
        if self.is_misaligned(instruction + back):
            return MISALIGNED
        code = self.bytes_before(self.code_address(instruction + back))
        if code is not None and not call_bytes.ENDS_WITH_CALL[self.cpu](code):
            return NO_CALL
        return None

    def code_address(self, return_address):
        """Bit 0 is the mark of Thumb's code on arm."""
        return return_address & ~1 if self.cpu == "arm" else return_address

    def is_in_link_register(self, thread_id, instruction):
        """Whether the thread's context says that the innermost function returns to right behind `instruction`."""
        place, layout = LINK_REGISTERS.get(self.cpu, (0, ""))
        if not layout:
            return False
        exception = self.dump.exception()
        is_crashing = exception is not None and exception[0] == thread_id
        context = is_crashing and self.dump.exception_context() or self.dump.threads().get(thread_id, (0, b"", b""))[2]
        if len(context) < place + struct.calcsize(layout):
            return False
        link, = struct.unpack_from(self.dump.order + layout, context, place)
        return (link ^ instruction + call_bytes.BYTES_BACK[self.cpu]) & ADDRESS_BITS[self.cpu] == 0

    def is_misaligned(self, return_address):
        """Instructions have four bytes here, but for Thumb's and those of compact MIPS code, whose addresses are odd."""
        if self.cpu == "arm64":
            return return_address & 3 != 0
        return self.cpu in ("arm", "mips", "mips64") and return_address & 3 == 2

    def bytes_before(self, address):
        for start, _, data in self.memory.holding(address - 1):
            end = address - start
            if end >= call_bytes.BYTES_NEEDED:
                return data[end - call_bytes.BYTES_NEEDED:end]
        return None

    def was_signal_sent(self):
        """Whether the exception is a signal of Linux that someone sent, or that never has an address: where a fault has its
        address, such a signal has the sender's process and user ids."""
        exception = self.dump.exception()
        if exception is None or self.dump.system()[1] not in (LINUX, ANDROID):
            return False
        _, signal, code, address = exception
        if signal not in FAULT_SIGNALS or code < 0:
            return True
        # Breakpad's writers before 2016 left the code zero of faults too; then only the ids tell.
        return code == SI_USER and 0 < address & 0xffffffff <= 1 << 22 and address >> 32 != 0
