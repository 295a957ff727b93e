#include "analysis/signature_json/java_exception.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <iterator>
#include <random>

#include "analysis/signature/java_signature.h"
#include "base/parse_json.h"

namespace cairn::signature_json {
namespace {

std::optional<signature::JavaException> Read(const std::string& json) {
  simdjson::dom::parser parser;
  return ReadJavaException(base::ParseJson(parser, json).value());
}

TEST(JavaExceptionTest, WhatIsWrittenHasNoWords) {
  EXPECT_EQ(
      WriteJavaException(*Read(R"({"exception":{"values":[{"value":"planted","stacktrace":{"module":"java.io",
      "type":"E","value":"planted","frames":[{"module":"a.B","function":"f","filename":"B.kt","vars":"planted"},
      {"function":"g"}]}},{"value":"planted"}]},"planted":1})")),
      R"({"exception":{"values":[{"stacktrace":{"module":"java.io","type":"E",)"
      R"("frames":[{"module":"a.B","function":"f","filename":"B.kt"}]}}]}})");
  EXPECT_EQ(WriteJavaException(*Read(R"("planted")")), R"({"exception":{"values":[]}})");
  EXPECT_FALSE(Read("{}"));
}

TEST(JavaExceptionTest, LongNamesAreCut) {
  const signature::JavaException exception{.has_stack = true, .module = {}, .type = std::string(5000, 't')};
  EXPECT_LT(WriteJavaException(exception).size(), signature::kMaxJavaNameBytes + 100);
}

// Objects that hold the names that are asked for, in their places or elsewhere.
class RandomException {
 public:
  explicit RandomException(unsigned seed) : random_(seed) {}

  std::string Make() { return Holder("exception", Holder("values", List(Holder("stacktrace", Stack())))); }

 private:
  std::size_t Below(std::size_t count) { return random_() % count; }
  std::string Word() {
    static constexpr const char* kWords[] = {"\"\"", "\"a.B\"", "\"f \\u0001\"", "null", "3",
                                             "{}",   "[]",      "\"\\u00e4\""};
    return kWords[Below(std::size(kWords))];
  }
  std::string List(const std::string& value) {
    return Below(8) == 0 ? "[]" : "[" + (Below(8) == 0 ? Word() + "," + value : value) + "]";
  }
  std::string Holder(const std::string& name, const std::string& value) {
    return Below(12) == 0 ? Word() : "{\"other\":" + Word() + ",\"" + name + "\":" + value + "}";
  }
  std::string Members(std::initializer_list<const char*> names) {
    std::string members;
    for (const char* const name : names) {
      if (Below(4) != 0) members += (members.empty() ? "\"" : ",\"") + std::string(name) + "\":" + Word();
    }
    return members;
  }
  std::string Stack() {
    const std::string members = Members({"module", "type"});
    if (Below(4) == 0) return "{" + members + "}";
    const std::string frame =
        Below(6) == 0 ? Word() : "{" + Members({"module", "function", "filename"}) + "}";
    return "{" + members + (members.empty() ? "" : ",") + "\"frames\":" + List(frame) + "}";
  }

  std::mt19937 random_;
};

TEST(JavaExceptionTest, WhatIsWrittenHasTheSameSignature) {
  RandomException source(1);
  int with_stack = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string json = source.Make();
    const auto read = Read(json);
    if (!read) continue;
    with_stack += read->has_stack ? 1 : 0;
    const std::string written = WriteJavaException(*read);
    const auto again = Read(written);
    ASSERT_TRUE(again) << json;
    ASSERT_EQ(signature::SignJavaException(*again).text, signature::SignJavaException(*read).text) << json;
    ASSERT_EQ(WriteJavaException(*again), written) << json;
  }
  EXPECT_GT(with_stack, 5'000);
}

}  // namespace
}  // namespace cairn::signature_json
