// Every implementation of Directory, for the tests of its contract, with a clock that a test sets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {

struct DirectoryImplementation {
  std::string name;
  std::function<std::unique_ptr<Directory>(const TemporaryFolder&, std::function<std::int64_t()>)> open;
};

inline auto EveryDirectory() {
  return ::testing::Values(DirectoryImplementation{
      "SociSqlite",
      [](const TemporaryFolder& folder, std::function<std::int64_t()> clock) -> std::unique_ptr<Directory> {
        auto directory = SociDirectory::OpenSqlite(folder.Path("directory.sqlite"), std::move(clock));
        EXPECT_TRUE(directory);
        return *std::move(directory);
      }});
}

class DirectoryContract : public ::testing::TestWithParam<DirectoryImplementation> {
 protected:
  DirectoryContract() : directory_(GetParam().open(folder_, [this] { return now_ms_; })) {}

  TemporaryFolder folder_;
  std::int64_t now_ms_ = 1'795'000'000'000;
  std::unique_ptr<Directory> directory_;
};

}  // namespace cairn::store
