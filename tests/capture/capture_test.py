#!/usr/bin/python3
"""Real processes crash, and what they leave is looked at.

usage: capture_test.py CRASHER HANDLER [unittest arguments]
"""
import glob
import hashlib
import json
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from minidump_file import Minidump  # noqa: E402
from recording_server import RecordingServer

CRASHER, HANDLER = sys.argv[1], sys.argv[2]
SECRET = "planted-secret-4711"

# How long a process may take to die, whatever happens to its handler.
MAX_DEATH_S = 6.0
# How long what follows a crash may take on a busy machine.
PATIENCE_S = 20.0


def wait_for(condition, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


class CaptureTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cairn-capture-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.database = os.path.join(self.folder, "database")
        # A handler of its own, so that its processes can be told from those of other tests.
        self.handler = os.path.join(self.folder, "cairn-handler")
        shutil.copy(HANDLER, self.handler)
        self.addCleanup(self.end_handlers)
        self.server = None

    def start_server(self, **answers):
        self.server = RecordingServer(**answers)
        self.addCleanup(self.server.close)
        return self.server

    def environment(self, telemetry="off", consent="ask", server=None, version="10.1"):
        url = server if server is not None else self.server.url if self.server else ""
        return dict(os.environ, CRASHER_HANDLER=self.handler, CRASHER_DATABASE=self.database, CRASHER_SERVER=url,
                    CRASHER_TELEMETRY=telemetry, CRASHER_CONSENT=consent, CRASHER_VERSION=version,
                    PLANTED=SECRET)

    def start(self, *arguments, keep=(), **settings):
        return subprocess.Popen([CRASHER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                env=self.environment(**settings), text=True, pass_fds=keep,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))

    def crash(self, *arguments, **settings):
        """Runs the crasher to its end: (signal, output, seconds)."""
        begin = time.monotonic()
        process = self.start(*arguments, **settings)
        output, _ = process.communicate(timeout=60)
        return -process.returncode, output, time.monotonic() - begin

    def handlers(self):
        """The process ids of this test's handlers and their children."""
        found = []
        for path in glob.glob("/proc/[0-9]*/exe"):
            try:
                if os.readlink(path) == self.handler:
                    found.append(int(path.split("/")[2]))
            except OSError:
                pass
        return found

    def end_handlers(self):
        for process in self.handlers():
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                pass

    def wait_for_handlers(self):
        self.assertTrue(wait_for(lambda: not self.handlers()), "a handler did not end")

    def dump_paths(self, folder="pending"):
        return sorted(glob.glob(os.path.join(self.database, folder, "*.dmp")))

    def only_dump(self):
        self.wait_for_handlers()
        self.assertEqual(len(self.dump_paths()), 1, self.log())
        with open(self.dump_paths()[0], "rb") as file:
            return Minidump(file.read())

    def log(self):
        try:
            with open(os.path.join(self.database, "handler.log")) as file:
                return file.read()
        except OSError:
            return "(no log)"


class EverySignal(CaptureTest):
    KINDS = {
        "segv": (signal.SIGSEGV, 1), "general-protection": (signal.SIGSEGV, 128), "wild-jump": (signal.SIGSEGV, 1),
        "abrt": (signal.SIGABRT, -6), "fpe": (signal.SIGFPE, 1), "ill": (signal.SIGILL, 2), "bus": (signal.SIGBUS, 2),
        "trap": (signal.SIGTRAP, 128), "sys": (signal.SIGSYS, 1), "sent-segv": (signal.SIGSEGV, 0),
        "overflow": (signal.SIGSEGV, 1),
    }

    def check(self, kind, *options, thread_name):
        number, code = self.KINDS[kind]
        died_of, _, seconds = self.crash(kind, *options)
        self.assertEqual(died_of, number)
        self.assertLess(seconds, MAX_DEATH_S)
        dump = self.only_dump()
        thread, dump_signal, dump_code, address = dump.exception()
        # Below the main thread's stack there is nothing; below a worker's there is a guard page.
        codes = (1, 2) if kind == "overflow" else (code,)
        self.assertEqual(dump_signal, number)
        self.assertIn(dump_code, codes)
        self.assertEqual(dump.thread_names()[thread], thread_name)
        start, stack, context = dump.threads()[thread]
        # An overflow leaves the stack pointer below what can be read, by less than a frame.
        self.assertLess(start - dump.stack_pointer(context), 4096)
        self.assertGreater(len(stack), 256)
        if kind == "segv":
            self.assertEqual(address, 0)
        if kind == "wild-jump":
            self.assertEqual((address, dump.instruction_pointer(context)), (16, 16))
        annotations = dump.annotations()
        self.assertEqual(annotations["Scene"], "a value that is ")
        self.assertEqual(annotations["ProductName"], "Crasher")
        self.assertNotIn("CairnCaptureDiagnostic", annotations)

    def on_main_thread(self, kind):
        self.check(kind, thread_name="crasher")

    def on_worker_thread(self, kind):
        self.check(kind, "thread", thread_name="crasher" if kind == "sent-segv" else "the worker")


# A process-directed signal may be taken by any thread, so it is sent on the main thread only, where a lone worker
# waits; all other kinds happen on both.
for _kind in EverySignal.KINDS:
    if _kind != "sent-segv":
        setattr(EverySignal, "test_%s_on_a_worker" % _kind.replace("-", "_"),
                lambda self, kind=_kind: self.on_worker_thread(kind))
    setattr(EverySignal, "test_%s_on_main" % _kind.replace("-", "_"),
            lambda self, kind=_kind: self.on_main_thread(kind))


class Surroundings(CaptureTest):
    def test_a_thread_that_did_not_ask_for_a_stack_is_captured_too(self):
        died_of, _, _ = self.crash("segv", "bare-thread")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertEqual(self.only_dump().exception()[1], signal.SIGSEGV)

    def test_a_handler_that_was_there_before_runs_with_the_same_facts(self):
        for kind, number in (("segv", "11 1"), ("abrt", "6 -6"), ("trap", "5 128")):
            died_of, output, _ = self.crash(kind, "chain")
            self.assertEqual(died_of, int(number.split()[0]))
            self.assertEqual(output.splitlines()[-1], "chained " + number)
        self.wait_for_handlers()
        self.assertEqual(len(self.dump_paths()), 3)

    def test_a_crash_in_a_forked_child_is_captured(self):
        _, output, _ = self.crash("segv", "fork")
        self.assertIn("child died of 11", output)
        self.assertEqual(self.only_dump().exception()[1], signal.SIGSEGV)

    def test_a_crash_of_a_child_that_shares_memory_does_not_hide_the_parents_own(self):
        died_of, output, seconds = self.crash("segv", "vfork")
        self.assertIn("child died of 11", output)
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertLess(seconds, MAX_DEATH_S)
        self.wait_for_handlers()
        self.assertEqual(len(self.dump_paths()), 2, self.log())

    def test_a_signal_that_somebody_sends_and_the_application_ignored_is_no_crash(self):
        died_of, _, _ = self.crash("sent-trap", "ignore")
        self.assertEqual(died_of, 0)
        self.wait_for_handlers()
        self.assertEqual(self.dump_paths(), [])

    def test_faults_and_abort_kill_and_are_captured_where_they_were_ignored(self):
        for kind, number in (("segv", signal.SIGSEGV), ("abrt", signal.SIGABRT), ("trap", signal.SIGTRAP)):
            died_of, _, _ = self.crash(kind, "ignore")
            self.assertEqual(died_of, number)
        self.wait_for_handlers()
        self.assertEqual(len(self.dump_paths()), 3)

    def test_a_process_without_descriptors_left_is_captured(self):
        died_of, _, _ = self.crash("segv", "no-descriptors")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertNotIn("CairnCaptureDiagnostic", self.only_dump().annotations())

    def test_two_threads_that_crash_at_once_are_one_crash(self):
        for _ in range(5):
            shutil.rmtree(self.database, ignore_errors=True)
            died_of, _, seconds = self.crash("segv", "both")
            self.assertEqual(died_of, signal.SIGSEGV)
            self.assertLess(seconds, MAX_DEATH_S)
            self.assertGreaterEqual(len(self.only_dump().threads()), 3)

    def test_a_process_that_closed_our_descriptors_leaves_a_note(self):
        died_of, _, _ = self.crash("segv", "closes-all")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.crash("exit")
        self.assertIn("no handler answered", self.only_dump().annotations()["CairnCaptureDiagnostic"])

    def test_an_undumpable_process_is_captured(self):
        self.crash("segv", "undumpable")
        self.assertNotIn("CairnCaptureDiagnostic", self.only_dump().annotations())

    def test_memory_is_read_where_process_vm_readv_is_refused(self):
        self.crash("segv", "no-process-vm")
        dump = self.only_dump()
        self.assertEqual(len(dump.threads()), 2)
        self.assertGreater(min(len(stack) for _, stack, _ in dump.threads().values()), 256)
        self.assertEqual(dump.annotations()["Scene"], "a value that is ")

    def test_the_handler_keeps_no_pipe_of_the_application_open(self):
        self.check_pipes()

    def test_the_same_with_a_kernel_that_has_no_close_range(self):
        self.check_pipes("no-close-range")

    def check_pipes(self, *options):
        end_to_read, end_to_write = os.pipe()
        process = self.start("exit", "wait", *options, keep=(end_to_write,))
        os.close(end_to_write)
        process.stdout.readline()
        open_files = [os.readlink(path) for path in glob.glob("/proc/%d/fd/*" % self.handlers()[0])]
        self.assertEqual([name for name in open_files if name.startswith("pipe:")], [])
        self.assertEqual(sum(name == "/dev/null" for name in open_files), 3)
        process.kill()
        os.close(end_to_read)
        self.assertEqual(process.stdout.read(), "")  # Would wait for the handler's copy.
        process.wait()
        process.stdin.close()
        process.stdout.close()
        self.wait_for_handlers()

    def test_the_handler_is_in_a_session_of_its_own(self):
        process = self.start("exit", "wait")
        process.stdout.readline()
        handler = self.handlers()[0]
        self.assertNotEqual(os.getsid(handler), os.getsid(process.pid))
        process.communicate("\n")

    def test_modules_have_the_build_ids_of_their_files(self):
        self.crash("segv")
        modules = self.only_dump().modules()
        self.assertEqual(modules[0][2], os.path.realpath(CRASHER))
        notes = subprocess.run(["readelf", "-n", CRASHER], capture_output=True, text=True).stdout
        self.assertIn(modules[0][3], notes)
        names = [os.path.basename(name) for _, _, name, _ in modules]
        self.assertIn("libc.so.6", names)
        self.assertIn("linux-gate.so", names)
        self.assertTrue(all(build_id for _, _, _, build_id in modules))

    def test_all_threads_are_there_and_stacks_are_bounded(self):
        self.crash("segv", "many-threads")
        threads = self.only_dump().threads()
        self.assertEqual(len(threads), 1501)
        self.assertLess(sum(len(stack) for _, stack, _ in threads.values()), 24 * 1024 * 1024)


class Privacy(CaptureTest):
    def test_no_environment_no_arguments_and_private_modes(self):
        self.crash("segv", "argument-" + SECRET)
        dump = self.only_dump()
        self.assertNotIn(SECRET.encode(), dump.data)
        self.assertNotIn(0x47670006, dump.streams)
        self.assertNotIn(0x47670007, dump.streams)
        for folder, _, files in os.walk(self.database):
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
            for name in files:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o777, 0o600, name)

    def test_the_same_where_the_process_answers_for_itself(self):
        self.crash("segv", "no-ptrace", "argument-" + SECRET)
        self.assertNotIn(SECRET.encode(), self.only_dump().data)


