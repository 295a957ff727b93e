#include "server/search/duckdb_survey.h"

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/search/duckdb_schema.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

TEST(DuckDbSurveyTest, EveryFileHasItsVersionAndDamageIsNamed) {
  const store::TemporaryFolder temporary;
  const std::string folder = temporary.Path("index");
  {
    const auto index = DuckDbIndex::Open(folder);
    ASSERT_TRUE(index);
    ASSERT_TRUE((*index)->Add(std::vector<CrashRow>{TestRow(1)}));
  }
  ASSERT_TRUE(
      os::WriteFileDurably(folder + "/weeks/ping-2026-11-16.duckdb", base::AsBytes(std::string(9000, 'x'))));
  const auto files = SurveyIndexFiles(folder);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 3U);
  for (const IndexFile& file : *files) {
    const bool is_damaged = file.path == "weeks/ping-2026-11-16.duckdb";
    EXPECT_EQ(file.status.has_value(), !is_damaged) << file.path;
    EXPECT_EQ(file.schema_version, is_damaged ? 0 : kSchemaVersion) << file.path;
  }
  EXPECT_EQ(files->at(0).path, "dictionary.duckdb");
  EXPECT_FALSE(SurveyIndexFiles(temporary.Path("nowhere")));
}

}  // namespace
}  // namespace cairn::search
