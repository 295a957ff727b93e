// Runs cairn-symgen as scripts do, in a folder of its own.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "os/file.h"

namespace cairn::symgen_test {

inline constexpr std::size_t kMaxOutputBytes = 64 << 20;

struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

class SymgenCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/symgen.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { (void)std::system(("rm -r '" + folder_ + "'").c_str()); }

  Outcome Run(const std::string& arguments) const {
    const std::string command =
        std::string(CAIRN_SYMGEN) + " " + arguments + " >" + folder_ + "/out 2>" + folder_ + "/err";
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), *os::ReadFile(folder_ + "/out", kMaxOutputBytes),
            *os::ReadFile(folder_ + "/err", kMaxOutputBytes)};
  }

  // In the folder, by the shell; whether it succeeded.
  bool Shell(const std::string& command) const {
    return std::system(("cd '" + folder_ + "' && " + command).c_str()) == 0;
  }

  std::string folder_;
  const std::string library_ = std::string(SAMPLES) + "/libsymgen_library_dwarf5.so";
  const std::string program_ = std::string(SAMPLES) + "/symgen_sample_dwarf5";
};

}  // namespace cairn::symgen_test
