#include "analysis/signature/default_lists.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "analysis/signature/lists.h"

namespace cairn::signature {
namespace {

constexpr ListKind kSentinel = ListKind::kSentinel;
constexpr ListKind kIrrelevant = ListKind::kIrrelevant;
constexpr ListKind kPrefix = ListKind::kPrefix;

// How these rows were chosen.
//
// A signature shall name the function of the application that is at fault, and shall be the same whether or
// not the symbols of the system's libraries were at hand: those arrive late or never, and a group must not
// split when they do. So the ways out of a process (abort, terminate, throw, panic) are irrelevant: the crash
// reason tells them already, and the module names that stand for them without symbols (libc.so.6) are
// irrelevant too. Prefixes are functions that tell something of the fault (memcpy: a bad range; free: a
// damaged heap) but are never themselves the cause. A name is closed with $ unless names that go on belong to
// it, because patterns match at the start only.
constexpr ListRow kRows[] = {
    // Where to begin: what lies above these frames was called because of the crash and did not lead to it.
    {kSentinel, "signals", "__restore_rt",
     "Linux x86: the signal trampoline; above it runs a crash handler."},
    {kSentinel, "signals", "_sigtramp", "macOS: the signal trampoline."},
    {kSentinel, "signals", "__kernel_rt_sigreturn", "Linux arm64: the signal trampoline of the vDSO."},
    {kSentinel, "signals", "KiUserExceptionDispatcher",
     "Windows: dispatches an exception; above it run handlers."},
    {kSentinel, "c++ runtime", "std::terminate",
     "Above it runs the terminate handler, which may be the application's."},
    {kSentinel, "c++ runtime", "_purecall", "MSVC: a pure virtual call; above it runs its handler."},
    {kSentinel, "c++ runtime", "__cxa_pure_virtual", "Itanium ABI: a pure virtual call."},
    {kSentinel, "rust", "rust_begin_unwind",
     "The panic handler; above it run hooks, which may be the application's."},

    // Frames without a name.
    {kIrrelevant, "no name", "@0x[0-9a-fA-F]{2,}",
     "An address outside all modules differs in every process."},
    {kPrefix, "no name", "@0x[0-9a-fA-F]$",
     "A call through a null pointer: worth saying, and the caller made it."},
    {kPrefix, "no name", "\\(unloaded ", "The library is gone: worth saying, and the next frame used it."},
    {kPrefix, "no name", "<(name omitted|unknown in )",
     "Symbols without names: only the next frame can tell."},
    {kPrefix, "no name", "(operator\\(\\)|\\{\\{closure\\}\\}|<lambda.*>)$",
     "A lambda whose symbols lost its function."},
    {kPrefix, "no name", "\\[thunk\\]:", "MSVC: an adjustment of `this` on the way to a virtual function."},

    // Modules of the system without symbols.
    {kIrrelevant, "linux modules", "lib(c|pthread|rt|dl)(-2\\.[0-9]+)?\\.so",
     "glibc: raise, abort, memcpy, start."},
    {kIrrelevant, "linux modules", "lib(stdc\\+\\+|gcc_s|c\\+\\+|c\\+\\+abi|unwind)\\.so",
     "Throw and terminate paths."},
    {kIrrelevant, "linux modules", "ld-(linux|2\\.|musl)", "The loader: lazy binding and constructors."},
    {kIrrelevant, "linux modules", "linux-(vdso|gate)\\.so|vdso$", "System call entries of the kernel."},
    {kIrrelevant, "macos modules", "libsystem_[a-z_]+\\.dylib", "raise, abort, allocation, thread start."},
    {kIrrelevant, "macos modules", "lib(c\\+\\+|c\\+\\+abi|objc(\\.A)?|dyld)\\.dylib|dyld$",
     "Throw paths and the loader."},
    {kIrrelevant, "windows modules", "(ntdll|kernelbase|kernel32)\\.dll",
     "Raising and dispatching of exceptions."},
    {kIrrelevant, "windows modules", "(ucrtbased?|msvcrt|vcruntime140(_1)?d?|msvcp140d?)\\.dll",
     "The C and C++ runtime."},
    {kPrefix, "modules", "[^ |]+\\.(so(\\.[0-9.]+)?|dll|dylib|drv)$",
     "A library without symbols: only its caller has a name."},

    // Dying on purpose. The reason says SIGABRT; what matters is who asked.
    {kIrrelevant, "glibc", "(__GI_|__libc_)?(raise|gsignal|abort)(\\.cold)?$", "raise() and abort()."},
    {kIrrelevant, "glibc", "(__GI_)?_*pthread_kill(_implementation|_internal)?(@@.*)?$",
     "What raise() calls since glibc 2.34."},
    {kIrrelevant, "glibc", "(__GI_)?(tgkill|tkill|kill)$",
     "The system call of raise(); also in bionic and musl."},
    {kIrrelevant, "glibc", "(__GI_)?__assert(_perror)?_fail(_base)?(\\.cold)?$",
     "assert(): the condition is in the message."},
    {kIrrelevant, "glibc", "__assert(_rtn|2)?$", "assert() of macOS and of bionic."},
    {kIrrelevant, "glibc", "(__libc_message|__libc_fatal|__abort_msg)", "Prints the last words and aborts."},
    {kIrrelevant, "glibc", "(__GI_)?__(fortify_fail|chk_fail)(_abort)?$",
     "What the checks of _FORTIFY_SOURCE call."},
    {kIrrelevant, "macos", "(__pthread_kill|__abort|abort_report_np)$", "abort() of libSystem."},
    {kIrrelevant, "windows", "(RaiseException|RtlRaiseException|RtlRaiseStatus|RaiseFailFastException)$",
     "Raising."},
    {kIrrelevant, "windows", "(RtlDispatchException|RtlpExecuteHandlerForException|RtlUserThreadStart)$",
     "Dispatching."},
    {kIrrelevant, "windows", "(Nt|Zw)(TerminateProcess|RaiseException|RaiseHardError)$",
     "System calls of the end."},
    {kIrrelevant, "windows", "(UnhandledExceptionFilter|__scrt_unhandled_exception_filter)$",
     "The last handler."},
    {kIrrelevant, "windows", "_?_?(invoke_watson|invalid_parameter|call_reportfault)",
     "CRT: a bad argument ends the process."},
    {kIrrelevant, "windows", "(DebugBreak|DbgBreakPoint|__debugbreak|__fastfail)$", "Stops on purpose."},
    {kIrrelevant, "windows",
     "(RtlReportCriticalFailure|RtlReportFatalFailure|RtlpReportHeapFailure|RtlpHeapHandleError)$",
     "The heap found damage and reports it."},
    {kIrrelevant, "android", "(__android_log_assert|android_log_assert|__libc_fatal_no_abort)$",
     "CHECK and LOG_ALWAYS_FATAL."},

    // Leaving by an exception.
    {kIrrelevant, "c++ runtime", "std::(__?)?terminate$", "Nobody caught it; the thrower matters."},
    {kIrrelevant, "c++ runtime",
     "(__cxxabiv1::|__gnu_cxx::)?__(verbose_terminate_handler|terminate|unexpected)$", "As above."},
    {kIrrelevant, "c++ runtime",
     "(__cxxabiv1::)?__cxa_(throw|rethrow|call_terminate|call_unexpected|bad_cast|throw_bad)",
     "The throw itself."},
    {kIrrelevant, "c++ runtime", "(__gxx_personality|__cxa_begin_catch|__cxa_end_catch|__cxa_get_globals)",
     "Search for a handler."},
    {kIrrelevant, "c++ runtime", "_Unwind_", "The unwinder of libgcc and of LLVM."},
    {kIrrelevant, "c++ runtime", "__clang_call_terminate$", "clang: an exception left a noexcept function."},
    {kIrrelevant, "c++ runtime", "std::__throw_",
     "libstdc++: throws for its caller: at(), stoi(), an empty function."},
    {kIrrelevant, "c++ runtime", "std::(rethrow_exception|unexpected)$", "Throws what was thrown before."},
    {kIrrelevant, "c++ runtime",
     "std::(__1::)?__(glibcxx_assert_fail|replacement_assert|libcpp_verbose_abort)", "Checked containers."},
    {kIrrelevant, "c++ runtime", "(abort_message|demangling_terminate_handler|_objc_terminate)",
     "libc++abi's handlers."},
    {kIrrelevant, "msvc",
     "(_CxxThrowException|__std_terminate|terminate|FindHandler|__FrameUnwind|__InternalCxxFrameHandler)",
     "The same in MSVC."},
    {kIrrelevant, "objective-c",
     "(objc_exception_(throw|rethrow)|__exceptionPreprocess|-\\[NSException raise\\])$", "The same there."},
    {kIrrelevant, "objective-c", "\\+\\[NSException raise:", "The same with a format."},

    // Rust panics. The place of the panic is the frame that called core.
    {kIrrelevant, "rust",
     "(core|std)::(panicking|panic|rt)::", "Building the message and starting to unwind."},
    {kIrrelevant, "rust", "(rust_begin_unwind|rust_panic|__rust_start_panic|_?_?rust_panic_cleanup)",
     "The panic runtime."},
    {kIrrelevant, "rust", "panic_(abort|unwind)::", "The panic runtime's crates."},
    {kIrrelevant, "rust", "std::(process|sys)::.*abort", "Abort of the panic runtime."},
    {kIrrelevant, "rust", "std::sys(_common)?::backtrace::__rust_(begin|end)_short_backtrace",
     "Marks around user code."},
    {kIrrelevant, "rust", "(alloc::alloc::handle_alloc_error|__rust_alloc_error_handler|rust_oom|__rg_oom)",
     "Out of memory in Rust."},
    {kPrefix, "rust", "core::(option|result)::(expect|unwrap)_failed",
     "An unwrap: worth saying; its caller holds the value."},
    {kPrefix, "rust", "core::(option::Option|result::Result)<T>::(expect|unwrap)", "The same, inlined."},
    {kPrefix, "rust", "core::(slice|str)::.*(_fail|index)", "A bounds check: the caller made the index."},
    {kPrefix, "rust",
     "core::(ptr|intrinsics|cell|ops|fmt|iter|mem|num)::", "The core library on behalf of its caller."},
    {kPrefix, "rust", "alloc::(boxed|vec|sync|rc|string|collections|raw_vec|alloc)::",
     "Containers on behalf of their caller."},
    {kPrefix, "rust", "<(alloc|core|std)::", "Their trait implementations."},

    // Memory: what was done to it, not who did it.
    {kIrrelevant, "glibc",
     "_*(mem|str|wcs|wmem|rawmem)[a-z]+_(avx|sse|ssse|evex|erms|asimd|neon|power|z[0-9]|vector)",
     "The variant for one CPU: with its name in the signature a group would split by processor."},
    {kPrefix, "libc", "_*(GI_+)?(mem(cpy|pcpy|move|set|cmp|chr|rchr|mem)|bcopy|bzero|bcmp)(_chk|_s)?$",
     "A bad range of memory."},
    {kPrefix, "libc",
     "_*(GI_+)?(str|wcs)n?(case)?(len|cpy|cat|cmp|chr|rchr|str|dup|spn|cspn|tok|coll|xfrm|pbrk)(_chk|_s|_r|_"
     "l)?$",
     "A bad string."},
    {kPrefix, "libc", "_*(GI_+)?v?(s|sn|f|as|d|vs)?w?n?(printf|scanf)(_chk|_internal|_s|_l)?$",
     "A bad format or argument."},
    {kPrefix, "glibc", "malloc_printerr$", "glibc found the heap damaged."},
    {kPrefix, "glibc",
     "(_int_(malloc|free|realloc|memalign)(_.*)?|malloc_consolidate|unlink_chunk(\\..*)?|tcache_(get|put|"
     "thread_shutdown)|sysmalloc)$",
     "Inside the allocator: the heap was damaged before."},
    {kPrefix, "libc",
     "_*(GI_+|libc_|je_|mi_|tc_)*(malloc|calloc|realloc|reallocarray|free|cfree|memalign|aligned_alloc|posix_"
     "memalign)(_impl)?$",
     "The heap was damaged before, or what is freed is not the heap's."},
    {kPrefix, "libc", "__stack_chk_fail(_local)?$", "The stack was overwritten in the next frame."},
    {kPrefix, "libc", "__(memcpy|memmove|memset|strcpy|strcat|sprintf|snprintf|read|fdelt)_chk$",
     "_FORTIFY_SOURCE found an overrun."},
    {kPrefix, "c++ runtime", "operator (new|delete)(\\[\\])?$",
     "The heap, or out of memory; its caller tells."},
    {kPrefix, "c++ runtime",
     "__(dynamic_cast|cxa_guard_acquire|cxa_finalize|cxa_pure_virtual|cxa_deleted_virtual)$",
     "A bad object."},
    {kPrefix, "windows",
     "(Rtl(Allocate|Free|ReAllocate|Size)Heap|Rtlp.*Heap|Heap(Alloc|Free|ReAlloc|Size)|_?malloc_base|_?free_"
     "base|_?free_dbg)$",
     "The heap was damaged before."},
    {kPrefix, "windows", "(__report_gsfailure|__security_check_cookie|__GSHandlerCheck)$",
     "MSVC: the stack was overwritten."},
    {kPrefix, "windows", "(_purecall|__chkstk|_alloca_probe|_chkstk)",
     "A dead object; a stack that is used up."},
    {kPrefix, "macos",
     "(objc_(msgSend|retain|release|autorelease)|CF(Retain|Release)|_?szone_|nanov?[0-9]?_?free|free_tiny|"
     "tiny_free)",
     "A dead object, or a damaged heap."},
    {kPrefix, "macos", "(malloc_zone_|malloc_vreport|malloc_report|_platform_(mem|str|bzero))",
     "A damaged heap; a bad range."},
    {kIrrelevant, "sanitizers", "_*(asan|msan|tsan|ubsan|hwasan|sanitizer|interceptor)_",
     "What watches, not what is watched."},
    {kIrrelevant, "sanitizers", "__(asan|msan|tsan|ubsan|hwasan|sanitizer|interception)::", "As above."},

    // Adapters between a caller and what it wanted to be called.
    {kIrrelevant, "c++ library",
     "std::(__1::)?(_?__invoke|invoke|__invoke_impl|__invoke_r|__apply_impl|apply)(<T>)?$",
     "Calls what it was given."},
    {kIrrelevant, "c++ library",
     "std::(__1::)?(_Function_handler|_Function_base|__function::|function<T>::operator\\(\\)|_Bind|_Mem_fn)",
     "As above."},
    {kIrrelevant, "c++ library",
     "std::(__1::)?(thread::_(Invoker|State)|__thread_(proxy|execute)|jthread::|_State_impl|execute_native_"
     "thread)",
     "Start of a thread."},
    {kIrrelevant, "c++ library",
     "std::(__1::)?(__future_base|__async_|packaged_task|_Task_state|call_once|__call_once)", "Runs a task."},
    {kPrefix, "c++ library", "(std|__gnu_cxx|__cxxabiv1)::", "The standard library on behalf of its caller."},
    {kPrefix, "c++ library", "(boost|absl|folly)::.*(ptr|optional|vector|function)<T>::operator",
     "Checked access on behalf of its caller."},

    // Waiting: of a thread that waits, what it waits in says little and who waits says much.
    {kPrefix, "system calls", "(__GI_)?_*(libc_)?(syscall|syscall_cancel(_arch)?(_end)?|syscall_template)$",
     "A system call by number."},
    {kPrefix, "system calls",
     "(__GI_)?_*(libc_)?(p?poll|p?select|epoll_p?wait|read|pread64|write|pwrite64|recv(from|msg)?|send(to|"
     "msg)?|accept4?|connect|futex|nanosleep|clock_nanosleep|usleep|sleep|ioctl|wait4|waitpid)$",
     "Waits or moves bytes for its caller."},
    {kPrefix, "threads",
     "(__GI_)?_*pthread_(mutex|cond|rwlock|spin|join|once|barrier|clockjoin|timedjoin|create)",
     "A lock or a thread."},
    {kPrefix, "threads",
     "_*(futex_wait|futex_abstimed_wait|lll_lock_wait|new_sem_wait|sem_(timed|clock)?wait|do_futex_wait)",
     "A lock, inside glibc."},
    {kPrefix, "threads",
     "(Nt|Zw|Rtlp?)(WaitFor|DelayExecution|EnterCriticalSection|LeaveCriticalSection|AcquireSRWLock|"
     "SleepConditionVariable)",
     "The same in Windows."},
    {kPrefix, "threads",
     "(WaitFor(Single|Multiple)Objects?(Ex)?|Sleep(Ex|ConditionVariable(CS|SRW))?|(Enter|Leave)"
     "CriticalSection|AcquireSRWLock(Exclusive|Shared))$",
     "The same, as programs call it."},
    {kPrefix, "threads", "(mach_msg|semaphore_(timed)?wait|__psynch_|__ulock_wait|_dispatch_|kevent)",
     "The same in macOS."},

    // Stubs of Windows: what a program asks of it, and how it calls back.
    {kPrefix, "windows kernel", "(Nt|Zw)[A-Z]\\w+$", "A system call; the caller says what for."},
    {kPrefix, "windows kernel", "Rtlp?[A-Z]\\w+$",
     "The library of the native layer, on behalf of its caller."},
    {kPrefix, "windows kernel", "Ldrp?[A-Z]\\w+$", "The loader: the caller says which library."},
    {kIrrelevant, "windows kernel", "Tppp?(WorkerThread|WorkpExecuteCallback|SimplepExecuteCallback)$",
     "The thread pool runs what it was given."},
    {kPrefix, "windows user", "(GetMessage|PeekMessage|WaitMessage|MsgWaitForMultipleObjects)(Ex)?[AW]?$",
     "Waits for a message: who waits, the caller tells."},
    {kPrefix, "windows user",
     "(UserCallWinProc(CheckWow)?|InternalCallWinProc|DispatchMessage(Worker|[AW])|SendMessage(Worker|[AW])|"
     "CallWindowProc[AW]|DefWindowProc(Worker|[AW])|__fn[A-Z]+|__Client[A-Z]\\w+|KiUserCallbackDispatch\\w+)"
     "$",
     "On the way to a window's procedure: the caller sent the message."},

    // Allocators that programs bring along. Like malloc and free: the heap was damaged before.
    {kIrrelevant, "allocators", "scudo::(report|die|outputRaw|ScopedErrorReport|reportInvalid)",
     "Scudo found damage and says so."},
    {kPrefix, "allocators", "scudo::", "Scudo, of Android."},
    {kPrefix, "allocators", "(partition_alloc|allocator_shim)::", "PartitionAlloc, of Chromium."},
    {kPrefix, "allocators", "(tcmalloc::|tc_(new|delete|malloc|calloc|realloc|free))", "tcmalloc."},
    {kPrefix, "allocators", "_?mi_(malloc|calloc|realloc|free|new|heap|page|segment|arena)", "mimalloc."},
    {kPrefix, "allocators",
     "je_(malloc|calloc|realloc|rallocx|free|sdallocx|dallocx|arena|tcache|large|extent)", "jemalloc."},
    {kPrefix, "allocators",
     "(arena_t|arena_chunk_t|BaseAllocator|MozJemalloc)(<T>)?::", "jemalloc, as in Firefox."},

    // Android below the application.
    {kIrrelevant, "android", "(async_safe_fatal(_va_list|_no_abort)?|__fortify_fatal|__libc_fatal)$",
     "bionic ends the process; the message says why."},
    {kIrrelevant, "android", "(art::Runtime::Abort|android::base::(LogMessage::|DefaultAborter))",
     "A failed CHECK; its caller checked."},
    {kIrrelevant, "android", "(__libc_init|__pthread_start|__start_thread)$",
     "Start of a process and of a thread."},
    {kPrefix, "android",
     "android::(RefBase|sp<T>|wp<T>|StrongPointer<T>)::", "A dead object; its holder is next."},
    {kPrefix, "android", "android::(Looper|IPCThreadState|BpBinder|Parcel|MessageQueue)::",
     "Messages and calls between processes, on behalf of their caller."},

    // Java virtual machines between native frames.
    {kIrrelevant, "java",
     "(art_quick_|art_jni_trampoline|artQuick|art::(interpreter::|ArtMethod::Invoke|Invoke(With|Virtual)|"
     "jit::|quick_))",
     "ART goes from Java to native code or back."},
    {kIrrelevant, "java", "(nterp_|ExecuteNterp|ExecuteSwitchImpl|ExecuteMterp)", "ART's interpreter."},
    {kPrefix, "java", "art::(JNI|CheckJNI|\\(anonymous namespace\\)::CheckJNI|mirror::|gc::)",
     "A bad argument to JNI, or a damaged Java heap; the caller passed it."},
    {kPrefix, "java", "_JNIEnv::", "The C++ shell around JNI."},
    {kIrrelevant, "java",
     "(JavaCalls::|JavaThread::|Interpreter$|StubRoutines|thread_native_entry|ThreadJavaMain|JavaMain)",
     "HotSpot goes from native code to Java."},
    {kIrrelevant, "java",
     "(VMError::|report_vm_(error|out_of_memory)|os::(abort|die)|JVM_handle_\\w+_signal|javaSignalHandler)",
     "HotSpot ends itself; who noticed is next."},
    {kPrefix, "java", "(jni|JVM|Unsafe)_[A-Z]\\w+$",
     "HotSpot's side of JNI; the caller passed the argument."},

    // The bottom of every stack.
    {kIrrelevant, "start",
     "(_start|__libc_start_main|__libc_start_call_main|call_init|_dl_init|_dl_start_user)",
     "Start of a process."},
    {kIrrelevant, "start",
     "(start_thread|clone3?|__clone3?|thread_start|_pthread_start|__pthread_start|__start_thread|"
     "BaseThreadInitThunk)(@@.*)?$",
     "Start of a thread."},
    {kIrrelevant, "start", "(__scrt_common_main|__tmainCRTStartup|(w)?(WinMain|main)CRTStartup|invoke_main)",
     "Start of a process by MSVC."},
    {kIrrelevant, "start", "_(init|fini)$",
     "Stubs at the ends of a module; the last name of a module without sizes, so a scan of the stack lands "
     "there."},
    {kIrrelevant, "start", "std::rt::lang_start", "Start of a Rust program."},

    // Crash handlers themselves.
    {kIrrelevant, "handlers", "(google_breakpad|crashpad|sentry_|bugsnag_|cairn::client)",
     "Whoever writes the dump did not crash."},
};

}  // namespace

std::span<const ListRow> DefaultListRows() { return kRows; }

const SignatureLists& SignatureLists::Default() {
  // Never destroyed: threads may still make signatures while the process ends. A bad row is a programmer's
  // error.
  static const SignatureLists* const lists = [] {
    std::vector<ListLine> lines;
    for (const ListRow& row : kRows) {
      lines.push_back({.kind = row.kind,
                       .number = static_cast<std::uint32_t>(lines.size() + 1),
                       .text = std::string(row.pattern),
                       .category = std::string(row.category),
                       .reason = std::string(row.reason)});
    }
    auto made = CreateOf(std::move(lines));
    if (!made) std::abort();
    return new SignatureLists(*std::move(made));
  }();
  return *lists;
}

}  // namespace cairn::signature
