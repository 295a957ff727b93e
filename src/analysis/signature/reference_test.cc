// The reference generator's own cases: the same lists and input must give the same bytes.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "analysis/signature/normalize.h"
#include "analysis/signature/signature.h"

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

std::string FirstUnloaded(const element& frame) {
  const std::vector<element> unloaded = Elements(frame["unloaded_modules"]);
  return unloaded.size() == 0 ? std::string() : Text(unloaded[0], "module");
}

SignatureFrame FrameOf(const element& frame) {
  SignatureFrame result{.module = Text(frame, "module"),
                        .function = Text(frame, "function"),
                        .file = Text(frame, "file"),
                        .line = LineOf(frame),
                        .offset = Text(frame, "offset"),
                        .unloaded_module = FirstUnloaded(frame)};
  for (const element inlined : Elements(frame["inlines"])) {
    result.inlines.push_back({Text(inlined, "function"), Text(inlined, "file"), LineOf(inlined)});
  }
  return result;
}

SignatureInput InputOf(const element& crash) {
  SignatureInput input{.os = Text(crash, "os"), .reason = Text(crash, "reason")};
  if (crash["crashing_thread"].get(input.crashing_thread) != simdjson::SUCCESS) {
    input.crashing_thread = std::strtol(Text(crash, "crashing_thread").c_str(), nullptr, 10);
  }
  for (const element thread : Elements(crash["threads"])) {
    SignatureThread made{.last_error_value = Text(thread, "last_error_value")};
    for (const element frame : Elements(thread["frames"])) made.frames.push_back(FrameOf(frame));
    input.threads.push_back(std::move(made));
  }
  std::int64_t size = 0;
  if (crash["oom_allocation_size"].get(size) == simdjson::SUCCESS) {
    input.oom_allocation_size = static_cast<std::uint64_t>(size);
  }
  input.js_large_allocation_failure = Text(crash, "js_large_allocation_failure");
  input.abort_message = Text(crash, "abort_message");
  std::string_view hang;
  if (crash["hang"].get(hang) == simdjson::SUCCESS) input.hang = hang;
  input.walk_status = Text(crash, "mdsw_status_string");
  input.ipc_channel_error = Text(crash, "ipc_channel_error");
  input.ipc_message_name = Text(crash, "ipc_message_name");
  for (const element dump : Elements(crash["additional_minidumps"])) {
    input.additional_minidumps.emplace_back(dump.get_string().value());
  }
  return input;
}

// Whether rules that are not built yet (Java stacks, shutdown timeouts) would take part.
bool NeedsOtherRules(const element& crash) {
  const auto present = [&](std::string_view key) {
    element value;
    return crash[key].get(value) == simdjson::SUCCESS && !value.is_null() &&
           !(value.is_string() && value.get_string().value().empty());
  };
  return present("java_stack_trace") || present("java_exception") || present("async_shutdown_timeout");
}

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
    const model::Signature signature = MakeSignature(InputOf(crash), *lists_);
    EXPECT_EQ(signature.text, Text(expected, "signature")) << simdjson::minify(crash);
    EXPECT_EQ(signature.proto, Text(expected, "proto_signature")) << simdjson::minify(crash);
    std::vector<std::string> notes;
    for (const element note : Elements(expected["notes"])) notes.emplace_back(note.get_string().value());
    EXPECT_EQ(signature.notes, notes) << simdjson::minify(crash);
  }

  std::string folder_;
  std::optional<SignatureLists> lists_, helper_lists_;
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

TEST_F(ReferenceTest, Cases) {
  for (const element row : Elements(parser_.load(folder_ + "cases.json"))) {
    const element crash = row["input"].value();
    if (!NeedsOtherRules(crash)) ExpectSame(crash, row);
  }
}

TEST_F(ReferenceTest, RandomStacks) {
  const std::vector<std::string> inputs = Lines(ReadCompressed(folder_ + "random.in.jsonl.xz"));
  const std::vector<std::string> outputs = Lines(ReadText(folder_ + "random.out.jsonl"));
  ASSERT_EQ(inputs.size(), outputs.size());
  std::size_t compared = 0;
  simdjson::dom::parser output_parser;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const element crash = parser_.parse(inputs[i]);
    if (NeedsOtherRules(crash)) continue;
    ExpectSame(crash, output_parser.parse(outputs[i]));
    ++compared;
  }
  EXPECT_GT(compared, 800u);
}

}  // namespace
}  // namespace cairn::signature
