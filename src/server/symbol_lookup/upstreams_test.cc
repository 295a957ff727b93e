// Upstreams against servers on loopback, with the real cairn-worker.
#include "server/symbol_lookup/upstreams.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "base/hex.h"
#include "net/one_answer_for_test.h"
#include "os/clock.h"

namespace cairn::symbol_lookup {
namespace {

namespace fs = std::filesystem;

constexpr const char* kId = "0123456789ABCDEF0123456789ABCDEF0";

std::string SymbolsOf(const std::string& name, const std::string& id = kId) {
  return "MODULE Linux x86_64 " + id + " " + name + "\nFUNC 1000 10 0 f\n";
}
std::string Answer(const std::string& head, const std::string& body) {
  return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

model::Module ModuleNamed(const std::string& name) {
  model::Module module;
  module.debug_file = name;
  module.debug_id.text = kId;
  module.code_file = name;
  module.code_id = "beef";
  return module;
}

model::Module ElfModule() {
  model::Module module = ModuleNamed("libb.so");
  module.code_id = "67452301ab89efcd0123456789abcdef01234567";
  module.debug_id = model::DebugIdFromBuildId(*base::HexToBytes(module.code_id));
  return module;
}

// From now on.
std::int64_t After(std::int64_t milliseconds) { return os::MonotonicMillis() + milliseconds; }
constexpr std::int64_t kLong = 20'000;

class UpstreamsTest : public ::testing::Test {
 protected:
  UpstreamsTest() : folder_(fs::temp_directory_path() / ("cairn_upstreams_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "spool");
  }
  ~UpstreamsTest() override { fs::remove_all(folder_); }

  std::unique_ptr<Upstreams> Open(const std::string& url, bool allows_loopback = true,
                                  UpstreamKind kind = UpstreamKind::kBreakpad) {
    UpstreamsOptions options{.servers = {{url, kind}},
                             .cache_folder = folder_ / "cache",
                             .symgen_program = symgen_,
                             .worker = {.program = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker",
                                        .spool_folder = folder_ / "spool"}};
    if (allows_loopback) options.allowed_addresses.push_back(*net::AddressRange::Parse("127.0.0.0/8"));
    auto opened = Upstreams::Create(std::move(options));
    EXPECT_TRUE(opened);
    return *std::move(opened);
  }

  fs::path folder_;
  std::string symgen_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-symgen";
};

TEST_F(UpstreamsTest, ModuleIsFetchedOnceAndKept) {
  net::Answers server({Answer("200 OK", SymbolsOf("liba.so"))});
  {
    const auto upstreams = Open(server.url());
    EXPECT_FALSE(upstreams->Has(ModuleNamed("liba.so")));
    const auto cache = upstreams->FindCache(ModuleNamed("liba.so"), After(kLong));
    ASSERT_TRUE(cache);
    EXPECT_EQ(cache->downloaded_bytes, SymbolsOf("liba.so").size());
    const auto mapped = os::MappedFile::FromDescriptor(cache->file.get());
    ASSERT_TRUE(mapped);
    EXPECT_TRUE(base::AsText(mapped->bytes()).starts_with("CairnSym"));
    EXPECT_EQ(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong))->downloaded_bytes, 0u)
        << "it is here";
    const auto text = upstreams->FindText(ModuleNamed("liba.so"), After(kLong));
    ASSERT_TRUE(text);
    EXPECT_EQ(*os::ReadAll(text->get(), 1 << 20), SymbolsOf("liba.so"));
    EXPECT_EQ(upstreams->metrics().downloads.value(), 1u);
    EXPECT_EQ(upstreams->metrics().found.value(), 3u);
  }
  EXPECT_TRUE(Open(server.url())->Has(ModuleNamed("liba.so"))) << "it outlives the server";
  EXPECT_NE(server.Received(0).find("GET /path/liba.so/" + std::string(kId) +
                                    "/liba.so.sym?code_file=liba.so&code_id=BEEF "),
            std::string::npos);
}

TEST_F(UpstreamsTest, WhatIsNotThereIsNotAskedForAgain) {
  net::Answers server({Answer("404 Not Found", ""), Answer("200 OK", SymbolsOf("liba.so"))});
  const auto upstreams = Open(server.url());
  EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong)));
  EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong)));
  EXPECT_GE(upstreams->metrics().missing.value(), 1u);
  EXPECT_EQ(upstreams->metrics().failed.value(), 0u);
  EXPECT_EQ(server.Received(1), "");
}

TEST_F(UpstreamsTest, ServerThatIsBusyIsNotTakenForOneThatHasNothing) {
  net::Answers server({Answer("429 Too Many Requests", "")});
  const auto upstreams = Open(server.url());
  EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong)));
  EXPECT_EQ(upstreams->metrics().missing.value(), 0u);
  EXPECT_EQ(upstreams->metrics().failed.value(), 1u);
}

TEST_F(UpstreamsTest, AddressesThatAreNotPublicAreNotConnectedTo) {
  net::Answers server({Answer("200 OK", SymbolsOf("liba.so"))});
  const auto upstreams = Open(server.url(), false);
  EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong)));
  EXPECT_EQ(upstreams->metrics().failed.value(), 1u);
  EXPECT_EQ(server.Received(0), "");
}

