"""Random crash data in the form of the reference generator, for the oracle of signatures and for the bench.

Names are made by a small grammar of C++ and Rust names, and by words that the lists are known to hold. The same seed
gives the same stacks.
"""
import json
import random

SCOPES = ["shop", "Till", "net", "Cache", "gfx", "detail", "core", "alloc", "std", "mozilla", "base", "js", "Impl",
          "$_3", "{{impl}}"]
ENDS = ["Run", "Send", "drop", "read", "~Till", "unwrap", "RunWatchdog", "{{closure}}", "$_12", "port_", "js_Interpret"]
# Rare, because the oracle's release sees them in another way, and each makes a crash that cannot be compared.
RARE_SCOPES = ["(anonymous namespace)", "`anonymous namespace'", "operatorish", "IPC::ParamTraits<a<b> >"]
RARE_ENDS = ["operator()", "operator<", "operator->", "operator bool", "operator=", "{lambda#1}::operator()", "<name omitted>"]
RARE = 0.002
TYPES = ["int", "char const*", "nsTSubstring<char>", "std::vector<int, std::allocator<int> >", "void (*)(int)", "T&&",
         "js::Handle<JSObject*>", "unsigned __int64", "u8", "a::B<C> "]
RETURNS = ["", "", "", "void ", "static void ", "class nsFoo * ", "int ", "std::pair<int, int> ", "<NoType> ", "virtual "]
QUALIFIERS = ["", "", "", "", " const", " const&", " const &", "&&", "&", " [clone .cold.12]", " [clone .isra.4]"]
WORDS = ["abort", "raise", "memcpy", "memmove", "free", "malloc", "_purecall", "NS_ABORT_OOM", "mozalloc_abort",
         "core::panicking::panic", "std::panicking::begin_panic_fmt", "panic_fmt", "expect_failed", "poll", "main",
         "<name omitted>", "<unknown in ntdll.pdb>", "NtWaitForMultipleObjects", "KiUserExceptionDispatcher",
         "__GI___assert_fail", "alloc::oom::oom", "mozilla::(anonymous namespace)::RunWatchdog", "_sigtramp",
         "dom::\u00e4::f", "tab\tbed", "  spaced   out "]
MODULES = ["libxul.so", "XUL", "xul.dll", "USER32.DLL", "kernel32.dll", "ntdll.dll", "libc.so.6", "[vdso]", "firefox", "",
           None, "libart.so", "plugin.DLL", "lib\u00c4.so"]
FILES = [None, "", "/a/b/c.cpp", "c.cpp", "\\a\\b\\c", "dir/", "/a/b.rs", "b.rs", "c:\\x\\y.cpp",
         "hg:hg.mozilla.org/r:a/b/c.cpp:abc", "hg:hg.mozilla.org/a/b:servo/wrapper.rs:4444",
         "git:github.com/rust-lang/rust:src/libcore/panicking.rs:91856e",
         "git:github.com/rust-lang/rust:src/libcore/option.rs:91856e", "a:b:c"]
OFFSETS = ["0x0", "0x00000000000000ff", "0xFF00", "0x000000a81b35411b", "zz", "", "12"]
SYSTEMS = ["Windows NT", "Linux", "Mac OS X", None]
ANNOTATIONS = {
    "reason": ["SIGSEGV", "STATUS_NO_MEMORY", "EXCEPTION_STACK_OVERFLOW", "STATUS_FATAL_MEMORY_EXHAUSTION",
               "EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR"],
    "oom_allocation_size": [0, 1, 262144, 262145, None, -5],
    "js_large_allocation_failure": ["Reporting", "Reported"],
    "abort_message": ["[1] ###!!! ABORT: foo: file c:/x.cpp, line 7", "[1] ###!!! ABORT: file ?, ", "\u018a ok", "\u018a",
                      "x" * 300, "unable to find a usable font (\u5fae)", "unable to find a usable font )x(", "  "],
    "hang": ["", "ui", None],
    "mdsw_status_string": ["EmptyMinidump", ""],
    "async_shutdown_timeout": ['{"phase":"p","conditions":[{"name":"B"},"A"]}', "{}", "{{", "[1]", "null", '"x"', "7",
                               '{"phase":3,"conditions":null}', '{"phase":"","conditions":"cab"}', '{"conditions":[{"x":1}]}',
                               '{"phase":"q","conditions":[1.5,1e22,null,true,["a\'b"],{"name":{"y":[]}}]}',
                               '{"a":1,}', '{"conditions":true}', '{"conditions":{"b":1,"a":2}}', "", '{"phase":"\\u00e9"}'],
    "ipc_channel_error": ["ShutDownKill", "y" * 150, "\u00e4" * 120],
    "ipc_message_name": ["PFoo::Msg_Bar", ""],
    "additional_minidumps": [["upload_file_minidump_browser"], [], ["upload_file_minidump_content"]],
    "java_stack_trace": ["java.lang.X: msg@4054b560\n\tat a.b.C.d(C.java:12)", "NoColon\n\tat q", "x: y\n", "\n", "E: w\n\n",
                         "E: " + "t" * 300 + "\nat a.b(c.java:1)", "E: \u00e4@0123456789 x\r\n at a.b(c.kt:1)"],
    "java_exception": [{}, {"x": 1}, {"exception": {"values": []}},
                       {"exception": {"values": [{"stacktrace": {"module": "java.io", "type": "E", "frames": [
                           {"module": "a.B", "function": "f", "filename": "B.kt"}]}}]}},
                       {"exception": {"values": [{"stacktrace": {"type": "E", "frames": [{}]}}]}}],
    "crashing_thread": [0, 0, 0, 1, 2, "1", None, 7, -1, "", "x"],
}


