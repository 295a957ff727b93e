#include "apps/ping_signature_command.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/worker/jobs.h"
#include "server/worker/outcome.h"
#include "symbols/symbol_finder.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kSymbols =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 crashy\n"
    "FILE 0 main.cc\n"
    "FUNC 1000 20 0 draw(int)\n"
    "1000 20 7 0\n"
    "FUNC 1100 20 0 main\n"
    "1100 20 9 0\n";

// The stack draw(int) <- main, with the annotations of a kill for want of memory or without.
std::string Ping(const std::string& metadata) {
  return R"({"type":"crash","version":4,"application":{"name":"Crashy","channel":"release","architecture":"x86-64"},
    "payload":{"metadata":{)" +
         metadata + R"(},"stackTraces":{"status":"OK","crash_info":{"type":"SIGSEGV","address":"0x8",
    "crashing_thread":0},"modules":[{"base_addr":"0x10000","end_addr":"0x20000","filename":"crashy",
    "debug_file":"crashy","debug_id":"0123456789ABCDEF0123456789ABCDEF0"}],"threads":[{"frames":[
    {"ip":"0x11008","module_index":0,"trust":"context"},{"ip":"0x1110f","module_index":0,"trust":"cfi"}]}]}}})";
}

class PingSignatureTest : public ::testing::Test {
 protected:
  PingSignatureTest() {
    folder_ = std::filesystem::temp_directory_path() / ("ping_signature_test." + std::to_string(getpid()));
    Write("symbols/crashy/0123456789ABCDEF0123456789ABCDEF0/crashy.sym", kSymbols);
  }
  ~PingSignatureTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, std::string_view text) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  std::string Symbols() const { return folder_ / "symbols"; }

  int Run(const Arguments& arguments) {
    output_.str("");
    errors_.str("");
    return SignPings(arguments, output_, errors_);
  }

  // What a worker of a server makes of it.
  std::string SignatureByServer(const std::string& json) {
    symbols::SymbolFinder finder({.folders = {Symbols()}});
    std::vector<std::unique_ptr<symbols::LoadedSymbols>> loaded;
    const auto give = [&](const model::Module& module) {
      return &loaded.emplace_back(*finder.Find(module))->symbols();
    };
    return worker::ReadOutcome(*worker::ProcessPing(json, give))->signature;
  }

  std::filesystem::path folder_;
  std::ostringstream output_;
  std::ostringstream errors_;
};

TEST_F(PingSignatureTest, TheSignatureIsTheOneThatAServerGives) {
  // Annotations count as well.
  for (const auto& [metadata, signature] :
       {std::pair(R"("UptimeTS":"1")", "draw"), std::pair(R"("OOMAllocationSize":"16384")", "OOM | small")}) {
    const std::string ping = Write("ping.json", Ping(metadata));
    EXPECT_EQ(Run({"--symbols-path", Symbols(), "--no-symbols-cache", ping}), kExitOk) << errors_.str();
    EXPECT_EQ(output_.str(), ping + ": " + signature + "\n");
    EXPECT_EQ(SignatureByServer(Ping(metadata)), signature);
  }
}

TEST_F(PingSignatureTest, WithoutSymbolsItIsMadeOfModules) {
  const std::string ping = Write("ping.json", Ping(""));
  EXPECT_EQ(Run({ping}), kExitOk);
  EXPECT_EQ(output_.str(), ping + ": crashy\n");
  EXPECT_EQ(Run({"--symbols-path", folder_ / "nowhere", "--no-symbols-cache", ping}), kExitOk);
  EXPECT_EQ(output_.str(), ping + ": crashy\n");
  EXPECT_NE(errors_.str().find("no symbols come of it"), std::string::npos) << errors_.str();
  EXPECT_EQ(Run({Write("empty.json", "{}")}), kExitOk);
  EXPECT_NE(output_.str().find(": EMPTY: "), std::string::npos) << output_.str();
}

TEST_F(PingSignatureTest, JsonSaysMore) {
  const std::string ping = Write("ping.json", Ping(""));
  EXPECT_EQ(Run({"--json", "--symbols-path", Symbols(), "--symbols-cache", folder_ / "cache", ping}),
            kExitOk);
  EXPECT_EQ(output_.str(), R"({"file":")" + ping +
                               R"(","signature":"draw","proto_signature":"draw | main","notes":[]})" + "\n");
}

TEST_F(PingSignatureTest, TheWorstOfSeveralCounts) {
  const std::string good = Write("good.json", Ping(""));
  const std::string bad = Write("bad.json", "hello");
  EXPECT_EQ(Run({bad, good}), kExitProblem);
  EXPECT_NE(errors_.str().find(bad + ": ping: it is no JSON object"), std::string::npos) << errors_.str();
  EXPECT_NE(output_.str().find(good + ": "), std::string::npos);
  EXPECT_EQ(Run({bad, folder_ / "absent.json"}), kExitFailure);
  EXPECT_EQ(Run({}), kExitUsage);
  EXPECT_EQ(Run({"--symbols-url", "ftp://example.org", good}), kExitUsage);
  EXPECT_NE(errors_.str().find("ftp://example.org: not the URL of a server"), std::string::npos);
}

}  // namespace
}  // namespace cairn::apps
