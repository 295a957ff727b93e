#include "analysis/signature/default_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "analysis/signature/signature.h"

namespace cairn::signature {
namespace {

// A thread whose frames have these functions; "lib.so:" and the like stand for a frame that has a module
// only.
SignatureInput Stack(std::initializer_list<std::string_view> functions) {
  SignatureInput input{.os = "Linux"};
  input.threads.emplace_back();
  for (const std::string_view function : functions) {
    SignatureFrame frame{.module = "crashy"};
    if (function.ends_with(':')) {
      frame.module = function.substr(0, function.size() - 1);
    } else {
      frame.function = function;
    }
    input.threads[0].frames.push_back(frame);
  }
  return input;
}

std::string Sign(std::initializer_list<std::string_view> functions) {
  return MakeSignature(Stack(functions), SignatureLists::Default()).text;
}

TEST(DefaultListsTest, EveryRowHasAReasonAndNoRowIsTwice) {
  std::set<std::pair<ListKind, std::string_view>> seen;
  for (const ListRow& row : DefaultListRows()) {
    EXPECT_FALSE(row.category.empty()) << row.pattern;
    EXPECT_FALSE(row.reason.empty()) << row.pattern;
    EXPECT_TRUE(seen.insert({row.kind, row.pattern}).second) << row.pattern;
  }
}

TEST(DefaultListsTest, EveryRuntimeHasItsCategory) {
  std::set<std::string_view> categories;
  for (const ListRow& row : DefaultListRows()) categories.insert(row.category);
  for (const std::string_view category :
       {"glibc", "libc", "c++ runtime", "c++ library", "msvc", "windows", "windows kernel", "windows user",
        "macos", "rust", "allocators", "sanitizers", "android", "java"}) {
    EXPECT_TRUE(categories.contains(category)) << category;
  }
}

TEST(DefaultListsTest, StubsOfWindowsLeadToTheirCaller) {
  EXPECT_EQ(Sign({"NtWaitForSingleObject", "WaitForSingleObjectEx", "app::Wait()"}),
            "NtWaitForSingleObject | WaitForSingleObjectEx | app::Wait");
  EXPECT_EQ(Sign({"NtUserGetMessage", "GetMessageW", "app::Loop()"}),
            "NtUserGetMessage | GetMessageW | app::Loop");
  EXPECT_EQ(Sign({"app::WindowProc()", "UserCallWinProcCheckWow"}), "app::WindowProc");
  EXPECT_EQ(Sign({"Ntuple::Read()", "main"}), "Ntuple::Read");
  EXPECT_EQ(Sign({"RtlReportCriticalFailure", "RtlpHeapHandleError", "RtlFreeHeap", "app::Free()"}),
            "RtlFreeHeap | app::Free");
}

TEST(DefaultListsTest, AllocatorsLeadToTheirCaller) {
  EXPECT_EQ(Sign({"abort", "scudo::die()", "scudo::reportInvalidChunkState(void*)",
                  "scudo::Allocator<int>::deallocate(void*)", "free", "app::Free()"}),
            "scudo::Allocator<T>::deallocate | free | app::Free");
  EXPECT_EQ(Sign({"mi_free", "app::Free()"}), "mi_free | app::Free");
  EXPECT_EQ(Sign({"mi_casa", "main"}), "mi_casa");
}

TEST(DefaultListsTest, NativeFramesUnderJavaAreTheFunctionThatCalledIt) {
  EXPECT_EQ(
      Sign({"abort", "art::Runtime::Abort(char const*)", "art::JNI<false>::CallObjectMethodV(_JNIEnv*)",
            "_JNIEnv::CallObjectMethod(_jobject*)", "app::Native()", "art_quick_generic_jni_trampoline"}),
      "art::JNI<T>::CallObjectMethodV | _JNIEnv::CallObjectMethod | app::Native");
  EXPECT_EQ(Sign({"raise", "abort", "os::abort(bool)", "VMError::report_and_die(int)",
                  "JVM_handle_linux_signal", "app::Native()"}),
            "app::Native");
}

TEST(DefaultListsTest, AbortIsTheFunctionThatAborts) {
  EXPECT_EQ(Sign({"__pthread_kill_implementation", "__pthread_kill_internal", "__GI___pthread_kill",
                  "__GI_raise", "__GI_abort", "crashy::Abort()", "main"}),
            "crashy::Abort");
  EXPECT_EQ(Sign({"pthread_kill@@GLIBC_2.34", "raise", "abort", "crashy::Abort()"}), "crashy::Abort");
}

TEST(DefaultListsTest, AbortIsTheSameWithoutSymbolsOfTheSystem) {
  EXPECT_EQ(Sign({"libc.so.6:", "libc.so.6:", "libc.so.6:", "crashy::Abort()", "main"}), "crashy::Abort");
}

TEST(DefaultListsTest, UncaughtExceptionIsTheFunctionThatThrows) {
  EXPECT_EQ(Sign({"raise", "abort", "__gnu_cxx::__verbose_terminate_handler()",
                  "__cxxabiv1::__terminate(void (*)())", "std::terminate()", "__cxa_throw", "crashy::Throw()",
                  "main"}),
            "crashy::Throw");
  EXPECT_EQ(Sign({"libc.so.6:", "libc.so.6:", "libstdc++.so.6:", "libstdc++.so.6:", "libstdc++.so.6:",
                  "crashy::Throw()", "main"}),
            "crashy::Throw");
}

TEST(DefaultListsTest, TerminateHandlerOfTheApplicationIsNotTheCause) {
  EXPECT_EQ(Sign({"abort", "crashy::OnTerminate()", "__cxxabiv1::__terminate(void (*)())", "std::terminate()",
                  "__cxa_rethrow", "crashy::Throw()"}),
            "crashy::Throw");
}

TEST(DefaultListsTest, ExceptionOutOfANoexceptFunctionIsItsThrower) {
  EXPECT_EQ(Sign({"abort", "std::terminate()", "__gxx_personality_v0", "_Unwind_RaiseException_Phase2",
                  "_Unwind_RaiseException", "__cxa_throw", "crashy::Throw()"}),
            "crashy::Throw");
}

TEST(DefaultListsTest, AssertionIsTheFunctionThatAsserts) {
  EXPECT_EQ(Sign({"raise", "abort", "__assert_fail_base.cold", "__assert_fail", "crashy::Check(int)"}),
            "crashy::Check");
}

TEST(DefaultListsTest, RecursionIsTheFunctionThatRecurses) {
  EXPECT_EQ(Sign({"crashy::Recurse(int)", "crashy::Recurse(int)", "crashy::Recurse(int)"}),
            "crashy::Recurse");
}

TEST(DefaultListsTest, WorkerThreadIsItsFunction) {
  EXPECT_EQ(
      Sign({"crashy::Work()", "void std::__invoke_impl<void, void (*)()>(std::__invoke_other, void (*&&)())",
            "std::thread::_State_impl<std::thread::_Invoker<std::tuple<void (*)()> > >::_M_run()",
            "execute_native_thread_routine", "start_thread", "clone3"}),
      "crashy::Work");
  EXPECT_EQ(Sign({"std::vector<int, std::allocator<int> >::operator[](unsigned long)",
                  "std::_Function_handler<void (), crashy::Job>::_M_invoke(std::_Any_data const&)",
                  "std::function<void ()>::operator()() const",
                  "crashy::Work()::{lambda()#1}::operator()() const"}),
            "std::vector<T>::operator[] | crashy::Work::{lambda#1}::operator()");
}

TEST(DefaultListsTest, MemoryFunctionsLeadToTheirCaller) {
  EXPECT_EQ(Sign({"memcpy", "crashy::Copy(char*)"}), "memcpy | crashy::Copy");
  EXPECT_EQ(Sign({"malloc_printerr", "_int_free", "free", "crashy::Free()"}),
            "malloc_printerr | _int_free | free | crashy::Free");
  EXPECT_EQ(
      Sign({"raise", "abort", "__libc_message", "__fortify_fail", "__stack_chk_fail", "crashy::Smash()"}),
      "__stack_chk_fail | crashy::Smash");
}

TEST(DefaultListsTest, GroupsDoNotSplitByProcessor) {
  EXPECT_EQ(Sign({"__memmove_avx_unaligned_erms", "crashy::Copy(char*)"}), "crashy::Copy");
  EXPECT_EQ(Sign({"__memmove_evex_unaligned_erms", "crashy::Copy(char*)"}), "crashy::Copy");
  EXPECT_EQ(Sign({"__strlen_sse2", "crashy::Copy(char*)"}), "crashy::Copy");
}

TEST(DefaultListsTest, NamesThatOnlyBeginLikeOnesOfTheListAreTheApplications) {
  EXPECT_EQ(Sign({"abort_transaction", "main"}), "abort_transaction");
  EXPECT_EQ(Sign({"raiseError", "main"}), "raiseError");
  EXPECT_EQ(Sign({"freeList", "main"}), "freeList");
  EXPECT_EQ(Sign({"read_config", "main"}), "read_config");
  EXPECT_EQ(Sign({"stdlib::Thing::Run()", "main"}), "stdlib::Thing::Run");
}

TEST(DefaultListsTest, RustPanicIsTheFunctionThatPanics) {
  EXPECT_EQ(
      Sign({"abort", "std::sys::pal::unix::abort_internal", "rust_panic",
            "std::panicking::rust_panic_with_hook", "app::hook", "std::panicking::begin_panic_handler",
            "rust_begin_unwind", "core::panicking::panic_fmt", "core::option::unwrap_failed", "app::load"}),
      "core::option::unwrap_failed | app::load");
}

TEST(DefaultListsTest, WindowsModulesAreTheRuntime) {
  SignatureInput input = Stack({"NTDLL.dll:", "KERNELBASE.dll:", "_CxxThrowException", "crashy::Throw()"});
  input.os = "Windows NT";
  EXPECT_EQ(MakeSignature(input, SignatureLists::Default()).text, "crashy::Throw");
}

TEST(DefaultListsTest, CallThroughANullPointerSaysSo) {
  SignatureInput input = Stack({"crashy::Call()"});
  input.threads[0].frames.insert(input.threads[0].frames.begin(),
                                 SignatureFrame{.offset = "0x0000000000000000"});
  EXPECT_EQ(MakeSignature(input, SignatureLists::Default()).text, "@0x0 | crashy::Call");
}

// What the stack scan makes of a process whose system libraries have no unwind tables at hand.
TEST(DefaultListsTest, FramesThatAScanInventedAreNotTheCause) {
  EXPECT_EQ(Sign({"libc.so.6:", "_fini", "_fini", "libc.so.6:", "libstdc++.so.6.0.30:", "crashy::ParsePort()",
                  "_fini", "main"}),
            "crashy::ParsePort");
}

TEST(DefaultListsTest, LambdaWithoutItsFunctionLeadsToItsCaller) {
  EXPECT_EQ(Sign({"operator()", "std::__invoke_impl<void, Job>", "crashy::ForEach()"}),
            "operator() | crashy::ForEach");
  EXPECT_EQ(Sign({"crashy::Work()::{lambda()#1}::operator()() const", "main"}),
            "crashy::Work::{lambda#1}::operator()");
}

TEST(DefaultListsTest, LibraryWithoutSymbolsLeadsToItsCaller) {
  EXPECT_EQ(Sign({"libplugin.so.2:", "crashy::Run()"}), "libplugin.so.2 | crashy::Run");
}

}  // namespace
}  // namespace cairn::signature