class Stacks:
    def __init__(self, seed, words=()):
        self.random = random.Random(seed)
        self.words = WORDS + list(words)

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, choices):
        return self.random.choice(choices)

    def arguments(self, brackets, separator=", "):
        types = separator.join(self.pick(TYPES) for _ in range(self.random.randint(0, 3)))
        return brackets[0] + types + brackets[1]

    def function(self):
        if self.chance(0.35):
            return self.pick(self.words)
        parts = []
        for _ in range(self.random.randint(0, 3)):
            part = self.pick(RARE_SCOPES if self.chance(RARE) else SCOPES)
            parts.append(part + (self.arguments("<>") if self.chance(0.3) else ""))
        parts.append(self.pick(RARE_ENDS if self.chance(RARE) else ENDS) + (self.arguments("<>") if self.chance(0.2) else ""))
        name = "::".join(parts)
        if self.chance(0.02):
            name = f"<{name} as {self.pick(SCOPES)}::{self.pick(SCOPES)}<{self.pick(TYPES)}>>::{self.pick(ENDS)}"
        if self.chance(0.1):
            return f"{name}::h{self.random.getrandbits(64):x}"
        if self.chance(0.6):
            name = self.pick(RETURNS) + name + (" " if self.chance(0.1) else "") + \
                self.arguments("()", self.pick([", ", ",", " , "])) + self.pick(QUALIFIERS)
        return name[:-self.random.randint(1, 4)] if self.chance(0.005) else name

    def inline(self):
        return {"function": self.pick([self.function(), self.function(), "", None]), "file": self.pick(FILES),
                "line": self.pick([None, 7, self.random.randint(1, 9999)])}

    def frame(self, number):
        frame = {"frame": number, "module": self.pick(MODULES), "offset": self.pick(OFFSETS),
                 "module_offset": hex(self.random.getrandbits(24))}
        if self.chance(0.8):
            frame["function"] = self.function()
        if self.chance(0.4):
            frame["file"] = self.pick(FILES)
        if self.chance(0.5):
            frame["line"] = self.random.randint(1, 9999)
        if self.chance(0.1):
            frame["inlines"] = [self.inline() for _ in range(self.random.randint(0, 4))]
        if self.chance(0.03):
            frame["unloaded_modules"] = [{"module": "Snag.dll", "offsets": ["0x1"]}]
        return frame

    def crash(self):
        threads = []
        for _ in range(self.random.randint(0 if self.chance(0.05) else 1, 3)):
            count = self.pick([0, 1, 2, 4, 11, 51, self.random.randint(1, 50)])
            threads.append({"frames": [self.frame(number) for number in range(count)],
                            "last_error_value": self.pick(["", "", "", "", "ERROR_COMMITMENT_LIMIT", "ERROR_SUCCESS"])})
        crash = {"os": self.pick(SYSTEMS), "threads": threads}
        for name, values in ANNOTATIONS.items():
            if self.chance(0.85 if name == "crashing_thread" else 0.05):
                crash[name] = self.pick(values)
        return crash


def words_of(folder):
    """The plain words of a folder of lists."""
    words = []
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text().splitlines():
            line = line.strip()
            if line and not line.startswith("#") and not set(line) & set("\\.*+?[](){}|^$"):
                words.append(line)
    return words


def stacks(count, seed, words=()):
    source = Stacks(seed, words)
    return [source.crash() for _ in range(count)]


def as_lines(crashes):
    return "".join(json.dumps(crash) + "\n" for crash in crashes)
