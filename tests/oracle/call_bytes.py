"""Whether bytes end with a call instruction, by each CPU's manual and apart from the product's own tables."""
import struct

# From a return address back to where the older tools put the caller's frame, by the CPU's name in their answers.
BYTES_BACK = {"x86": 1, "amd64": 1, "arm": 2, "arm64": 4, "mips": 8, "mips64": 8}
# As many bytes as a decision takes.
BYTES_NEEDED = 8


def x86(code):
    """Intel SDM volume 2, CALL: e8 and 9a with their operand, ff /2 and ff /3 with any."""
    if code[-5] == 0xe8 or code[-7] == 0x9a:
        return True
    return any(code[-length] == 0xff and indirect_length(code[-length:]) == length for length in range(2, 8))


def indirect_length(code):
    """The length of the call or far call through register or memory that stands at the start of `code`, or None."""
    mod, operation, rm = code[1] >> 6, code[1] >> 3 & 7, code[1] & 7
    if operation not in (2, 3):
        return None
    if mod == 3:
        return 2
    length, base = 2, rm
    if rm == 4:
        if len(code) < 3:
            return None
        length, base = 3, code[2] & 7
    if mod == 0:
        return length + (4 if base == 5 else 0)
    return length + (1 if mod == 1 else 4)


def arm(code):
    """Arm ARM for Armv7-A: BL and BLX of both instruction sets, and `mov lr, pc` before a jump."""
    before, last = struct.unpack("<II", code)
    first, second = last & 0xffff, last >> 16
    return ((last & 0x0f000000) == 0x0b000000 or (last & 0xfe000000) == 0xfa000000 or
            (last & 0x0ffffff0) == 0x012fff30 or (before & 0x0fffffff) == 0x01a0e00f or
            ((first & 0xf800) == 0xf000 and (second & 0xc000) == 0xc000) or (second & 0xff87) == 0x4780)


def arm64(code):
    """Arm ARM for A-profile: BL, BLR and its forms with authentication."""
    word, = struct.unpack("<I", code[-4:])
    return word >> 26 == 0x25 or (word & 0xfefff000) == 0xd63f0000


def mips(code):
    """MIPS32 and MIPS64: JAL, JALR, JALX, and branches that link, each before the instruction of its delay slot. Dumps do
    not say how code is ordered, so a call in either order counts."""
    for order in "<>":
        word, = struct.unpack(order + "I", code[:4])
        operation, rt, function = word >> 26, word >> 16 & 0x1f, word & 0x3f
        if operation in (3, 0x1d) or (operation == 0 and function == 9) or (operation == 1 and 0x10 <= rt <= 0x13):
            return True
    return False


ENDS_WITH_CALL = {"x86": x86, "amd64": x86, "arm": arm, "arm64": arm64, "mips": mips, "mips64": mips}