class TroubledHandler(CaptureTest):
    def crash_with(self, meddle, *options, **settings):
        """Starts a process, lets `meddle` do something to its handler, and lets it crash: seconds until death."""
        process = self.start("segv", "wait", *options, **settings)
        self.assertEqual(process.stdout.readline(), "ready\n")
        handlers = self.handlers()
        meddle(handlers)
        begin = time.monotonic()
        process.communicate("\n", timeout=60)
        self.assertEqual(-process.returncode, signal.SIGSEGV)
        return time.monotonic() - begin

    def run_once_more(self):
        """The next start of the application, without a crash."""
        self.crash("exit")
        return self.only_dump()

    def check_note(self, dump):
        thread, number, _, address = dump.exception()
        self.assertEqual((number, address), (signal.SIGSEGV, 0))
        self.assertEqual(list(dump.threads()), [thread])
        self.assertGreater(len(dump.threads()[thread][1]), 256)
        self.assertIn("no handler answered", dump.annotations()["CairnCaptureDiagnostic"])
        self.assertEqual(dump.annotations()["Scene"], "a value that is ")
        self.assertEqual(dump.modules()[0][2], os.path.realpath(CRASHER))
        self.assertTrue(dump.modules()[0][3])
        self.assertNotIn(SECRET.encode(), dump.data)

    def test_a_killed_handler_costs_no_time_and_a_note_is_left(self):
        def kill_all(handlers):
            for handler in handlers:
                os.kill(handler, signal.SIGKILL)
        self.assertLess(self.crash_with(kill_all), 3)
        self.assertEqual(len(glob.glob(self.database + "/new/crash-*.note")), 1)
        self.check_note(self.run_once_more())
        self.assertEqual(glob.glob(self.database + "/new/*"), [])

    def test_a_stopped_handler_costs_five_seconds_and_a_note_is_left(self):
        def stop_all(handlers):
            for handler in handlers:
                os.kill(handler, signal.SIGSTOP)
        seconds = self.crash_with(stop_all)
        self.assertLess(seconds, MAX_DEATH_S)
        self.assertEqual(len(glob.glob(self.database + "/new/crash-*.note")), 1)
        # Once it goes on, the handler finds nobody to capture, and takes the note.
        for handler in self.handlers():
            os.kill(handler, signal.SIGCONT)
        self.check_note(self.only_dump())

    def test_a_capture_that_stops_in_the_middle_leaves_the_crashing_thread(self):
        for _ in range(5):  # Until the capture is met in the middle.
            process = self.start("segv", "wait", "many-threads")
            self.assertEqual(process.stdout.readline(), "ready\n")
            handlers = self.handlers()
            begin = time.monotonic()
            process.stdin.write("\n")
            process.stdin.flush()
            stopped = []

            def stop_new_ones():
                for child in self.handlers():
                    if child not in handlers:
                        os.kill(child, signal.SIGSTOP)
                        stopped.append(child)
                return stopped or process.poll() is not None
            wait_for(stop_new_ones)
            process.communicate(timeout=60)
            seconds = time.monotonic() - begin
            self.assertLess(seconds, MAX_DEATH_S)
            if stopped and seconds > 3:
                break
            self.wait_for_handlers()
            shutil.rmtree(self.database)
        else:
            self.fail("the capture was never met in the middle")
        dump = self.only_dump()
        self.assertEqual(len(dump.threads()), 1)
        self.assertIn("took too long", dump.annotations()["CairnCaptureDiagnostic"])

    def test_a_handler_without_memory_leaves_the_crash_to_a_note_and_takes_it(self):
        def take_memory(handlers):
            with open("/proc/%d/statm" % handlers[0]) as file:
                size = int(file.read().split()[0]) * resource.getpagesize() + (32 << 20)
            resource.prlimit(handlers[0], resource.RLIMIT_AS, (size, size))
        self.assertLess(self.crash_with(take_memory), 3)
        self.check_note(self.only_dump())

    def test_a_missing_handler_is_told_and_the_process_dies_as_it_would(self):
        self.handler = self.folder + "/nothing"
        died_of, output, seconds = self.crash("segv")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertIn("not started: cairn: there is no crash handler " + self.handler, output)
        self.assertLess(seconds, 3)

    def test_a_program_that_is_no_handler_and_does_not_end_is_told(self):
        with open(self.handler, "w") as script:
            script.write("#!/bin/sh\nexec sleep 30\n")
        died_of, output, seconds = self.crash("segv")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertIn("does not behave as one", output)
        self.assertLess(seconds, 15)

    def test_a_note_holds_one_stack(self):
        def kill_all(handlers):
            for handler in handlers:
                os.kill(handler, signal.SIGKILL)
        self.crash_with(kill_all, "thread")
        with open(glob.glob(self.database + "/new/crash-*.note")[0], "rb") as file:
            note = file.read()
        # A CrashRequest, then records: kind, size, address (wire/crash_note.h).
        position, stacks = 48 + 8 * 23 + 512, []
        while position < len(note):
            kind, size, address = struct.unpack_from("<IIQ", note, position)
            position += 16 + size
            if kind == 1 and (size > 512 and (size != 4096 or address % 4096)):
                stacks.append((hex(address), size))
        self.assertEqual(len(stacks), 1, stacks)

    def test_a_handler_that_ends_at_once_is_told(self):
        shutil.copy("/bin/true", self.handler)
        died_of, output, _ = self.crash("segv")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertIn("ended at once", output)

    def test_refused_tracing_gives_the_crashing_thread(self):
        for options in ((), ("thread",)):
            shutil.rmtree(self.database, ignore_errors=True)
            died_of, _, seconds = self.crash("segv", "no-ptrace", *options)
            self.assertEqual(died_of, signal.SIGSEGV)
            self.assertLess(seconds, MAX_DEATH_S)
            dump = self.only_dump()
            thread, number, _, _ = dump.exception()
            self.assertEqual(number, signal.SIGSEGV)
            self.assertEqual(list(dump.threads()), [thread])
            self.assertGreater(len(dump.threads()[thread][1]), 256)
            self.assertIn("Operation not permitted", dump.annotations()["CairnCaptureDiagnostic"])
            self.assertEqual(dump.annotations()["Scene"], "a value that is ")
            self.assertIn("libc.so.6", [os.path.basename(name) for _, _, name, _ in dump.modules()])


