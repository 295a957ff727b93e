"""Whether a walked thread has the frames on which the older tools agree, but for those that are proven to be none."""
import collections

import call_bytes
import dump_evidence

# kMaxFramesPerThread of the walker.
MAX_FRAMES = 1024


def text(value):
    return "" if value is None else str(value)


def place(address):
    """An address without its last bit: rust-minidump leaves the mark of Thumb code in."""
    return int(address, 16) & ~1


def found_rows(thread):
    """A thread's frames as ((module, function, line), place), inlined functions first."""
    rows = []
    for frame in thread["frames"]:
        module, at = text(frame["module"]), place(frame["offset"])
        for inlined in frame["inlines"] or []:
            rows.append(((module, text(inlined["function"]), text(inlined["line"])), at))
        rows.append(((module, text(frame["function"]), text(frame["line"])), at))
    return rows


def agreed_rows(agreed):
    """The same of the frames that both older tools have; inlined functions stand where their outer function does."""
    rows, at = [], None
    for frame in reversed(agreed):
        at = place(frame["offset_rust_minidump"]) if frame["offset_rust_minidump"] else at
        rows.append(((text(frame["module"]), text(frame["function"]), text(frame["line"])), at))
    return rows[::-1]


def show(row):
    module, function, line = row[0]
    return f"{module or '(no module)'}!{function or '?'}:{line or '?'} at {row[1] or 0:#x}"


def compare(thread, agreed, evidence):
    """Gives (how many agreed frames are refused, by kind of proof; a sentence about the first other difference, or None).

    Up to the first refused frame the two must be the same, but for the caller of an innermost function that a register
    names, where the older tools do not look. Behind it the product may have found other frames in its place; all agreed
    ones must still be there, in their order, or be refused in their turn.
    """
    found, wanted = found_rows(thread), agreed_rows(agreed)
    refused = collections.Counter()
    # The two older tools may agree on a module and mean different places in it, so names alone are enough here.
    if [row for row, _ in found[:len(wanted)]] == [row for row, _ in wanted]:
        return refused, None
    if has_link_caller(thread, evidence) and len(wanted) > 1 and not same(found[1], wanted[1]):
        refused[dump_evidence.LINK_REGISTER] += 1
    matched = common(found, wanted)
    next_found, led_by_refused = 0, False
    for number, row in enumerate(wanted):
        if number in matched:
            if matched[number] != next_found and not refused:
                return refused, f"frame {next_found} is {show(found[next_found])}, not {show(row)}"
            next_found, led_by_refused = matched[number] + 1, False
            continue
        end = why_no_more(thread, found, number, matched)
        if end:
            refused[end] += len(wanted) - number
            return refused, None
        kind = why_refused(agreed[number], evidence, led_by_refused)
        if kind is None:
            return refused, f"frame {number} is missing: {show(row)} by {agreed[number]['trust_rust_minidump']}"
        refused[kind] += 1
        led_by_refused = True
    return refused, None


def why_refused(frame, evidence, led_by_refused):
    """The kind of proof that an agreed frame is none, or None. Nothing is said against the frame of the registers."""
    address, trust = frame["offset_rust_minidump"], frame["trust_rust_minidump"]
    if not address or trust == "context":
        return None
    kind = evidence.against_code(int(address, 16))
    if kind is None and trust == "scan":
        # What unwind rules lead to may have been interrupted, and then no call stands before it.
        kind = evidence.against_call(int(address, 16))
    if kind is None and trust != "scan" and led_by_refused:
        kind = dump_evidence.BEHIND
    return kind


def has_link_caller(thread, evidence):
    frames = thread["frames"]
    return (len(frames) > 1 and frames[1]["trust"] == "leaf" and not frames[0]["inlines"] and
            evidence.is_in_link_register(thread["thread_id"], int(frames[1]["offset"], 16)))


def why_no_more(thread, found, number, matched):
    """The kind of proof that the walk had to end where it did, before agreed frame `number`; None if there is none."""
    if len(thread["frames"]) >= MAX_FRAMES and not any(later > number for later in matched):
        return dump_evidence.LIMIT
    if not found or matched.get(number - 1) != len(found) - 1:
        return None
    for above, row in enumerate(reversed(found[-3:])):
        name = row[0][1].split("(")[0].split("@")[0]
        if dump_evidence.THREAD_STARTS.get(name, above + 1) <= above:
            return dump_evidence.THREAD_START
    return None


def same(found, wanted):
    """Inlined functions behind which the agreement ends have no place. The older tools look before the place of a frame
    that a signal interrupted, as if it had called."""
    is_near = wanted[1] is None or 0 <= found[1] - wanted[1] <= call_bytes.BYTES_NEEDED
    return found[0] == wanted[0] and is_near


def common(found, wanted):
    """A longest common subsequence: the index in `found` by that in `wanted`."""
    # Frames that both begin with need no table.
    start = 0
    while start < min(len(found), len(wanted)) and same(found[start], wanted[start]):
        start += 1
    matched = {i: i for i in range(start)}
    found, wanted = found[start:], wanted[start:]
    lengths = [[0] * (len(wanted) + 1) for _ in range(len(found) + 1)]
    for i in range(len(found) - 1, -1, -1):
        for j in range(len(wanted) - 1, -1, -1):
            lengths[i][j] = (lengths[i + 1][j + 1] + 1 if same(found[i], wanted[j])
                             else max(lengths[i + 1][j], lengths[i][j + 1]))
    i, j = 0, 0
    while i < len(found) and j < len(wanted):
        if same(found[i], wanted[j]):
            matched[start + j] = start + i
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return matched
