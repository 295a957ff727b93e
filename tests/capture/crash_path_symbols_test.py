#!/usr/bin/python3
"""What the client's code for a crashed process may call: nothing that allocates, locks, throws or can be cancelled.

usage: crash_path_symbols_test.py LIBCAIRN_CLIENT.A
"""
import re
import subprocess
import sys

# The objects whose code runs between the signal and the death.
CRASH_PATH_OBJECTS = {"crash_path.cc.o", "crash_note.cc.o", "annotation.cc.o"}

ALLOWED = {
    "_GLOBAL_OFFSET_TABLE_",
    "syscall", "__errno_location",             # The system, by number.
    "memcpy", "memmove", "memset", "memchr", "strlen",
    "__stack_chk_fail",                        # Ends the process.
    "std::__glibcxx_assert_fail",              # Ends the process.
    "sigaction", "sigfillset", "sigdelset",                # At the start alone, by InstallCrashPath.
    "cairn::internal::AnnotationListAddress", "cairn::internal::WriteCrashNote",
}


def needed_symbols(archive):
    """{object: the symbols that it needs from elsewhere}"""
    listing = subprocess.run(["nm", "-C", "--undefined-only", archive], capture_output=True, text=True, check=True).stdout
    needed, current = {}, None
    for line in listing.splitlines():
        if line.endswith(".o:"):
            current = needed.setdefault(line[:-1], set())
        elif (match := re.match(r"\s+[Uw] ([^(@]+)", line)) and current is not None:
            current.add(match.group(1).strip())
    return needed


def main():
    needed = needed_symbols(sys.argv[1])
    missing = CRASH_PATH_OBJECTS - needed.keys()
    bad = [(name, symbol) for name in CRASH_PATH_OBJECTS & needed.keys() for symbol in sorted(needed[name] - ALLOWED)]
    for name in sorted(missing):
        print("%s is not in the archive: was it renamed?" % name)
    for name, symbol in bad:
        print("%s calls %s, which is not allowed in a crashed process" % (name, symbol))
    # The check must be able to fail: Start's object allocates, and is told apart by it.
    blind = not any(symbol.startswith("operator new") for symbol in needed.get("start.cc.o", ()))
    if blind:
        print("start.cc.o does not seem to allocate: nm's listing was not understood")
    return 1 if missing or bad or blind else 0


if __name__ == "__main__":
    sys.exit(main())
