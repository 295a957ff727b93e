"""Other people's programs that ours are compared with, and how they come into build/peers."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "build" / "peers"
STACKWALK_VERSION = "0.26.1"  # Of the crate minidump-stackwalk.


def rust_stackwalk(install):
    """The path of rust-minidump's minidump-stackwalk, or None; built by cargo where it is not there, if `install`."""
    built = ROOT / "bin" / "minidump-stackwalk"
    found = shutil.which("minidump-stackwalk")
    if found or built.exists():
        return pathlib.Path(found) if found else built
    if not install:
        return None
    if not shutil.which("cargo"):
        print("no cargo: minidump-stackwalk is left out", file=sys.stderr)
        return None
    print("building minidump-stackwalk, some minutes", file=sys.stderr)
    done = subprocess.run(["cargo", "install", "--quiet", "--locked", "--root", ROOT, "--target-dir", ROOT / "target",
                           "minidump-stackwalk", "--version", STACKWALK_VERSION], check=False)
    return built if done.returncode == 0 else None
