#include "server/search/parquet_file.h"

#include <gtest/gtest.h>

#include "server/search/parquet_rows_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

class ServerSearchParquetFile : public ::testing::Test {
 protected:
  base::Result<os::FileDescriptor> Write(const std::vector<std::vector<Value>>& rows) {
    std::size_t next = 0;
    return WriteParquet(folder_.Path(""), kColumns, [&, next](std::vector<Value>& row) mutable {
      if (next == rows.size()) return base::Result<bool>(false);
      row = rows[next++];
      return base::Result<bool>(true);
    });
  }

  const std::vector<ParquetColumn> kColumns = {{"text", FieldType::kText},
                                               {"when", FieldType::kDate},
                                               {"count", FieldType::kInteger},
                                               {"share", FieldType::kNumber},
                                               {"so", FieldType::kBoolean}};
  store::TemporaryFolder folder_;
};

TEST_F(ServerSearchParquetFile, EveryTypeAndNothingComesBack) {
  const std::string text("'\"\0,\n\xc3\xa9", 7);
  const auto file = Write({{text, std::int64_t{1'700'000'000'123}, std::int64_t{-5}, 0.5, std::int64_t{1}},
                           {{}, {}, {}, {}, {}},
                           {"", std::int64_t{0}, std::int64_t{0}, std::int64_t{2}, std::int64_t{0}}});
  ASSERT_TRUE(file);
  const auto rows = ReadParquet(file->get(), {"text", "epoch_ms(\"when\")::BIGINT", "typeof(\"when\")",
                                              "count", "share", "so", "typeof(so)"});
  using Row = std::vector<Value>;
  ASSERT_EQ(rows.size(), 3u);
  const Value zone = "TIMESTAMP WITH TIME ZONE";
  EXPECT_EQ(rows[0], (Row{text, std::int64_t{1'700'000'000'123}, zone, std::int64_t{-5}, 0.5, std::int64_t{1},
                          "BOOLEAN"}));
  EXPECT_EQ(rows[1], (Row{{}, {}, zone, {}, {}, {}, "BOOLEAN"}));
  EXPECT_EQ(rows[2], (Row{"", std::int64_t{0}, zone, std::int64_t{0}, 2.0, std::int64_t{0}, "BOOLEAN"}));
}

TEST_F(ServerSearchParquetFile, NamesAreListsOfTexts) {
  const std::size_t count = 5000;  // More than the engine takes at once.
  const std::vector<ParquetColumn> columns = {{"names", FieldType::kNames}, {"count", FieldType::kInteger}};
  std::size_t next = 0;
  const auto file = WriteParquet(folder_.Path(""), columns, [&](std::vector<Value>& row) {
    if (next == count) return base::Result<bool>(false);
    const std::string number = std::to_string(next);
    const std::vector<std::string> names = {"n" + number, "a, b", std::string(next % 40, 'x')};
    row = {next % 3 == 0 ? Value() : JoinNames(names), static_cast<std::int64_t>(next)};
    ++next;
    return base::Result<bool>(true);
  });
  ASSERT_TRUE(file);
  const auto rows = ReadParquet(file->get(), {"typeof(names)", "names[1]", "names[2]", "len(names)"});
  ASSERT_EQ(rows.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(rows[i][0], Value("VARCHAR[]"));
    const std::int64_t length = i % 40 == 0 ? 2 : 3;  // A name without letters is none.
    const auto expected = i % 3 == 0 ? std::vector<Value>{{}, {}, {}}
                                     : std::vector<Value>{"n" + std::to_string(i), "a, b", length};
    ASSERT_EQ(std::vector<Value>(rows[i].begin() + 1, rows[i].end()), expected) << i;
  }
}

TEST_F(ServerSearchParquetFile, RowsOfManyGroupsKeepTheirOrder) {
  const std::size_t count = 2 * kParquetGroupRows + 77;
  std::vector<std::vector<Value>> written;
  for (std::size_t i = 0; i < count; ++i) {
    written.push_back({std::to_string(i % 100), {}, static_cast<std::int64_t>(i), {}, {}});
  }
  const auto file = Write(written);
  ASSERT_TRUE(file);
  const auto rows = ReadParquet(file->get(), {"count", "text"});
  ASSERT_EQ(rows.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(rows[i][0], Value(static_cast<std::int64_t>(i)));
    ASSERT_EQ(rows[i][1], Value(std::to_string(i % 100)));
  }
}

TEST_F(ServerSearchParquetFile, NoRowsAreAFileWithColumns) {
  const auto file = Write({});
  ASSERT_TRUE(file);
  EXPECT_TRUE(ReadParquet(file->get(), {"text", "so"}).empty());
}

TEST_F(ServerSearchParquetFile, AValueOfAnotherTypeIsAbsentAndARowOfAnotherLengthAnError) {
  const auto file = Write({{std::int64_t{3}, "x", 0.5, "y", 1.5}});
  ASSERT_TRUE(file);
  const auto rows =
      ReadParquet(file->get(), {"text IS NULL AND count IS NULL AND share IS NULL AND so IS NULL"});
  EXPECT_EQ(rows.at(0).at(0), Value(std::int64_t{1}));
  EXPECT_EQ(Write({{std::int64_t{3}}}).error().code, base::Code::kBadValue);
}

TEST_F(ServerSearchParquetFile, TroubleWithTheRowsIsTheTroubleOfTheCallAndLeavesNothing) {
  int calls = 0;
  const auto file = WriteParquet(folder_.Path(""), kColumns, [&](std::vector<Value>& row) {
    row.assign(kColumns.size(), {});
    if (++calls < 5000) return base::Result<bool>(true);
    return base::Result<bool>(base::Error{base::Code::kTimeout, 7, "rows"});
  });
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error(), (base::Error{base::Code::kTimeout, 7, "rows"}));
  EXPECT_TRUE(os::ListDirectory(folder_.Path(""))->empty());
}

}  // namespace
}  // namespace cairn::search