class Sending(CaptureTest):
    def count(self, telemetry, consent):
        server = self.start_server()
        self.crash("segv", telemetry=telemetry, consent=consent)
        self.wait_for_handlers()
        return len(server.pings), len(server.reports), len(self.dump_paths())

    def test_telemetry_and_consent_decide_what_is_sent_and_what_is_kept(self):
        # (telemetry, consent): pings sent, reports sent, dumps kept
        expected = {
            ("on", "ask"): (1, 0, 1), ("on", "always"): (1, 1, 0), ("on", "never"): (1, 0, 0),
            ("off", "ask"): (0, 0, 1), ("off", "always"): (0, 1, 0), ("off", "never"): (0, 0, 0),
        }
        for (telemetry, consent), counts in expected.items():
            with self.subTest(telemetry=telemetry, consent=consent):
                shutil.rmtree(self.database, ignore_errors=True)
                self.assertEqual(self.count(telemetry, consent), counts, self.log())
                if telemetry == "off":
                    self.assertFalse(os.path.exists(self.database + "/client_id"))

    def test_ping_and_report_hold_what_they_may_and_know_each_other(self):
        server = self.start_server()
        self.crash("segv", telemetry="on", consent="always")
        self.wait_for_handlers()
        path, headers, body = server.pings[0]
        ping = json.loads(body)
        self.assertEqual(path, "/submit/telemetry/%s/crash/Crasher/10.1/nightly/20260102030405?v=4" % ping["id"])
        payload = ping["payload"]
        report_headers, report = server.reports[0]
        at = report.index(b"MDMP")
        dump_end = report.rindex(b"\r\n--", 0, len(report) - 4)
        dump = report[at:dump_end]
        self.assertEqual(payload["minidumpSha256Hash"], hashlib.sha256(dump).hexdigest())
        self.assertEqual(payload["crashId"], Minidump(dump).annotations()["CrashEventID"])
        self.assertIn(b'name="CrashEventID"\r\n\r\n' + payload["crashId"].encode(), report)
        # Comments are report-scoped, Scene is in no registry: neither may leave in a ping.
        self.assertIn(b"what a person wrote", report)
        self.assertIn(b'name="Scene"', report)
        self.assertNotIn(b"what a person wrote", body)
        self.assertNotIn(b"Scene", body)
        self.assertNotIn(self.folder.encode(), body)
        self.assertNotIn(b"/usr/", body)
        self.assertEqual(payload["metadata"]["MozCrashReason"], "on purpose")
        traces = payload["stackTraces"]
        self.assertEqual((traces["status"], traces["crash_info"]["address"]), ("OK", "0x0"))
        frames = traces["threads"][0]["frames"]
        self.assertEqual(frames[0]["trust"], "context")
        self.assertTrue(all(frame["trust"] == "cfi" for frame in frames[1:]), frames)
        self.assertEqual(traces["modules"][frames[0]["module_index"]]["filename"], os.path.basename(CRASHER))

    def test_a_ping_keeps_to_the_published_schema(self):
        schema = os.path.join(os.environ.get("CAIRN_FIXTURES", ""), "pings/schemas/crash.4.schema.json")
        if not os.path.exists(schema):
            self.skipTest("CAIRN_FIXTURES is not set: there is no schema to check against")
        try:
            import jsonschema
        except ImportError:
            self.skipTest("the Python module jsonschema is not there")
        server = self.start_server()
        self.crash("overflow", telemetry="on", consent="never")
        self.wait_for_handlers()
        with open(schema) as file:
            validator = jsonschema.Draft4Validator(json.load(file))
        self.assertEqual(list(validator.iter_errors(json.loads(server.pings[0][2]))), [])

    def test_a_server_that_is_down_costs_nothing_and_all_goes_out_at_the_next_start(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            dead = "http://127.0.0.1:%d" % unused.getsockname()[1]
        _, _, seconds = self.crash("segv", telemetry="on", consent="always", server=dead)
        self.assertLess(seconds, MAX_DEATH_S)
        self.wait_for_handlers()
        self.assertEqual((len(self.dump_paths()), len(glob.glob(self.database + "/pings/*.json"))), (1, 1))
        time.sleep(1.1)  # What was tried within this second is not tried again.
        server = self.start_server()
        for _ in range(2):
            self.crash("exit", telemetry="on", consent="always")
            self.wait_for_handlers()
        self.assertEqual((len(server.pings), len(server.reports)), (1, 1), self.log())
        self.assertEqual(glob.glob(self.database + "/p*/*"), [])

    def test_a_server_that_never_answers_holds_nobody_up(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = "http://127.0.0.1:%d" % silent.getsockname()[1]
            _, _, seconds = self.crash("segv", telemetry="on", consent="always", server=url)
            self.assertLess(seconds, MAX_DEATH_S)
            self.assertTrue(wait_for(self.dump_paths))

    def test_a_server_that_cannot_be_reached_is_asked_once_in_a_round(self):
        for _ in range(3):
            self.crash("segv", consent="always")
            self.wait_for_handlers()
        with socket.socket() as rude:
            rude.bind(("127.0.0.1", 0))
            rude.listen()
            asked = []

            def hang_up():
                try:
                    while True:
                        asked.append(rude.accept()[0].close())
                except OSError:
                    pass
            threading.Thread(target=hang_up, daemon=True).start()
            self.crash("exit", consent="always", server="http://127.0.0.1:%d" % rude.getsockname()[1])
            self.wait_for_handlers()
            rude.shutdown(socket.SHUT_RDWR)
        self.assertEqual((len(asked), len(self.dump_paths())), (1, 3), self.log())

    def test_a_ping_that_is_taken_for_later_is_not_sent_again(self):
        server = self.start_server(ping_answer=(202, b""))
        self.crash("segv", telemetry="on", consent="never")
        self.wait_for_handlers()
        self.assertEqual((len(server.pings), glob.glob(self.database + "/pings/*")), (1, []))

    def test_an_error_of_the_server_keeps_the_report(self):
        server = self.start_server(report_answer=(503, b"later"), ping_answer=(503, b"later"))
        self.crash("segv", telemetry="on", consent="always")
        self.wait_for_handlers()
        # The first retry has no wait: a delivery from before the crash may see the report, and the one after it again.
        self.assertEqual(len(server.pings), 1)
        self.assertIn(len(server.reports), (1, 2))
        self.assertEqual((len(self.dump_paths()), len(glob.glob(self.database + "/pings/*.json"))), (1, 1))

    def test_a_refused_report_is_kept_and_not_sent_again(self):
        server = self.start_server(report_answer=(400, b"Discarded=malformed_no_annotations"))
        self.crash("segv", consent="always")
        self.crash("exit", consent="always")
        self.wait_for_handlers()
        self.assertEqual((len(server.reports), len(self.dump_paths())), (1, 1))

    def test_telemetry_turned_off_deletes_pings_that_wait(self):
        server = self.start_server(ping_answer=(503, b"later"))
        self.crash("segv", telemetry="on", consent="never")
        self.wait_for_handlers()
        self.assertEqual(len(glob.glob(self.database + "/pings/*.json")), 1)
        self.crash("exit", telemetry="off", consent="never")
        self.wait_for_handlers()
        self.assertEqual((len(server.pings), glob.glob(self.database + "/pings/*")), (1, []))

    def test_a_report_that_waited_for_consent_is_not_sent_by_a_later_always(self):
        server = self.start_server()
        self.crash("segv", consent="ask")
        self.crash("exit", consent="always")
        self.wait_for_handlers()
        self.assertEqual((len(server.reports), len(self.dump_paths())), (0, 1))

    def crash_without_handler(self, **settings):
        process = self.start("segv", "wait", **settings)
        process.stdout.readline()
        self.end_handlers()
        self.assertTrue(wait_for(lambda: not self.handlers()))
        process.communicate("\n", timeout=60)

    def test_a_note_is_treated_as_was_agreed_when_it_was_written(self):
        server = self.start_server()
        self.crash_without_handler(telemetry="off", consent="ask", version="1.0")
        self.crash("exit", telemetry="on", consent="always", version="2.0")
        dump = self.only_dump()
        self.assertEqual((len(server.pings), len(server.reports)), (0, 0), self.log())
        self.assertEqual(dump.annotations()["Version"], "1.0")

    def test_a_note_with_consent_is_sent_with_the_version_that_crashed(self):
        server = self.start_server()
        self.crash_without_handler(telemetry="on", consent="always", version="1.0")
        self.crash("exit", telemetry="on", consent="always", version="2.0")
        self.wait_for_handlers()
        self.assertEqual((len(server.pings), len(server.reports)), (1, 1), self.log())
        self.assertIn("/crash/Crasher/1.0/nightly/", server.pings[0][0])
        self.assertIn(b'name="Version"\r\n\r\n1.0', server.reports[0][1])

    def test_never_leaves_no_note_either(self):
        self.crash_without_handler(consent="never")
        self.assertEqual(glob.glob(self.database + "/new/*"), [])

    def test_never_deletes_reports_that_wait(self):
        self.crash("segv", consent="ask")
        self.wait_for_handlers()
        self.assertEqual(len(self.dump_paths()), 1)
        self.crash("exit", consent="never")
        self.wait_for_handlers()
        self.assertEqual(glob.glob(self.database + "/pending/*"), [])

    def test_a_dump_of_which_nobody_knows_what_was_agreed_waits_for_consent(self):
        server = self.start_server()
        self.crash("segv", consent="ask")
        self.wait_for_handlers()
        # As a handler leaves it that is killed before it has put the dump in its place.
        dump = os.path.join(self.database, "new", os.path.basename(self.dump_paths()[0]))
        os.rename(self.dump_paths()[0], dump)
        os.remove(glob.glob(self.database + "/pending/*.state")[0])
        torn = self.database + "/new/crash-1.note.partial"
        open(torn, "w").close()
        for path in (dump, torn):
            os.utime(path, (time.time() - 3600, time.time() - 3600))
        self.crash("exit", telemetry="on", consent="always")
        self.wait_for_handlers()
        self.assertEqual((len(server.pings), len(server.reports), len(self.dump_paths())), (0, 0, 1), self.log())
        self.assertEqual(glob.glob(self.database + "/new/*"), [])

    def test_a_full_disk_still_sends(self):
        server = self.start_server()
        died_of, _, seconds = self.crash("segv", "small-files", telemetry="on", consent="always")
        self.assertEqual(died_of, signal.SIGSEGV)
        self.assertLess(seconds, MAX_DEATH_S)
        self.wait_for_handlers()
        self.assertEqual((len(server.pings), len(server.reports)), (1, 1), self.log())
        self.assertEqual(self.dump_paths() + self.dump_paths("new"), [])

    def test_a_full_disk_without_consent_is_told_in_the_log(self):
        self.crash("segv", "small-files")
        self.wait_for_handlers()
        self.assertEqual(self.dump_paths() + self.dump_paths("new"), [])
        self.assertIn("could not be kept", self.log())


class CrashesCommand(CaptureTest):
    """`cairn crashes`, which hands over to the handler's executable."""

    def crashes(self, *arguments):
        return subprocess.run([HANDLER, "crashes", "--database", self.database, *arguments], capture_output=True,
                              text=True, timeout=60)

    def waiting_id(self):
        self.wait_for_handlers()
        return os.path.basename(self.dump_paths()[0])[:-len(".dmp")]

    def test_lists_what_waits_and_why(self):
        self.crash("segv")
        report = self.waiting_id()
        listed = self.crashes("list")
        self.assertEqual(listed.returncode, 0)
        self.assertEqual(len(listed.stdout.splitlines()), 1)
        for part in (report, "Crasher 10.1", "SIGSEGV / SEGV_MAPERR", "waits for consent"):
            self.assertIn(part, listed.stdout)

    def test_sends_to_where_the_application_would_and_forgets_what_was_sent(self):
        server = self.start_server()
        self.crash("segv")
        sent = self.crashes("send", self.waiting_id())
        self.assertEqual((sent.returncode, len(server.reports)), (0, 1))
        self.assertIn("sent as bp-", sent.stdout)
        self.assertEqual(self.crashes("list").stdout, "")

    def test_a_report_that_cannot_be_sent_stays(self):
        self.crash("segv")
        self.waiting_id()
        failed = self.crashes("send", "--all", "--url", "http://127.0.0.1:1/submit")
        self.assertEqual(failed.returncode, 3)
        self.assertIn("not sent yet (attempts: 1)", self.crashes("list").stdout)
        unknown = self.crashes("send", "--all")
        self.assertIn("--url", unknown.stdout)

    def test_deletes(self):
        self.crash("segv")
        self.assertEqual(self.crashes("delete", self.waiting_id()).returncode, 0)
        self.assertEqual(glob.glob(self.database + "/pending/*"), [])

    def test_what_is_not_there_is_told(self):
        self.assertEqual(self.crashes("list").returncode, 3)
        self.crash("segv")
        self.waiting_id()
        self.assertEqual(self.crashes("delete", "nonsense").returncode, 1)
        self.assertEqual(self.crashes("delete").returncode, 2)
        self.assertEqual(self.crashes().returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
