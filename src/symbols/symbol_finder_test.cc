#include "symbols/symbol_finder.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

namespace cairn::symbols {
namespace {

namespace fs = std::filesystem;

constexpr const char* kId = "0123456789ABCDEF0123456789ABCDEFA";

model::Module ModuleNamed(const std::string& debug_file) {
  model::Module module;
  module.debug_file = debug_file;
  module.debug_id = {kId};
  return module;
}

class SymbolFinderTest : public testing::Test {
 protected:
  SymbolFinderTest() {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("cairn_symbol_finder_" + std::string(info->name()) + "_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~SymbolFinderTest() override { fs::remove_all(folder_); }

  // Writes a symbol file whose only function is called `function`.
  fs::path WriteSymbols(const std::string& root, const std::string& name, const std::string& function,
                        const std::string& id = kId) {
    const fs::path folder = folder_ / root / name / id;
    fs::create_directories(folder);
    std::ofstream(folder / (name + ".sym"))
        << "MODULE Linux x86_64 " << id << " " << name << "\nFUNC 1000 10 0 " << function << "\n";
    return folder / (name + ".sym");
  }

  SymbolFinderOptions Options() const {
    return {.folders = {folder_ / "first", folder_ / "second"}, .cache_folder = folder_ / "cache"};
  }

  static std::string NameIn(SymbolFinder& finder, const model::Module& module) {
    const auto found = finder.Find(module);
    if (!found) return std::string(base::CodeSentence(found.error().code));
    const auto symbol = (*found)->symbols().Symbolize({0x1008});
    return symbol ? symbol->location.function : "(none)";
  }

  std::size_t CacheFiles() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "cache"))
      count += entry.path().extension() == ".symcache";
    return count;
  }

  fs::path folder_;
};

TEST_F(SymbolFinderTest, CompilesOnceAndThenMapsTheCache) {
  WriteSymbols("second", "libfoo.so", "foo");
  SymbolFinder finder(Options());
  EXPECT_EQ(NameIn(finder, ModuleNamed("/usr/lib/libfoo.so")), "foo");
  EXPECT_EQ(NameIn(finder, ModuleNamed("/usr/lib/libfoo.so")), "foo");
  EXPECT_EQ(finder.counts().compiles, 1u);
  EXPECT_EQ(finder.counts().cache_hits, 1u);
  SymbolFinder later(Options());
  EXPECT_EQ(NameIn(later, ModuleNamed("libfoo.so")), "foo");
  EXPECT_EQ(later.counts().compiles, 0u) << "the cache outlives its finder";
}

TEST_F(SymbolFinderTest, FirstFolderThatHasTheFileWins) {
  WriteSymbols("second", "libfoo.so", "from_second");
  SymbolFinder before(Options());
  EXPECT_EQ(NameIn(before, ModuleNamed("libfoo.so")), "from_second");
  WriteSymbols("first", "libfoo.so", "from_first");
  SymbolFinder after(Options());
  EXPECT_EQ(NameIn(after, ModuleNamed("libfoo.so")), "from_first");
}

TEST_F(SymbolFinderTest, ChangedSymbolFileIsCompiledAnew) {
  const fs::path path = WriteSymbols("first", "libfoo.so", "old_name");
  SymbolFinder finder(Options());
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "old_name");
  const auto held = finder.Find(ModuleNamed("libfoo.so"));
  WriteSymbols("first", "libfoo.so", "new_name");
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(2));
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "new_name");
  EXPECT_EQ(CacheFiles(), 1u) << "the cache of the old file is removed";
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ((*held)->symbols().Symbolize({0x1000})->location.function, "old_name") << "what is in use stays";
}

TEST_F(SymbolFinderTest, DamagedCacheIsReplaced) {
  WriteSymbols("first", "libfoo.so", "foo");
  SymbolFinder finder(Options());
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "foo");
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "cache")) {
    if (entry.path().extension() == ".symcache") fs::resize_file(entry.path(), 100);
  }
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "foo");
  EXPECT_EQ(finder.counts().compiles, 2u);
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "foo");
  EXPECT_EQ(finder.counts().compiles, 2u);
}

TEST_F(SymbolFinderTest, AgeMayBeWrittenInLowerCase) {
  WriteSymbols("first", "libfoo.so", "foo", "0123456789ABCDEF0123456789ABCDEFa");
  SymbolFinder finder(Options());
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "foo");
}

TEST_F(SymbolFinderTest, AbsenceIsRememberedAndTyped) {
  SymbolFinder finder(Options());
  EXPECT_EQ(finder.Find(ModuleNamed("libnone.so")).error().code, base::Code::kNotFound);
  EXPECT_EQ(finder.Find(ModuleNamed("libnone.so")).error().code, base::Code::kNotFound);
  EXPECT_EQ(finder.counts().absent, 1u);
  EXPECT_EQ(finder.Find(model::Module{}).error().code, base::Code::kNotFound);
}

TEST_F(SymbolFinderTest, MalformedFileIsReadOnceUntilItChanges) {
  const fs::path path = WriteSymbols("first", "libfoo.so", "foo");
  std::ofstream(path) << "<html>Not found</html>";
  SymbolFinder finder(Options());
  EXPECT_EQ(finder.Find(ModuleNamed("libfoo.so")).error().code, base::Code::kBadMagic);
  EXPECT_EQ(finder.Find(ModuleNamed("libfoo.so")).error().code, base::Code::kBadMagic);
  EXPECT_EQ(finder.counts().absent, 1u);
  WriteSymbols("first", "libfoo.so", "foo");
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "foo");
}

TEST_F(SymbolFinderTest, FileInTheWayOfAFolderHidesNothing) {
  fs::create_directories(folder_ / "first");
  std::ofstream(folder_ / "first" / "libfoo.so") << "x";
  WriteSymbols("second", "libfoo.so", "foo");
  SymbolFinder finder(Options());
  EXPECT_EQ(NameIn(finder, ModuleNamed("libfoo.so")), "foo");
}

TEST_F(SymbolFinderTest, WorksWithoutACacheFolderAndWithAnUnwritableOne) {
  WriteSymbols("first", "libfoo.so", "foo");
  SymbolFinder in_memory({.folders = {folder_ / "first"}});
  EXPECT_EQ(NameIn(in_memory, ModuleNamed("libfoo.so")), "foo");
  std::ofstream(folder_ / "file") << "x";
  SymbolFinder unwritable({.folders = {folder_ / "first"}, .cache_folder = folder_ / "file" / "cache"});
  EXPECT_EQ(NameIn(unwritable, ModuleNamed("libfoo.so")), "foo");
  EXPECT_EQ(unwritable.counts().unwritten_caches, 1u);
}

TEST_F(SymbolFinderTest, ManyThreadsShareOneCompile) {
  WriteSymbols("first", "libfoo.so", "foo");
  SymbolFinder finder(Options());
  std::vector<std::string> names(8);
  std::vector<std::thread> threads;
  for (std::string& name : names) {
    threads.emplace_back([&] { name = NameIn(finder, ModuleNamed("libfoo.so")); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(names, std::vector<std::string>(8, "foo"));
  const SymbolFinderCounts counts = finder.counts();
  EXPECT_EQ(counts.compiles, 1u);
  EXPECT_EQ(counts.compiles + counts.shared + counts.cache_hits, 8u);
}

}  // namespace
}  // namespace cairn::symbols
