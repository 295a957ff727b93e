#include "analysis/symgen/source_path.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace cairn::symgen {
namespace {

TEST(SourcePath, PathsWithSlashesAreNormalAsTheStandardSays) {
  for (const std::string path :
       {"/a/b.c", "/a/../b.c", "/a/./b.c", "a//b.c", "../a.c", "../../a/../b.c", "/../a.c", "./a.c",
        "a/b/../../c.c", "/a/.hidden/b.c", "a.c", "/a/..b/c", "/build/../src/./x/../a.cc", "//a/b"}) {
    std::string expected = std::filesystem::path(path).lexically_normal().string();
    if (path == "//a/b") expected = "/a/b";
    EXPECT_EQ(NormalizedPath(path), expected) << path;
  }
}

TEST(SourcePath, PathsOfWindowsKeepTheirSlashes) {
  EXPECT_EQ(NormalizedPath("C:\\a\\..\\b.cc"), "C:\\b.cc");
  EXPECT_EQ(NormalizedPath("\\\\machine\\share\\.\\b.cc"), "\\\\machine\\share\\b.cc");
  EXPECT_EQ(NormalizedPath("C:\\a\\b.cc"), "C:\\a\\b.cc");
}

}  // namespace
}  // namespace cairn::symgen
