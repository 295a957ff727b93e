#include "apps/replay_modules.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

TEST(ReplayModulesTest, MadeUpSymbolFilesSayWhatTheModulesAre) {
  const store::TemporaryFolder folder;
  std::vector<ReplayModule> made_up = MadeUpModules();
  ASSERT_TRUE(WriteSymbolFiles(made_up, folder.Path("symbols")));
  const base::Result<std::vector<ReplayModule>> read = ReadModulesOf(folder.Path("symbols"));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), made_up.size());
  std::set<std::string> ids;
  for (const ReplayModule& module : made_up) {
    const auto same = std::ranges::find(*read, module.file, &ReplayModule::file);
    ASSERT_NE(same, read->end()) << module.file;
    EXPECT_EQ(same->debug_id, module.debug_id);
    EXPECT_EQ(same->build_id, module.build_id);
    ASSERT_EQ(same->functions.size(), module.functions.size());
    EXPECT_EQ(same->functions.back().offset, module.functions.back().offset);
    EXPECT_EQ(same->functions.back().name, module.functions.back().name);
    EXPECT_LE(module.functions.back().offset + module.functions.back().bytes, module.bytes);
    ids.insert(module.debug_id);
  }
  EXPECT_EQ(ids.size(), made_up.size());
}

TEST(ReplayModulesTest, ReadsTheFunctionsOfASymbolFile) {
  const base::Result<ReplayModule> module = ReadModuleOf(
      "MODULE Linux x86_64 33221100554477668899AABBCCDDEEFF0 my app\r\n"
      "FILE 0 /src/a.cc\n"
      "FUNC m 1000 20 0 Outer(int, char)\n"
      "1000 20 7 0\n"
      "FUNC 30 zz 0 Broken()\n"
      "PUBLIC 2000 0 Exported\n"
      "FUNC 40 5 0 Inner()");
  ASSERT_TRUE(module);
  EXPECT_EQ(module->file, "my app");
  EXPECT_EQ(module->debug_id, "33221100554477668899AABBCCDDEEFF0");
  ASSERT_EQ(module->functions.size(), 2U);
  EXPECT_EQ(module->functions[0].name, "Outer(int, char)");
  EXPECT_EQ(module->functions[0].offset, 0x1000U);
  EXPECT_EQ(module->functions[1].bytes, 5U);
  EXPECT_EQ(module->bytes, 0x2000U);
}

TEST(ReplayModulesTest, WhatIsNoSymbolFileIsRefused) {
  for (const char* const text :
       {"", "FUNC 1 2 0 f\n", "MODULE Linux x86_64\n", "MODULE Linux x86_64 12 app\n"}) {
    const base::Result<ReplayModule> module = ReadModuleOf(text);
    ASSERT_FALSE(module) << text;
    EXPECT_EQ(module.error().code, base::Code::kBadMagic) << text;
  }
  const store::TemporaryFolder folder;
  EXPECT_FALSE(ReadModulesOf(folder.Path("")));
}

}  // namespace
}  // namespace cairn::apps
