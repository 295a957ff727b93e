// The reference generator's own cases: the same lists and input must give the same bytes.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "analysis/signature/java_signature.h"
#include "analysis/signature/normalize.h"
#include "analysis/signature/rules.h"
#include "analysis/signature/signature.h"
#include "analysis/signature_json/crash_data.h"

namespace cairn::signature {
namespace {

using simdjson::dom::element;

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string ReadCompressed(const std::string& path) {
  struct archive* reader = archive_read_new();
  archive_read_support_filter_xz(reader);
  archive_read_support_format_raw(reader);
  std::string text;
  struct archive_entry* entry = nullptr;
  if (archive_read_open_filename(reader, path.c_str(), 65536) == ARCHIVE_OK &&
      archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    char buffer[65536];
    for (la_ssize_t size; (size = archive_read_data(reader, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(size));
    }
  }
  archive_read_free(reader);
  return text;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string Text(const element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::uint32_t LineOf(const element& object) {
  std::int64_t line = 0;
  if (object["line"].get(line) == simdjson::SUCCESS) return static_cast<std::uint32_t>(line);
  return static_cast<std::uint32_t>(std::strtoul(Text(object, "line").c_str(), nullptr, 10));
}

// The elements of an array; none if there is no array.
std::vector<element> Elements(const simdjson::simdjson_result<element>& value) {
  simdjson::dom::array elements;
  if (value.get(elements) != simdjson::SUCCESS) return {};
  return {elements.begin(), elements.end()};
}

SignatureInput InputOf(const element& crash) { return *signature_json::ReadCrashData(crash); }

class ReferenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* fixtures = std::getenv("CAIRN_FIXTURES");
    if (fixtures == nullptr)
      GTEST_SKIP() << "CAIRN_FIXTURES is not set: the reference's cases are not compared";
    folder_ = std::string(fixtures) + "/signatures/";
    SignatureListLines lines{.sentinels = ReadList("signature_sentinels"),
                             .irrelevant = ReadList("irrelevant_signature_re"),
                             .prefix = ReadList("prefix_signature_re"),
                             .line_numbers = ReadList("signatures_with_line_numbers_re")};
    ASSERT_FALSE(lines.prefix.empty());
    lists_.emplace(*SignatureLists::Create(lines));
    signer_.emplace(*lists_);
    lines.line_numbers.push_back("fnNeedNumber");  // What the reference's tests of functions add.
    helper_lists_.emplace(*SignatureLists::Create(lines));
  }

  std::vector<std::string> ReadList(const std::string& name) {
    return Lines(ReadText(folder_ + "siglists/" + name + ".txt"));
  }

  // The cases of one helper.
  std::vector<element> Helper(std::string_view name) {
    std::vector<element> rows = Elements(parser_.load(folder_ + "helpers.json")[name]);
    EXPECT_GT(rows.size(), 0u) << name;
    return rows;
  }

  void ExpectSame(const element& crash, const element& expected) {
    // One signer for all, as in the command: what came before must not matter.
    const model::Signature signature = signer_->Sign(InputOf(crash));
    EXPECT_EQ(signature.text, Text(expected, "signature")) << simdjson::minify(crash);
    EXPECT_EQ(signature.proto, Text(expected, "proto_signature")) << simdjson::minify(crash);
    std::vector<std::string> notes;
    for (const element note : Elements(expected["notes"])) notes.emplace_back(note.get_string().value());
    EXPECT_EQ(signature.notes, notes) << simdjson::minify(crash);
  }

  std::string folder_;
  std::optional<SignatureLists> lists_, helper_lists_;
  std::optional<Signer> signer_;
  simdjson::dom::parser parser_;
};

TEST_F(ReferenceTest, FunctionsNormalize) {
  for (const element row : Helper("TestCSignatureTool.test_normalize_cpp_function")) {
    EXPECT_EQ(NormalizeCppFunction(Text(row, "function"), LineOf(row), *helper_lists_),
              Text(row, "expected"));
  }
  for (const element row : Helper("TestCSignatureTool.test_normalize_rust_function")) {
    EXPECT_EQ(NormalizeRustFunction(Text(row, "function"), LineOf(row), *helper_lists_),
              Text(row, "expected"));
  }
}

TEST_F(ReferenceTest, FramesNormalize) {
  for (const element row : Helper("TestCSignatureTool.test_normalize_frame")) {
    std::vector<std::string> arguments(6);
    std::string unloaded;
    std::size_t i = 0;
    for (const element argument : Elements(row["args"])) {
      if (i == 6) {
        unloaded = Text(Elements(element(argument)).at(0), "module");
      } else {
        arguments[i++] = argument.get_string().value();
      }
    }
    const auto line = static_cast<std::uint32_t>(std::strtoul(arguments[3].c_str(), nullptr, 10));
    const NormalizerFrame frame{arguments[0], arguments[1], arguments[2], line, arguments[5], unloaded};
    EXPECT_EQ(NormalizeFrame(frame, *helper_lists_), Text(row, "expected")) << simdjson::minify(row);
  }
}

TEST_F(ReferenceTest, PartsOfNames) {
  for (const element row : Helper("utils.test_collapse_arguments")) {
    EXPECT_EQ(CollapseArguments(Text(row, "function")), Text(row, "expected"));
  }
  for (const element row : Helper("utils.test_collapse_types")) {
    EXPECT_EQ(CollapseTypes(Text(row, "function")), Text(row, "expected"));
  }
  for (const element row : Helper("utils.test_drop_prefix_and_return_type")) {
    EXPECT_EQ(DropPrefixAndReturnType(Text(row, "function")), Text(row, "expected"));
  }
  for (const element row : Helper("utils.test_parse_source_file")) {
    EXPECT_EQ(ParseSourceFile(Text(row, "source_file")), Text(row, "expected"));
  }
  for (const element row : Helper("rules.test_fix_missing_module")) {
    const element frame = row["frame"].value();
    EXPECT_EQ(CompleteRustFunction(Text(frame, "file"), Text(frame, "function")),
              Text(row, "expected_function"));
  }
}

TEST_F(ReferenceTest, EnclosedParts) {
  for (const element row : Helper("utils.test_find_enclosed_slices")) {
    const auto parts =
        FindEnclosed(Text(row, "s"), Text(row, "opening_token")[0], Text(row, "closing_token")[0]);
    std::string found;
    for (const auto& [begin, end] : parts) {
      found += (found.empty() ? "[" : ",[") + std::to_string(begin) + "," + std::to_string(end) + "]";
    }
    EXPECT_EQ("[" + found + "]", simdjson::minify(row["expected"].value())) << Text(row, "s");
  }
}

// The rules, each alone: what is before them in the table does nothing to these crashes.
TEST_F(ReferenceTest, RulesAlone) {
  const auto sign = [&](const SignatureInput& input) { return signer_->Sign(input).text; };
  SignatureInput hello;
  hello.threads.push_back({.frames = {{.function = "hello"}}});
  for (const element row : Helper("TestAbortSignature.test_action_success_remove_unwanted_parts")) {
    SignatureInput input = hello;
    input.abort_message = Text(row, "abort_msg");
    EXPECT_EQ(sign(input), Text(row, "expected"));
  }
  const auto expect_mark = [&](std::string_view helper, std::string_view mark) {
    for (const element row : Helper(helper)) {
      SignatureInput input = hello;
      input.reason = Text(row, "reason");
      input.js_large_allocation_failure = Text(row, "value");
      EXPECT_EQ(sign(input).starts_with(mark), row["expected"].get_bool().value()) << simdjson::minify(row);
    }
  };
  expect_mark("TestBadHardware.test_predicate_reason", "bad hardware | ");
  expect_mark("TestOOMSignature.test_predicate_reason", "OOM | ");
  expect_mark("TestOOMSignature.test_predicate_js_large_allocation_failure", "OOM | ");
  expect_mark("TestStackOverflowSignature.test_predicate_reason", "stackoverflow | ");
  for (const element row : Helper("TestOOMSignature.test_predicate_error_commitment_limit")) {
    const std::string text = sign(InputOf(row["crashdata"].value()));
    EXPECT_EQ(text.starts_with("OOM | "), row["expected"].get_bool().value()) << simdjson::minify(row);
  }
}

TEST_F(ReferenceTest, Texts) {
  for (const element row : Helper("TestSigFixWhitespace.test_whitespace_fixing")) {
    EXPECT_EQ(FixWhitespace(Text(row, "signature")), Text(row, "expected"));
  }
  for (const element row : Helper("TestSigPrintableCharsOnly.test_whitespace_fixing")) {
    EXPECT_EQ(KeepPrintable(Text(row, "signature")), Text(row, "expected"));
  }
  for (const element row : Helper("utils.test_drop_bad_characters")) {
    // Ours also trims, which nothing between the two could tell.
    EXPECT_EQ("x" + KeepPrintable("x" + Text(row, "text")).substr(1), "x" + Text(row, "expected"));
  }
  for (const element row : Helper("utils.test_strip_leading_zeros")) {
    if (!row["text"].is_string()) continue;
    EXPECT_EQ(NormalizeFrame({.offset = Text(row, "text")}, *lists_), "@" + Text(row, "expected"));
  }
  for (const element row : Helper("utils.test_get_crashing_thread")) {
    EXPECT_EQ(InputOf(row["crash_data"].value()).crashing_thread, row["expected"].get_int64().value());
  }
}

TEST_F(ReferenceTest, NumbersAndWhatIsNone) {
  for (const element row : Helper("utils.test_int_or_none")) {
    const std::string crash =
        R"({"oom_allocation_size": )" + std::string(simdjson::minify(row["data"].value())) + "}";
    simdjson::dom::parser parser;
    const SignatureInput input = InputOf(parser.parse(crash));
    std::int64_t expected = 0;
    const bool has_number = row["expected"].get(expected) == simdjson::SUCCESS;
    EXPECT_EQ(input.oom_allocation_size.has_value(), has_number) << crash;
    EXPECT_EQ(input.oom_allocation_size.value_or(0), static_cast<std::uint64_t>(expected));
  }
  for (const element row : Helper("TestJavaExceptionSignatureTool.test_bad_data")) {
    const std::string crash =
        R"({"java_exception": )" + std::string(simdjson::minify(row["value"].value())) + "}";
    simdjson::dom::parser parser;
    const SignatureInput input = InputOf(parser.parse(crash));
    // What is empty is no exception at all; the rest is one in no form that is known.
    EXPECT_FALSE(input.java_exception.value_or(JavaException()).has_stack) << crash;
  }
}

TEST_F(ReferenceTest, JavaExceptions) {
  for (const element row : Helper("TestJavaExceptionSignatureTool.test_generate")) {
    const std::string crash = R"({"java_exception": {"exception": {"values": [)" +
                              std::string(simdjson::minify(row["stacktrace"].value())) + "]}}}";
    simdjson::dom::parser parser;
    const SignatureInput input = InputOf(parser.parse(crash));
    ASSERT_TRUE(input.java_exception.has_value());
    EXPECT_EQ(SignJavaException(*input.java_exception).text, Text(row, "expected"));
  }
  for (const element row : Helper("TestJavaExceptionSignatureTool.test_normalize_frame")) {
    JavaException exception{.has_stack = true, .type = "E", .frame = JavaFrame{}};
    exception.frame->module = Text(row["frame"].value(), "module");
    exception.frame->function = Text(row["frame"].value(), "function");
    exception.frame->file = Text(row["frame"].value(), "filename");
    EXPECT_EQ(SignJavaException(exception).text, "E: at " + Text(row, "expected"));
  }
}

TEST_F(ReferenceTest, Cases) {
  for (const element row : Elements(parser_.load(folder_ + "cases.json"))) {
    const element crash = row["input"].value();
    ExpectSame(crash, row);
  }
}

TEST_F(ReferenceTest, RandomStacks) {
  const std::vector<std::string> inputs = Lines(ReadCompressed(folder_ + "random.in.jsonl.xz"));
  const std::vector<std::string> outputs = Lines(ReadText(folder_ + "random.out.jsonl"));
  ASSERT_EQ(inputs.size(), outputs.size());
  simdjson::dom::parser output_parser;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const element crash = parser_.parse(inputs[i]);
    ExpectSame(crash, output_parser.parse(outputs[i]));
  }
  EXPECT_GE(inputs.size(), 1000u);
}

}  // namespace
}  // namespace cairn::signature
