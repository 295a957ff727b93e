// Which files cairn-symgen takes: folders, archives of several CPUs, and debug information that lies
// elsewhere.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/file.h"
#include "symgen_command.h"

namespace cairn {
namespace {

using namespace symgen_test;  // NOLINT: this file is about nothing else.
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Fixture(const std::string& name) { return std::string(FIXTURES) + "/" + name; }

std::ptrdiff_t CountLines(const std::string& text) { return std::ranges::count(text, '\n'); }

// A stripped copy of the library, and its debug file.
class StrippedLibrary : public SymgenCommand {
 protected:
  void SetUp() override {
    SymgenCommand::SetUp();
    ASSERT_TRUE(Shell("objcopy --only-keep-debug " + library_ + " library.debug && strip -o " + stripped_ +
                      " " + library_));
    whole_ = Run(library_).output;
    ASSERT_THAT(whole_, HasSubstr("FUNC "));
  }
  const std::string stripped_ = "libsymgen_library_dwarf5.so";
  std::string whole_;
};

TEST_F(StrippedLibrary, FindsItsDebugFileByTheLink) {
  ASSERT_TRUE(Shell("objcopy --add-gnu-debuglink=library.debug " + stripped_));
  EXPECT_EQ(Run(folder_ + "/" + stripped_).output, whole_);
  ASSERT_TRUE(Shell("mkdir .debug && mv library.debug .debug/"));
  EXPECT_EQ(Run(folder_ + "/" + stripped_).output, whole_);
}

TEST_F(StrippedLibrary, LinkWithoutBuildIdIsCheckedByItsChecksum) {
  const std::string no_id = "objcopy -R .note.gnu.build-id ";
  ASSERT_TRUE(Shell(no_id + "library.debug && " + no_id + stripped_ +
                    " && objcopy --add-gnu-debuglink=library.debug " + stripped_));
  EXPECT_THAT(Run(folder_ + "/" + stripped_).output, HasSubstr("FUNC "));
  ASSERT_TRUE(Shell("printf x >> library.debug"));
  const Outcome outcome = Run(folder_ + "/" + stripped_);
  EXPECT_THAT(outcome.output, Not(HasSubstr("FUNC ")));
  EXPECT_THAT(outcome.errors, HasSubstr("no debug information"));
}

TEST_F(StrippedLibrary, FindsItsDebugFileByBuildId) {
  ASSERT_TRUE(Shell("id=$(readelf -n " + stripped_ +
                    " | sed -n 's/.*Build ID: //p') && mkdir -p debug/.build-id/$(echo $id | cut -c1-2) && "
                    "mv library.debug debug/.build-id/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-).debug"));
  EXPECT_EQ(Run("--debug-folder " + folder_ + "/debug " + folder_ + "/" + stripped_).output, whole_);
}

TEST_F(StrippedLibrary, FolderOfBothGivesOneSymbolFile) {
  ASSERT_TRUE(Shell("mkdir in && mv library.debug in/ && cp " + stripped_ +
                    " in/ && echo text > in/readme && cp " + Fixture("macos-arm64.o") + " in/"));
  const Outcome outcome = Run("--store " + folder_ + "/store " + folder_ + "/in");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  ASSERT_EQ(CountLines(outcome.output), 1) << outcome.output;
  EXPECT_EQ(*os::ReadFile(outcome.output.substr(0, outcome.output.size() - 1), kMaxOutputBytes), whole_);
}

TEST_F(StrippedLibrary, DebugFileOfAnotherBuildIsRefused) {
  const Outcome outcome = Run(folder_ + "/" + stripped_ + " --debug-file " + program_);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, HasSubstr("it belongs to another build"));
}

TEST_F(SymgenCommand, CompressedSectionsGiveTheSameSymbols) {
  const std::string whole = Run(library_).output;
  for (const char* const kind : {"zlib", "zlib-gnu", "zstd"}) {
    // Old objcopies do not know all kinds.
    if (!Shell("objcopy --compress-debug-sections=" + std::string(kind) + " " + library_ + " " + kind +
               " 2>/dev/null"))
      continue;
    EXPECT_TRUE(Run(folder_ + "/" + kind + " --name libsymgen_library_dwarf5.so").output == whole) << kind;
  }
}

// Two programs that share debug information, as dwz lays it out for Debian's packages.
TEST_F(SymgenCommand, SharedDebugInformationIsFollowed) {
  if (std::system("dwz --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "dwz is not installed";
  for (const std::string version : {"4", "5"}) {
    const std::string library = "libsymgen_library_dwarf" + version + ".so";
    const std::string program = "symgen_sample_dwarf" + version;
    const std::string from = std::string(SAMPLES) + "/";
    ASSERT_TRUE(Shell("cp " + from + library + " " + from + program + " . && dwz -m shared" + version + " " +
                      library + " " + program));
    ASSERT_TRUE(Shell("readelf -SW " + program + " | grep -q gnu_debugaltlink"));
    for (const std::string& name : {library, program}) {
      const Outcome outcome = Run(folder_ + "/" + name);
      EXPECT_EQ(outcome.errors, "");
      EXPECT_TRUE(outcome.output == Run(from + name).output) << name;
    }
    ASSERT_TRUE(Shell("rm shared" + version));
    EXPECT_THAT(Run(folder_ + "/" + program).errors, HasSubstr("shared" + version))
        << "what is missing is named";
  }
}

TEST_F(SymgenCommand, PdbIsFoundBesideItsImage) {
  ASSERT_TRUE(Shell("cp " + Fixture("msvc-x86_64.dll") + " " + Fixture("msvc-x86_64.pdb") + " ."));
  const Outcome image = Run(folder_ + "/msvc-x86_64.dll");
  EXPECT_EQ(image.errors, "");
  EXPECT_THAT(image.output, StartsWith("MODULE windows x86_64 "));
  EXPECT_THAT(image.output, HasSubstr(" msvc-x86_64.pdb\nINFO CODE_ID "));
  EXPECT_THAT(image.output, HasSubstr("\nSTACK CFI INIT "));
  const Outcome alone = Run(folder_ + "/msvc-x86_64.pdb");
  EXPECT_EQ(alone.exit_code, 0);
  EXPECT_THAT(alone.output, HasSubstr("\nFUNC "));
  EXPECT_THAT(alone.output, Not(HasSubstr("INFO CODE_ID")));
  EXPECT_EQ(alone.output.substr(0, alone.output.find('\n')), image.output.substr(0, image.output.find('\n')));
  const Outcome store = Run("--store " + folder_ + "/store " + folder_);
  EXPECT_EQ(CountLines(store.output), 1) << store.output;
  EXPECT_THAT(store.output, testing::EndsWith("/msvc-x86_64.sym\n"));
}

TEST_F(SymgenCommand, PdbOfAnotherBuildIsPassedOver) {
  ASSERT_TRUE(Shell("cp " + Fixture("msvc-x86_64.dll") + " . && cp " + Fixture("msvc-i686.pdb") +
                    " msvc-x86_64.pdb"));
  const Outcome found = Run(folder_ + "/msvc-x86_64.dll --debug-file " + folder_ + "/msvc-x86_64.pdb");
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.errors, HasSubstr("GUID of the PDB: it belongs to another build"));
}

TEST_F(SymgenCommand, ImageWithoutIdIsAnErrorThatSaysHowToGetOne) {
  const Outcome outcome = Run(Fixture("mingw-no-id.dll"));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, HasSubstr("--build-id"));
}

TEST_F(SymgenCommand, FatArchiveGivesASymbolFileForEachCpu) {
  const Outcome outcome = Run("--store " + folder_ + "/store " + Fixture("macos-fat.dylib"));
  EXPECT_EQ(outcome.errors, "");
  ASSERT_EQ(CountLines(outcome.output), 2) << outcome.output;
  const std::size_t end = outcome.output.find('\n');
  const std::string first = *os::ReadFile(outcome.output.substr(0, end), kMaxOutputBytes);
  const std::string second =
      *os::ReadFile(outcome.output.substr(end + 1, outcome.output.size() - end - 2), kMaxOutputBytes);
  EXPECT_THAT(first, StartsWith("MODULE mac x86_64 "));
  EXPECT_THAT(second, StartsWith("MODULE mac arm64 "));
  for (const std::string& symbols : {first, second}) {
    EXPECT_THAT(symbols, HasSubstr(" macos-fat.dylib\n"));
    EXPECT_THAT(symbols, HasSubstr("\nFUNC "));
    EXPECT_THAT(symbols, HasSubstr("\nSTACK CFI INIT "));
  }
  EXPECT_EQ(Run(Fixture("macos-fat.dylib")).exit_code, 2)
      << "two symbol files have no place on standard output";
}

TEST_F(SymgenCommand, BundleAloneHasNoCompactUnwindTables) {
  const Outcome bundle = Run(Fixture("macos-arm64.dylib.dSYM"));
  EXPECT_EQ(bundle.exit_code, 0) << bundle.errors;
  const std::string whole = Run(Fixture("macos-arm64.dylib")).output;
  EXPECT_THAT(whole, StartsWith(bundle.output.substr(0, bundle.output.find("\nSTACK"))));
  EXPECT_LT(CountLines(bundle.output), CountLines(whole));
}

TEST_F(SymgenCommand, AnyNumberOfThreadsAndRunsGivesTheSameBytes) {
  const std::string all = Fixture("") + " " + SAMPLES;
  const Outcome one = Run("-j 1 --store " + folder_ + "/one " + all);
  const Outcome many = Run("-j 7 --store " + folder_ + "/many " + all);
  EXPECT_EQ(one.exit_code, many.exit_code);
  EXPECT_EQ(one.errors, many.errors);
  EXPECT_EQ(CountLines(one.output), CountLines(many.output));
  EXPECT_GT(CountLines(one.output), 8);
  EXPECT_TRUE(Shell("diff -r one many"));
}

TEST_F(SymgenCommand, FolderWithoutBinariesIsAnError) {
  ASSERT_TRUE(Shell("mkdir empty && echo text > empty/readme"));
  const Outcome outcome = Run("--store " + folder_ + "/store " + folder_ + "/empty");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("no binary below it"));
}

TEST_F(SymgenCommand, FullDiskLeavesNoPartOfASymbolFile) {
  const Outcome outcome = Run(library_ + " -o /dev/full");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.errors, HasSubstr("No space left"));
}

}  // namespace
}  // namespace cairn
