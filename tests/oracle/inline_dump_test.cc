// A dump of which the older tools agree on nothing: rust-minidump refuses its symbol file, which has no
// newline at its end. Breakpad's names stand here instead.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

TEST(InlineDump, SymbolFileWithoutFinalNewlineGivesInlinedFunctions) {
  const std::optional<fs::path> dumps = FixtureMinidumps();
  if (!dumps) GTEST_SKIP() << "CAIRN_FIXTURES is not set: no dump to compare with Breakpad";
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "inline_dump";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const CommandResult result = RunCommand(
      {CAIRN_BINARY_DIR "/bin/cairn", "stackwalk", "--json", "--symbols-path", (*dumps / "symbols").string(),
       "--symbols-cache", (folder / "cache").string(), (*dumps / "breakpad" / "linux_inline.dmp").string()},
      folder);
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  simdjson::dom::parser parser;
  element answer;
  ASSERT_EQ(parser.parse(result.output).get(answer), simdjson::SUCCESS);

  const element frame = answer["crashing_thread"]["frames"].at(0);
  std::vector<std::string> names;
  for (const element inlined : frame["inlines"].get_array()) {
    names.emplace_back(inlined["function"].get_string().value());
  }
  names.emplace_back(frame["function"].get_string().value());
  EXPECT_EQ(names, (std::vector<std::string>{"func()", "bar()", "foo()", "main"}));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cairn::tests
