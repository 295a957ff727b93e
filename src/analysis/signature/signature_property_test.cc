// What holds of every signature, tried on random crashes: names of a small grammar, and any bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>

#include "analysis/signature/normalize.h"
#include "analysis/signature/signature.h"
#include "analysis/signature/stack_signer.h"

namespace cairn::signature {
namespace {

class Source {
 public:
  explicit Source(unsigned seed) : random_(seed) {}
  std::size_t Below(std::size_t count) { return random_() % count; }
  bool Chance(std::size_t one_of) { return Below(one_of) == 0; }
  template <typename T, std::size_t kCount>
  T Pick(const T (&choices)[kCount]) {
    return choices[Below(kCount)];
  }

  // Brackets, words and bytes in no order.
  std::string Noise(std::size_t max_parts) {
    static constexpr const char* kParts[] = {
        "<",    ">",    "(",   ")",     "[",      "]",      "{",           "`",
        "'",    " ",    "::",  ",",     "&",      "*",      "operator",    " as ",
        "$_",   "1",    "::h", "const", " const", "\n",     "\xc3\xa4",    "IPC::ParamTraits",
        "\xff", "\x01", ".so", "XUL",   "abort",  "memcpy", "RunWatchdog", "[clone .cold",
        "@0x",  ".rs"};
    std::string text;
    for (std::size_t count = Below(max_parts + 1); count > 0; --count) text += Pick(kParts);
    return text;
  }

  // As compilers write them.
  std::string CppName(int depth = 2) {
    static constexpr const char* kScopes[] = {"shop", "Till", "std", "(anonymous namespace)", "detail"};
    static constexpr const char* kEnds[] = {
        "Run", "~Till", "operator()", "operator==", "operator<<", "Add", "operator bool"};
    std::string name;
    for (std::size_t count = Below(3); count > 0; --count) {
      name += Pick(kScopes);
      if (Chance(3)) name += Arguments('<', depth) + ">";
      name += "::";
    }
    name += Pick(kEnds);
    return name + Arguments('(', depth) + ")" + (Chance(3) ? " const" : "");
  }

  SignatureInput Crash() {
    static constexpr const char* kReasons[] = {"", "STATUS_NO_MEMORY", "EXCEPTION_STACK_OVERFLOW",
                                               "STATUS_DEVICE_DATA_ERROR"};
    SignatureInput input{.os = Chance(2) ? "Windows NT" : "Linux", .reason = Pick(kReasons)};
    input.crashing_thread = static_cast<std::int64_t>(Below(4)) - 1;
    for (std::size_t threads = Below(3); threads > 0; --threads) {
      auto& frames = input.threads.emplace_back().frames;
      for (std::size_t count = Below(60); count > 0; --count) frames.push_back(Frame());
    }
    if (Chance(4)) input.oom_allocation_size = random_();
    if (Chance(6)) input.abort_message = Noise(40);
    if (Chance(6)) input.hang = Noise(10);
    if (Chance(8))
      input.async_shutdown_timeout =
          Chance(2) ? Noise(20) : R"({"phase": "p", "conditions": [1, {"name": "n"}]})";
    if (Chance(8)) input.ipc_channel_error = Noise(80);
    if (Chance(8)) input.ipc_message_name = Noise(20);
    if (Chance(10)) input.java_stack_trace = Noise(40);
    if (Chance(8)) input.walk_status = Noise(10);
    return input;
  }

 private:
  std::string Arguments(char open, int depth) {
    static constexpr const char* kTypes[] = {"int", "char const*", "T&&", "unsigned long", "void (*)(int)"};
    std::string text(1, open);
    for (std::size_t count = Below(3); count > 0; --count) {
      text += depth > 0 && Chance(3) ? "Box" + Arguments('<', depth - 1) + ">" : Pick(kTypes);
      if (count > 1) text += Chance(2) ? ", " : ",";
    }
    return text;
  }

