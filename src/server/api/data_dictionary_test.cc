#include "server/api/data_dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::api {
namespace {

TEST(DataDictionaryTest, EveryRowOfTheRegistryIsToldWithWhoMaySeeIt) {
  const store::TemporaryFolder folder;
  const auto index = *search::DuckDbIndex::Open(folder.Path("index"));
  const store::FileBlobStore blobs = *store::FileBlobStore::Open(folder.Path("blobs"));
  const auto queue = *store::SqliteQueue::Open(folder.Path("queue"));
  const registry::Registry registry = registry::Registry::BuiltIn();
  const std::string body = DataDictionary({*index, blobs, *queue, registry}, {}).body;
  EXPECT_THAT(body,
              ::testing::HasSubstr(
                  R"({"name":"URL","field":"url","type":"string","permission":"protected","search":"text",)"
                  R"("scope":"report","source":"application","public_form":"whole","description":")"));
  EXPECT_THAT(body,
              ::testing::HasSubstr(R"({"field":"topmost_filenames","type":"string","permission":"public")"));
  for (const auto& [name, row] : registry.annotations())
    EXPECT_THAT(body, ::testing::HasSubstr("\"name\":\"" + name + "\""));
}

}  // namespace
}  // namespace cairn::api