TEST_F(UpstreamsTest, SymbolsOfAnotherBuildAndRubbishAreNotTaken) {
  for (const std::string& body :
       {SymbolsOf("liba.so", "99999999999999990123456789ABCDEF0"), std::string("<html>login</html>")}) {
    fs::remove_all(folder_ / "cache");
    net::Answers server({Answer("200 OK", body)});
    const auto upstreams = Open(server.url());
    EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong))) << body;
    EXPECT_FALSE(upstreams->Has(ModuleNamed("liba.so"))) << body;
    EXPECT_EQ(upstreams->metrics().failed.value(), 1u) << body;
  }
}

TEST_F(UpstreamsTest, WhoeverAsksDoesNotWaitForEver) {
  net::OneAnswer server("\r\n\r\n", "");  // Holds the connection.
  auto upstreams = Open(server.url());
  const std::int64_t start_ms = os::MonotonicMillis();
  EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(50)));
  EXPECT_LT(os::MonotonicMillis() - start_ms, 5'000);
  EXPECT_EQ(upstreams->metrics().not_yet.value(), 1u);
  upstreams.reset();  // Ends the download.
  EXPECT_LT(os::MonotonicMillis() - start_ms, 10'000);
}

TEST_F(UpstreamsTest, OtherLayoutsHaveTheirOwnPaths) {
  net::Answers symstore({Answer("404 Not Found", "")});
  model::Module windows = ModuleNamed("app.exe");
  windows.debug_file = "C:\\x\\app.pdb";
  EXPECT_FALSE(Open(symstore.url(), true, UpstreamKind::kSymstore)->FindCache(windows, After(kLong)));
  EXPECT_NE(symstore.Received(0).find("GET /path/app.pdb/" + std::string(kId) + "/app.pdb "),
            std::string::npos);

  net::Answers debuginfod({Answer("404 Not Found", ""), Answer("404 Not Found", "")});
  const model::Module linux_module = ElfModule();
  EXPECT_FALSE(
      Open(debuginfod.url(), true, UpstreamKind::kDebuginfod)->FindCache(linux_module, After(kLong)));
  EXPECT_NE(debuginfod.Received(0).find("GET /path/buildid/" + linux_module.code_id + "/debuginfo "),
            std::string::npos);
}

TEST_F(UpstreamsTest, DebugFileOfWhichNoSymbolsCanBeMadeIsNotKeptNorFetchedAgain) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers fight the sandbox's limits";
#endif
  net::Answers server({Answer("200 OK",
                              "\x7f"
                              "ELF and no more"),
                       Answer("404 Not Found", ""),
                       Answer("200 OK",
                              "\x7f"
                              "ELF and no more")});
  const auto upstreams = Open(server.url(), true, UpstreamKind::kDebuginfod);
  EXPECT_FALSE(upstreams->FindCache(ElfModule(), After(kLong)));
  EXPECT_FALSE(upstreams->FindCache(ElfModule(), After(kLong)));
  EXPECT_EQ(upstreams->metrics().downloads.value(), 1u);
  EXPECT_EQ(server.Received(2), "");
  EXPECT_FALSE(fs::exists(folder_ / "cache" / "debuginfod" / "buildid" / ElfModule().code_id / "debuginfo"));
}

TEST_F(UpstreamsTest, ConversionThatThisMachineFailedAtIsTriedAgainWithWhatWasDownloaded) {
  net::Answers server({Answer("200 OK",
                              "\x7f"
                              "ELF and no more"),
                       Answer("404 Not Found", "")});
  symgen_ = "/nowhere";
  const auto upstreams = Open(server.url(), true, UpstreamKind::kDebuginfod);
  EXPECT_FALSE(upstreams->FindCache(ElfModule(), After(kLong)));
  EXPECT_TRUE(fs::exists(folder_ / "cache" / "debuginfod" / "buildid" / ElfModule().code_id / "debuginfo"));
  EXPECT_FALSE(upstreams->FindCache(ElfModule(), After(kLong)));
  EXPECT_EQ(upstreams->metrics().downloads.value(), 1u);
}

TEST_F(UpstreamsTest, WhatComesAfterItWasNotThereIsTold) {
  net::Answers server({"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
                       Answer("200 OK", SymbolsOf("liba.so"))});
  const auto upstreams = Open(server.url());
  std::atomic<int> told = 0;
  upstreams->TellWhatComesLate(
      [&told](const model::Module& module) { told += module.debug_file == "liba.so"; });
  EXPECT_FALSE(upstreams->FindCache(ModuleNamed("liba.so"), After(kLong)));
  EXPECT_EQ(told, 0);
  const std::int64_t give_up_ms = After(kLong);
  while (!upstreams->FindCache(ModuleNamed("liba.so"), After(kLong)) && os::MonotonicMillis() < give_up_ms)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  upstreams->TellWhatComesLate({});
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace cairn::symbol_lookup
