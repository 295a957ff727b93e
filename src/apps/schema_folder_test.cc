#include "apps/schema_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cairn::apps {
namespace {

TEST(SchemaFolderTest, AFolderThatIsNotThereIsSaid) {
  ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  EXPECT_NE(AddSchemasOf("/nonexistent/schemas", schemas).find("/nonexistent/schemas"), std::string::npos);
}

TEST(SchemaFolderTest, OtherFilesAreLeftAlone) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("schema_folder_test." + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "a/b/c");
  std::ofstream(folder / "README.md") << "no schema";
  std::ofstream(folder / "a/b/c/too.deep.1.schema.json") << "no schema";
  std::ofstream(folder / "a/b/b.1.schema.json") << "{}";
  ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  EXPECT_EQ(AddSchemasOf(folder, schemas), "");
  EXPECT_NE(schemas.Find({"a", "b", 1}), nullptr);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cairn::apps
