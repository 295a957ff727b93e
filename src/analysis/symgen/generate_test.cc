#include "analysis/symgen/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace cairn::symgen {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// This very test program, which has debug information of its lines.
std::string OwnFile() {
  std::ifstream stream("/proc/self/exe", std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Generated {
  std::string text;
  GeneratedSymbols found;
};

base::Result<Generated> Generate(const GenerateInput& input) {
  Generated generated;
  ASSIGN_OR_RETURN(generated.found, GenerateSymbols(input, [&generated](std::string_view piece) {
                     generated.text += piece;
                     return base::Status();
                   }));
  return generated;
}

TEST(GenerateSymbols, OwnProgramHasRecordsOfEveryKind) {
  const std::string bytes = OwnFile();
  const auto symbols = Generate({.file = base::AsBytes(bytes), .name = "own program"});
  ASSERT_TRUE(symbols) << base::Describe(symbols.error());
  EXPECT_THAT(symbols->text, StartsWith("MODULE Linux x86_64 " + symbols->found.debug_id.text +
                                        " own program\nINFO CODE_ID "));
  EXPECT_THAT(symbols->text, HasSubstr("generate_test.cc\n"));
  EXPECT_THAT(symbols->text, HasSubstr("INLINE_ORIGIN 0 "));
  EXPECT_THAT(symbols->text,
              HasSubstr(" 0 cairn::symgen::GenerateSymbols(cairn::symgen::GenerateInput const&, "));
  EXPECT_THAT(symbols->text, HasSubstr("\nPUBLIC "));
  EXPECT_THAT(symbols->text, HasSubstr("\nSTACK CFI INIT "));
  EXPECT_GT(symbols->found.functions, 10u);
  EXPECT_GT(symbols->found.unwind_ranges, 10u);
  EXPECT_EQ(symbols->found.complaints, 0u);
}

// Has a lambda that the compiler inlines.
[[gnu::noinline]] int SumByLambda(int count) {
  volatile int sum = 0;
  const auto add = [&sum](int i) __attribute__((always_inline)) { sum = sum + i; };
  for (int i = 0; i < count; ++i) add(i);
  return sum;
}

TEST(GenerateSymbols, LambdasAreNamedByTheFunctionAroundThem) {
  EXPECT_EQ(SumByLambda(3), 3);
  const std::string bytes = OwnFile();
  const auto symbols = Generate({.file = base::AsBytes(bytes), .name = "own"});
  ASSERT_TRUE(symbols);
  EXPECT_THAT(symbols->text,
              ::testing::ContainsRegex("INLINE_ORIGIN [0-9]+ cairn::symgen::.anonymous namespace.::"
                                       "SumByLambda[^\n]*::\\{lambda[^\n]*\\}::operator\\(\\)"));
}

TEST(GenerateSymbols, AnyNumberOfThreadsGivesTheSameBytes) {
  const std::string bytes = OwnFile();
  const auto first = Generate({.file = base::AsBytes(bytes), .name = "twice", .threads = 1});
  const auto second = Generate({.file = base::AsBytes(bytes), .name = "twice", .threads = 4});
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_TRUE(first->text == second->text);
}

TEST(GenerateSymbols, FunctionsAreSortedAndTheirLinesLieInside) {
  const std::string bytes = OwnFile();
  const auto symbols = Generate({.file = base::AsBytes(bytes), .name = "own"});
  ASSERT_TRUE(symbols);
  std::istringstream lines(symbols->text);
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t line_end = 0;
  for (std::string line; std::getline(lines, line) && !line.starts_with("PUBLIC");) {
    unsigned long long address = 0;
    unsigned long long size = 0;
    if (sscanf(line.c_str(), "FUNC %llx %llx", &address, &size) == 2 ||
        sscanf(line.c_str(), "FUNC m %llx %llx", &address, &size) == 2) {
      EXPECT_GT(address, start) << line;
      start = line_end = address;
      end = address + size;
    } else if (end != 0 && !line.starts_with("INLINE") &&
               sscanf(line.c_str(), "%llx %llx", &address, &size) == 2) {
      EXPECT_GE(address, line_end) << line;
      EXPECT_GT(size, 0u) << line;
      line_end = address + size;
      EXPECT_LE(line_end, end) << line;
    }
  }
  EXPECT_NE(end, 0u);
}

TEST(GenerateSymbols, WhatIsNoBinaryOrHasNoIdIsAnError) {
  EXPECT_EQ(Generate({.file = base::AsBytes("text"), .name = "x"}).error().code, base::Code::kBadMagic);
  std::string header = OwnFile().substr(0, 64);
  header.replace(32, 32, 32, '\0');  // No segments, no sections.
  EXPECT_EQ(Generate({.file = base::AsBytes(header), .name = "x"}).error().code, base::Code::kNotFound);
}

TEST(GenerateSymbols, LineEndsInNamesDoNotMakeLines) {
  const std::string bytes = OwnFile();
  const auto symbols = Generate({.file = base::AsBytes(bytes), .name = "a\nFUNC 0 1 0 b"});
  ASSERT_TRUE(symbols);
  EXPECT_THAT(symbols->text.substr(0, symbols->text.find('\n')), HasSubstr(" a FUNC 0 1 0 b"));
}

TEST(GenerateSymbols, DebugFileOfAnotherBuildIsAnError) {
  const std::string bytes = OwnFile();
  std::string other = bytes;
  const std::size_t id = other.find(std::string_view("\x03\0\0\0GNU\0", 8));
  ASSERT_NE(id, std::string::npos);
  other[id + 8] = static_cast<char>(other[id + 8] ^ 1);
  const auto symbols =
      Generate({.file = base::AsBytes(bytes), .debug_file = base::AsBytes(other), .name = "own"});
  EXPECT_EQ(symbols.error().code, base::Code::kBadValue);
}

TEST(GenerateSymbols, ErrorOfTheSinkComesBack) {
  const std::string bytes = OwnFile();
  int calls = 0;
  const auto symbols =
      GenerateSymbols({.file = base::AsBytes(bytes), .name = "own"}, [&calls](std::string_view) {
        ++calls;
        return base::Status(base::Error{base::Code::kIo, 28, "disk"});
      });
  EXPECT_EQ(symbols.error(), (base::Error{base::Code::kIo, 28, "disk"}));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace cairn::symgen