  SignatureFrame Frame() {
    SignatureFrame frame{.module = Chance(3) ? Noise(3) : "libshop.so"};
    if (!Chance(5)) frame.function = Chance(2) ? CppName() : Noise(30);
    if (Chance(3)) frame.file = Chance(2) ? "/a/b.rs" : Noise(8);
    if (Chance(2)) frame.line = static_cast<std::uint32_t>(Below(1000));
    if (Chance(2)) frame.offset = Noise(4);
    if (Chance(9)) frame.unloaded_module = Noise(3);
    while (Chance(4)) frame.inlines.push_back({.function = CppName()});
    return frame;
  }

  std::mt19937 random_;
};

bool IsPrintable(char c) { return c >= 0x20 && c <= 0x7e; }

TEST(SignaturePropertyTest, SignaturesAreShortPrintableAndSingleSpaced) {
  Source source(1);
  Signer signer(SignatureLists::Default());
  for (int i = 0; i < 3000; ++i) {
    const model::Signature signature = signer.Sign(source.Crash());
    ASSERT_LE(signature.text.size(), kMaxSignatureLength);
    ASSERT_TRUE(std::ranges::all_of(signature.text, IsPrintable)) << signature.text;
    ASSERT_EQ(signature.text.find("  "), std::string::npos) << signature.text;
    ASSERT_FALSE(signature.text.starts_with(' ') || signature.text.ends_with(' ')) << signature.text;
  }
}

TEST(SignaturePropertyTest, ExplanationGivesTheSameSignature) {
  Source source(2);
  Signer signer(SignatureLists::Default());
  for (int i = 0; i < 1000; ++i) {
    const SignatureInput input = source.Crash();
    const ExplainedSignature explained = signer.Explain(input);
    const model::Signature signature = signer.Sign(input);
    ASSERT_EQ(explained.signature.text, signature.text);
    ASSERT_EQ(explained.signature.proto, signature.proto);
    ASSERT_EQ(explained.signature.notes, signature.notes);
    ASSERT_EQ(explained.steps.back().signature, signature.text);
    for (const ExplainedFrame& frame : explained.frames) {
      // Each frame that a list left out or led on with has the line that says so.
      const bool needs_line = frame.role == FrameRole::kIrrelevant || frame.role == FrameRole::kPrefix;
      ASSERT_EQ(frame.line.has_value(), needs_line) << frame.normalized;
    }
  }
}

TEST(SignaturePropertyTest, NormalisedNamesStayAsTheyAre) {
  Source source(3);
  for (int i = 0; i < 5000; ++i) {
    const std::string name = source.CppName();
    const std::string once = NormalizeCppFunction(name, 0, SignatureLists::Default());
    ASSERT_EQ(NormalizeCppFunction(once, 0, SignatureLists::Default()), once) << name;
  }
}

// No input may take a millisecond. Time is not a test's to measure (signature_bench measures it), but what it
// is spent on is: bytes of names that are read, each by a fixed number of passes, and states that patterns
// are led to.
TEST(SignaturePropertyTest, WorkIsBounded) {
  Source source(4);
  Signer signer(SignatureLists::Default());
  for (int i = 0; i < 8; ++i) {
    SignatureInput input;
    auto& frames = input.threads.emplace_back().frames;
    for (int k = 0; k < 60; ++k)
      frames.push_back({.module = source.Noise(2000), .function = source.Noise(20'000)});
    input.abort_message = source.Noise(20'000);
    input.hang = source.Noise(20'000);
    input.ipc_message_name = source.Noise(20'000);
    input.async_shutdown_timeout = source.Noise(20'000);
    const std::uint64_t states_before = signer.states_made();
    const model::Signature signature = signer.Sign(input);
    ASSERT_LE(signature.proto.size(), 2 * kMaxStackTextBytes);  // A comma can become two bytes.
    ASSERT_LE(signer.states_made() - states_before, 1000u);
    for (const std::string& note : signature.notes) ASSERT_LE(note.size(), 3 * kMaxStackTextBytes);
  }
}

}  // namespace
}  // namespace cairn::signature
