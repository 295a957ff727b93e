#include "symbols/module_paths.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cairn::symbols {
namespace {

model::Module Dll() {
  model::Module module;
  module.code_file = "C:\\app\\Xul.dll";
  module.code_id = "62b0e4e0712F000";
  module.debug_file = "C:\\build\\Xul.pdb";
  module.debug_id = {"44E4EC8C2F41492B9369D6B9A059577Ca"};
  return module;
}

bool Has(const std::vector<std::string>& paths, const std::string& path) {
  return std::ranges::find(paths, path) != paths.end();
}

TEST(ModulePathsTest, KeyIsByDebugIdElseByCodeId) {
  EXPECT_EQ(ModuleKey(Dll()), "Xul.pdb/44E4EC8C2F41492B9369D6B9A059577Ca/Xul.sym");
  model::Module stripped = Dll();
  stripped.debug_file.clear();
  stripped.debug_id = {};
  EXPECT_EQ(ModuleKey(stripped), "Xul.dll/62B0E4E0712F000/Xul.sym");
  EXPECT_EQ(ModuleKey(model::Module{}), "");
}

TEST(ModulePathsTest, FoldersAreAskedForOtherSpellings) {
  const std::vector<std::string> paths = SymbolFilePaths(Dll());
  EXPECT_EQ(paths.front(), ModuleKey(Dll()));
  EXPECT_TRUE(Has(paths, "xul.pdb/44E4EC8C2F41492B9369D6B9A059577CA/xul.sym"));
  EXPECT_TRUE(Has(paths, "XUL.PDB/44E4EC8C2F41492B9369D6B9A059577Ca/XUL.sym"));
  EXPECT_TRUE(Has(paths, "Xul.dll/62b0e4e0712f000/Xul.sym"));
  EXPECT_TRUE(Has(BinaryPaths(Dll()), "Xul.dll/62B0E4E0712f000/Xul.dll"));
  EXPECT_EQ(PdbPath(Dll()), "Xul.pdb/44E4EC8C2F41492B9369D6B9A059577Ca/Xul.pdb");
  model::Module with_pdb = Dll();
  with_pdb.debug_file = "C:\\build\\Xul.PDB";
  EXPECT_EQ(PdbPath(with_pdb), "Xul.PDB/44E4EC8C2F41492B9369D6B9A059577Ca/Xul.PDB");
  model::Module elf;
  elf.debug_file = "/usr/lib/libFoo.so";
  elf.debug_id = {"44E4EC8C2F41492B9369D6B9A059577C0"};
  EXPECT_EQ(PdbPath(elf), "");
  for (const std::string& path : SymbolFilePaths(elf)) EXPECT_TRUE(path.starts_with("libFoo.so/")) << path;
}

TEST(ModulePathsTest, NothingLeadsOutOfAFolder) {
  model::Module evil;
  evil.code_file = "..";
  evil.code_id = "1234";
  EXPECT_TRUE(SymbolFilePaths(evil).empty());
  EXPECT_TRUE(BinaryPaths(evil).empty());
  evil.code_file = "a.dll";
  evil.code_id = "../../etc";
  EXPECT_EQ(ModuleKey(evil), "");
}

TEST(ModulePathsTest, UrlsAreEscapedAndSayWhatIsWanted) {
  model::Module module = Dll();
  module.debug_file = "my app+?#.pdb";
  EXPECT_EQ(SymbolUrlPath(module),
            "my%20app%2B%3F%23.pdb/44E4EC8C2F41492B9369D6B9A059577Ca/my%20app%2B%3F%23.sym"
            "?code_file=Xul.dll&code_id=62B0E4E0712F000");
}

TEST(ModulePathsTest, BuildIdIsOfElfModulesAlone) {
  EXPECT_EQ(BuildId(Dll()), "");
  model::Module elf;
  elf.code_id = "33221100554477668899aabbccddeeff01020304";
  elf.debug_id = {"00112233445566778899AABBCCDDEEFF0"};
  EXPECT_EQ(BuildId(elf), elf.code_id);
  elf.debug_id = {"10112233445566778899AABBCCDDEEFF0"};
  EXPECT_EQ(BuildId(elf), "");
}

}  // namespace
}  // namespace cairn::symbols
