#include "apps/symbols_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace cairn::apps {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSymbols =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n"
    "FILE 0 a.c\nFUNC 1000 10 0 main\n1000 10 7 0\nPUBLIC 2000 0 exported\n";

struct Answer {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

class SymbolsCommand : public testing::Test {
 protected:
  SymbolsCommand()
      : folder_(fs::temp_directory_path() / ("cairn_symbols_command_" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~SymbolsCommand() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  static Answer Run(int (*command)(const Arguments&, std::ostream&, std::ostream&),
                    const Arguments& arguments) {
    std::ostringstream output, errors;
    Answer answer;
    answer.exit_code = command(arguments, output, errors);
    answer.output = output.str();
    answer.errors = errors.str();
    return answer;
  }
  static Answer Check(const Arguments& arguments) { return Run(RunSymbolsCheck, arguments); }
  static Answer Compile(const Arguments& arguments) { return Run(RunSymbolsCompile, arguments); }

  fs::path folder_;
};

TEST_F(SymbolsCommand, CheckSaysWhatAFileHolds) {
  const std::string path = Write("a.out.sym", kSymbols);
  const Answer answer = Check({path});
  EXPECT_EQ(answer.exit_code, kExitOk);
  EXPECT_EQ(
      answer.output,
      path +
          ": ok: symbols of a.out 0123456789ABCDEF0123456789ABCDEF0 (Linux x86_64): 1 functions, 1 lines, "
          "0 inlined ranges, 1 exports, 0 unwind ranges\n");
  EXPECT_EQ(answer.errors, "");
}

TEST_F(SymbolsCommand, CheckNamesEachBadLine) {
  const std::string path = Write("a.out.sym", std::string(kSymbols) + "FUNC zz 10 0 f\n");
  const Answer answer = Check({path});
  EXPECT_EQ(answer.exit_code, kExitProblem);
  EXPECT_EQ(answer.errors, "cairn symbols check: " + path +
                               ":6 (byte 126): `FUNC zz 10 0 f`: FUNC: address, size or parameter size is "
                               "not a hexadecimal number: "
                               "the line is left out\n");
  EXPECT_NE(answer.output.find(": damaged: "), std::string::npos);
}

TEST_F(SymbolsCommand, CheckSaysWhereAFileOfAnotherModuleBelongs) {
  const std::string id = "0123456789ABCDEF0123456789ABCDEF0";
  const std::string other = "1123456789ABCDEF0123456789ABCDEF0";
  fs::create_directories(folder_ / "a.out" / id);
  fs::create_directories(folder_ / "a.out" / other);
  EXPECT_EQ(Check({Write("a.out/" + id + "/a.out.sym", kSymbols)}).exit_code, kExitOk);
  const std::string path = Write("a.out/" + other + "/a.out.sym", kSymbols);
  const Answer answer = Check({path});
  EXPECT_EQ(answer.exit_code, kExitProblem);
  EXPECT_EQ(answer.errors, "cairn symbols check: " + path + ":1: the MODULE line is of a.out/" + id +
                               "/a.out.sym: no lookup finds it here, move it there\n");
}

TEST_F(SymbolsCommand, WorstFileSetsTheExitCode) {
  const std::string good = Write("a.out.sym", kSymbols);
  EXPECT_EQ(Check({good, Write("page.sym", "<html>")}).exit_code, kExitProblem);
  EXPECT_EQ(Check({good, good + ".none"}).exit_code, kExitFailure);
  EXPECT_EQ(Check({}).exit_code, kExitUsage);
  EXPECT_EQ(Check({"--nonsense", good}).exit_code, kExitUsage);
}

TEST_F(SymbolsCommand, CompileWritesACacheThatCheckAccepts) {
  const std::string path = Write("a.out.sym", kSymbols);
  const Answer compiled = Compile({path});
  EXPECT_EQ(compiled.exit_code, kExitOk);
  EXPECT_EQ(compiled.output, path + ".symcache\n");
  const Answer checked = Check({path + ".symcache"});
  EXPECT_EQ(checked.exit_code, kExitOk);
  EXPECT_NE(checked.output.find("ok: compiled symbols of a.out"), std::string::npos);
  // One byte of the last text is damaged.
  std::fstream file(path + ".symcache", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-1, std::ios::end);
  file.put('~');
  file.close();
  EXPECT_EQ(Check({path + ".symcache"}).exit_code, kExitProblem);
}

TEST_F(SymbolsCommand, CompileGoesToTheOutputThatIsGiven) {
  const std::string path = Write("a.out.sym", std::string(kSymbols) + "rubbish\n");
  const std::string target = folder_ / "target";
  const Answer answer = Compile({"-o", target, path});
  EXPECT_EQ(answer.exit_code, kExitOk);
  EXPECT_TRUE(fs::exists(target));
  EXPECT_NE(answer.errors.find("1 of 6 lines are left out"), std::string::npos);
  EXPECT_EQ(Compile({"-o", target, path, path}).exit_code, kExitUsage);
  EXPECT_EQ(Compile({"-o", folder_ / "none" / "target", path}).exit_code, kExitFailure);
}

}  // namespace
}  // namespace cairn::apps
