#!/usr/bin/python3
"""The same dump and the same symbols give the same bytes: usage: same_bytes.py CAIRN [OTHER_CAIRN]

Every dump is walked by `cairn stackwalk` with symbols that are looked up in their text, twice, then with symbols that
are compiled, then with the compiled ones again. OTHER_CAIRN, of another compiler, must say the same. The dumps are those
of the corpus of whole_walk_fuzz, which has one of each CPU, and the real ones in CAIRN_FIXTURES if that is set.
"""
import concurrent.futures
import json
import lzma
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = ("--json", "--human")


def walk(program, dump, symbols, how, form):
    """What the program says of a dump, and how it ended."""
    command = [program, "stackwalk", form, "--no-interactive", *how, "--symbols-path", symbols, dump]
    result = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return result.returncode, result.stdout, result.stderr


def file_symbols(program, dump, text, folder):
    """Puts one symbol text where every module of the dump finds it."""
    found = subprocess.run([program, "stackwalk", "--json", dump], capture_output=True, timeout=120, check=False)
    if found.returncode != 0:
        return
    for module in json.loads(found.stdout)["modules"]:
        name, debug_id = module["debug_file"] or module["filename"], module["debug_id"]
        # Of what a fuzzer wrote, only what may become part of a path.
        is_name = re.fullmatch(r"[A-Za-z0-9_+-][A-Za-z0-9_+.-]{0,200}", name or "")
        if not is_name or not re.fullmatch("[0-9A-Fa-f]{33,40}", debug_id or ""):
            continue
        stem = name[:-4] if name.lower().endswith(".pdb") else name
        path = folder / name / debug_id / f"{stem}.sym"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = re.sub(rb"^(MODULE \S+ \S+) \S+ .*", rb"\1 " + debug_id.encode() + b" " + name.encode(), text, count=1)
        path.write_bytes(head)


def own_inputs(program, folder):
    for path in sorted((ROOT / "fuzz/corpora/whole_walk_fuzz").iterdir()):
        data = path.read_bytes()
        size = min(struct.unpack_from("<I", data)[0], len(data) - 4) if len(data) >= 4 else 0
        dump = folder / f"{path.name}.dmp"
        dump.write_bytes(data[4:4 + size])
        symbols = folder / f"{path.name}.symbols"
        symbols.mkdir()
        file_symbols(program, dump, data[4 + size:], symbols)
        yield dump, symbols


def fixture_inputs(folder):
    fixtures = pathlib.Path(os.environ["CAIRN_FIXTURES"]) / "minidumps"
    for path in fixtures.rglob("*"):
        if path.is_dir() or not re.search(r"\.(dmp|sym)(\.xz)?$", path.name):
            continue
        copy = folder / path.relative_to(fixtures).with_suffix("" if path.suffix == ".xz" else path.suffix)
        copy.parent.mkdir(parents=True, exist_ok=True)
        data = path.read_bytes()
        copy.write_bytes(lzma.decompress(data) if path.suffix == ".xz" else data)
    for dump in sorted(folder.rglob("*.dmp")):
        yield dump, folder / "symbols"


def compare(programs, dump, symbols):
    """What differs, in words; the number of walks that were compared; whether symbols named a frame in them."""
    differences, count, is_named = [], 0, False
    for form in FORMATS:
        with tempfile.TemporaryDirectory() as cache:
            compiled = ("--symbols-cache", cache)
            ways = {"text": (), "text again": (), "compiled": compiled, "compiled before": compiled}
            answers = {}
            for program in programs:
                for way, options in ways.items():
                    options = options or ("--no-symbols-cache",)
                    answers[f"{program}, {way}"] = walk(program, dump, symbols, options, form)
                shutil.rmtree(cache, ignore_errors=True)
        first, *others = answers.items()
        differences += [f"{dump} {form}: {first[0]} and {name} differ" for name, answer in others if answer != first[1]]
        count += len(answers)
        is_named = is_named or b'"function":"' in first[1][1]
    return differences, count, is_named


def main():
    programs = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        own = pathlib.Path(scratch) / "own"
        foreign = pathlib.Path(scratch) / "foreign"
        own.mkdir()
        inputs = list(own_inputs(programs[0], own))
        if not inputs:
            sys.exit("same_bytes: there are no dumps")
        if os.environ.get("CAIRN_FIXTURES"):
            foreign.mkdir()
            inputs += fixture_inputs(foreign)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda pair: compare(programs, *pair), inputs))
    differences = [line for lines, _, _ in results for line in lines]
    named = sum(is_named for _, _, is_named in results)
    print(*differences, sep="\n", end="\n" if differences else "")
    print(f"{len(inputs)} dumps, {named} of them with names, {sum(count for _, count, _ in results)} walks, "
          f"{len(differences)} differences")
    sys.exit(1 if differences or named == 0 else 0)


if __name__ == "__main__":
    main()
