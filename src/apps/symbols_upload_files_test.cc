#include "apps/symbols_upload_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr const char* kId = "0123456789ABCDEF0123456789ABCDEF0";

class SymbolsUploadFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "upload_files_" + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/in/deep");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(os::WriteFileDurably(folder_ + "/in/" + name, base::AsBytes(text)));
  }
  FilesToSend Find(const std::string& path, bool sends_binaries = false) {
    SymbolSearch search;
    search.paths = {path};
    search.generator = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-symgen";
    search.made_folder = folder_ + "/made";
    search.sends_binaries = sends_binaries;
    search.complain = [this](const std::string& what) { complaints_.push_back(what); };
    search.working = [](const std::string&) {};
    return FindFilesToSend(search);
  }

  std::string folder_;
  std::vector<std::string> complaints_;
};

TEST_F(SymbolsUploadFilesTest, SymbolFilesAreKnownByWhatTheySay) {
  Write("deep/anything.sym", std::string("MODULE windows x86_64 ") + kId + " App.pdb\n");
  Write("readme.txt", "no symbols");
  Write("object.o", std::string("\x7f"
                                "ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0",
                                18));
  const FilesToSend files = Find(folder_ + "/in");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files.begin()->first, std::string("App.pdb/") + kId + "/App.sym");
  EXPECT_TRUE(complaints_.empty());
}

TEST_F(SymbolsUploadFilesTest, WhatCannotBeSentIsSaid) {
  Write("bad.sym", "not symbols");
  Write("a.sym", std::string("MODULE Linux x86_64 ") + kId + " app\n");
  Write("b.sym", std::string("MODULE Linux x86_64 ") + kId + " app\n");
  EXPECT_EQ(Find(folder_ + "/in").size(), 1U);
  EXPECT_EQ(complaints_.size(), 2U);
  complaints_.clear();
  EXPECT_TRUE(Find(folder_ + "/none").empty());
  EXPECT_EQ(complaints_.size(), 1U);
}

TEST_F(SymbolsUploadFilesTest, SymbolsAreMadeOfBinaries) {
  if (access((std::string(CAIRN_BINARY_DIR) + "/bin/cairn-symgen").c_str(), X_OK) != 0) {
    GTEST_SKIP() << "cairn-symgen is not built";
  }
  const std::string binary = folder_ + "/in/app";
  std::filesystem::copy_file("/bin/true", binary);
  const FilesToSend files = Find(folder_ + "/in", true);
  ASSERT_EQ(files.size(), 2U) << (complaints_.empty() ? "" : complaints_[0]);
  EXPECT_EQ(files.begin()->second, binary);
  EXPECT_TRUE(files.begin()->first.ends_with("/app")) << files.begin()->first;
  EXPECT_TRUE(files.rbegin()->first.ends_with("/app.sym")) << files.rbegin()->first;
}

TEST_F(SymbolsUploadFilesTest, ABinaryAndItsDebugFileGiveOneSymbolFileWhereverTheyLie) {
  if (access((std::string(CAIRN_BINARY_DIR) + "/bin/cairn-symgen").c_str(), X_OK) != 0) {
    GTEST_SKIP() << "cairn-symgen is not built";
  }
  Write("a.cc", "int Twice(int x) { return x * 2; }\nint main(int count, char**) { return Twice(count); }\n");
  const std::string script = "cd " + folder_ +
                             "/in && g++ -g -O0 -Wl,--build-id a.cc -o small && mkdir debug && "
                             "objcopy --only-keep-debug small debug/small.debug && strip small";
  ASSERT_EQ(std::system(script.c_str()), 0);
  const FilesToSend files = Find(folder_ + "/in", true);
  EXPECT_TRUE(complaints_.empty()) << complaints_[0];
  ASSERT_EQ(files.size(), 3U);  // The program, the symbols, the debug file.
  const std::string key = files.begin()->first;
  const std::string parent = key.substr(0, key.rfind('/') + 1);
  EXPECT_EQ(files.begin()->second, folder_ + "/in/small");
  EXPECT_EQ(files.at(parent + "small.debug"), folder_ + "/in/debug/small.debug");
  const auto text = os::MappedFile::Open(files.at(parent + "small.sym"));
  ASSERT_TRUE(text);
  EXPECT_NE(base::AsText(text->bytes()).find(" Twice(int)\n"), std::string_view::npos);
  EXPECT_NE(base::AsText(text->bytes()).find("STACK CFI INIT "), std::string_view::npos);
}

}  // namespace
}  // namespace cairn::apps
