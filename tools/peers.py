"""Other people's programs that ours are compared with, and how they come into build/peers."""
import pathlib
import shutil
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent / "build" / "peers"
STACKWALK_VERSION = "0.26.1"  # Of the crate minidump-stackwalk.
CRASHSTATS_TOOLS_VERSION = "2.1.0"
PIP_PATIENCE_S = 180


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


def crashstats_tools(install):
    """The folder of Mozilla's commands for Crash Stats, or None; fetched by pip where they are not there, if `install`."""
    place = ROOT / f"crashstats-tools-{CRASHSTATS_TOOLS_VERSION}"
    if (place / "whole").exists():  # A fetch that was killed left none.
        return place / "bin"
    if not install:
        return None
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True)
    # Without a network this fails within seconds.
    command = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "5",
               "--retries", "1", f"crashstats-tools=={CRASHSTATS_TOOLS_VERSION}"]
    try:
        fetched = subprocess.run(command, check=False, timeout=PIP_PATIENCE_S).returncode == 0
    except subprocess.TimeoutExpired:
        fetched = False
    if not fetched:
        shutil.rmtree(place)
        return None
    (place / "whole").touch()
    return place / "bin"
