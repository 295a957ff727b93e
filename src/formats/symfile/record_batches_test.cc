#include "formats/symfile/record_batches.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using Parsing = RecordBatches::Parsing;

std::string FileOf(int functions) {
  std::string text;
  for (int i = 0; i < functions; ++i)
    text += "FUNC 10 10 0 f" + std::to_string(i) + "\n10 8 1 0\n\nrubbish\n";
  return text;
}

// Asks for all lines; gives how many there were.
std::size_t ExpectSameAsReader(std::string_view file, Parsing parsing, std::size_t piece_bytes) {
  const TextInMemory text(base::AsBytes(file));
  RecordBatches batches(text, parsing, piece_bytes);
  SymbolTextReader reader(base::AsBytes(file));
  std::size_t count = 0;
  for (auto lines = batches.Next(); !lines.empty(); lines = batches.Next()) {
    for (const ParsedLine& line : lines) {
      EXPECT_TRUE(reader.Next());
      EXPECT_EQ(line.offset, reader.line_offset());
      EXPECT_EQ(line.record.index(), reader.record().index());
      if (const auto* const function = std::get_if<FunctionRecord>(&line.record)) {
        EXPECT_EQ(function->name, std::get<FunctionRecord>(reader.record()).name);
      }
      ++count;
    }
  }
  EXPECT_FALSE(reader.Next());
  EXPECT_FALSE(batches.failed());
  EXPECT_TRUE(batches.Next().empty()) << "the end stays the end";
  return count;
}

TEST(RecordBatches, HoldEveryLineOnceInOrder) {
  const std::string file = FileOf(2000);
  for (const Parsing parsing : {Parsing::kByCaller, Parsing::kByThread}) {
    for (const std::size_t bytes : {1, 100, 1000, 1'000'000}) {
      EXPECT_EQ(ExpectSameAsReader(file, parsing, bytes), 8000u);
    }
    EXPECT_EQ(ExpectSameAsReader("", parsing, 1), 0u);
  }
}

TEST(RecordBatches, ByteOrderMarkMeansNothingAtTheBeginningOnly) {
  const std::string marked =
      "\xef\xbb\xbf"
      "FILE 1 a\n"
      "\xef\xbb\xbf"
      "FILE 2 b\n";
  const TextInMemory text(base::AsBytes(marked));
  RecordBatches batches(text, Parsing::kByCaller, 1);
  const auto first = batches.Next();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<FileRecord>(first[0].record));
  const auto second = batches.Next();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<BadRecord>(second[0].record));
}

TEST(RecordBatches, MayBeLeftInTheMiddle) {
  const std::string file = FileOf(1000);
  const TextInMemory text(base::AsBytes(file));
  RecordBatches unasked(text, Parsing::kByThread, 10);
  RecordBatches asked(text, Parsing::kByThread, 10);
  EXPECT_FALSE(asked.Next().empty());
}

}  // namespace
}  // namespace cairn::symfile
