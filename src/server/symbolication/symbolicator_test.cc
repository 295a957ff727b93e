#include "server/symbolication/symbolicator.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "formats/symfile/compile.h"
#include "server/symbolication/symbolication_routes.h"

namespace cairn::symbolication {
namespace {

namespace fs = std::filesystem;

constexpr const char* kId = "0123456789ABCDEF0123456789ABCDEF0";

class SymbolicatorTest : public ::testing::Test {
 protected:
  SymbolicatorTest()
      : folder_(fs::temp_directory_path() / ("cairn_symbolicator_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~SymbolicatorTest() override { fs::remove_all(folder_); }

  // A cache of a module with one function at 0x1000.
  void Write(const std::string& name, const std::string& function, const std::string& more = "") {
    const std::string text = "MODULE Linux x86_64 " + std::string(kId) + " " + name + "\n" + more +
                             "FUNC 1000 100 0 " + function + "\n";
    const auto compiled = symfile::CompileSymbolCache(base::AsBytes(text));
    ASSERT_TRUE(compiled);
    ASSERT_TRUE(os::WriteFileDurably(folder_ / name, compiled->cache));
  }

  std::optional<FoundCache> Find(const model::Module& module) {
    {
      const std::lock_guard lock(mutex_);
      asked_.insert(module.debug_file + "/" + module.debug_id.text);
    }
    auto file = os::OpenForReading(folder_ / module.debug_file);
    if (!file) return std::nullopt;
    return FoundCache{*std::move(file), std::exchange(downloaded_bytes_, 0)};
  }

  std::string Ask(const std::string& body, Symbolicator::Debug debug = Symbolicator::Debug::kLeftOut) {
    return TextOf(symbolicator_.Answer(body, ApiVersion::kV5, debug));
  }

  static std::string TextOf(const http::Response& response) {
    return std::accumulate(response.more.begin(), response.more.end(), response.body);
  }
  static std::string Request(const std::string& name) {
    return R"({"memoryMap":[[")" + name + R"(",")" + kId + R"("]],"stacks":[[[0,4112]]]})";
  }
  static bool Has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  fs::path folder_;
  std::mutex mutex_;
  std::set<std::string> asked_;         // GUARDED_BY(mutex_)
  std::uint64_t downloaded_bytes_ = 0;  // Of the next cache that is found.
  Symbolicator symbolicator_{{.caches_for_request = [this] {
    return [this](const model::Module& module) { return Find(module); };
  }}};
};

TEST_F(SymbolicatorTest, ACacheIsOpenedOnceForAllRequests) {
  Write("liba.so", "a()");
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(Has(Ask(Request("liba.so")), R"J("function":"a()","function_offset":"0x10")J"));
  EXPECT_EQ(symbolicator_.cache_counts().misses, 1u);
  EXPECT_EQ(symbolicator_.cache_counts().hits, 2u);
  EXPECT_EQ(symbolicator_.metrics().v5.value(), 3u);
  EXPECT_EQ(symbolicator_.metrics().frames.value(), 3u);
  EXPECT_EQ(symbolicator_.metrics().modules_found.value(), 3u);
}

TEST_F(SymbolicatorTest, OtherSymbolsInItsPlaceAreSeen) {
  Write("liba.so", "before()");
  EXPECT_TRUE(Has(Ask(Request("liba.so")), "before()"));
  Write("liba.so", "behind()");
  EXPECT_TRUE(Has(Ask(Request("liba.so")), "behind()"));
  fs::remove(folder_ / "liba.so");
  EXPECT_TRUE(Has(Ask(Request("liba.so")), ":false")) << "what is gone is not answered from memory";
}

TEST_F(SymbolicatorTest, ModulesThatNobodyHasAreFalseAndOddNamesAreNotAskedFor) {
  EXPECT_TRUE(
      Has(Ask(Request("none.so")), R"("found_modules":{"none.so/)" + std::string(kId) + R"(":false})"));
  EXPECT_EQ(asked_, std::set<std::string>{"none.so/" + std::string(kId)});
  EXPECT_TRUE(Has(Ask(Request("../liba.so")), ":false"));
  EXPECT_EQ(asked_.size(), 1u);
  EXPECT_EQ(symbolicator_.metrics().modules_missing.value(), 2u);
}

TEST_F(SymbolicatorTest, DamagedCacheIsAMissingOne) {
  ASSERT_TRUE(os::WriteFileDurably(folder_ / "liba.so", base::AsBytes("no cache")));
  EXPECT_TRUE(Has(Ask(Request("liba.so")), ":false"));
}

TEST_F(SymbolicatorTest, ManyModulesOfManyRequestsAtOnce) {
  std::string map;
  std::string frames;
  constexpr std::size_t kModules = OpenedCaches::kMaxOpened + 20;
  for (std::size_t i = 0; i < kModules; ++i) {
    const std::string name = "lib" + std::to_string(i) + ".so";
    Write(name, "f" + std::to_string(i) + "()");
    map.append(i == 0 ? "" : ",").append(R"([")" + name + R"(",")" + kId + R"("])");
    for (int offset = 0; offset < 100; ++offset)
      frames.append(frames.empty() ? "" : ",")
          .append("[" + std::to_string(i) + "," + std::to_string(4096 + offset) + "]");
  }
  const std::string body = R"({"memoryMap":[)" + map + R"(],"stacks":[[)" + frames + "]]}";
  const std::string expected = Ask(body);
  for (std::size_t i = 0; i < kModules; ++i) EXPECT_TRUE(Has(expected, "\"f" + std::to_string(i) + "()\""));
  std::vector<std::string> answers(4);
  {
    std::vector<std::jthread> threads;
    for (std::string& answer : answers) threads.emplace_back([&] { answer = Ask(body); });
  }
  EXPECT_EQ(answers, std::vector<std::string>(4, expected));
}

TEST_F(SymbolicatorTest, DebugSaysHowTheAnswerWasMade) {
  Write("liba.so", "a()");
  const std::string body = R"({"memoryMap":[["liba.so",")" + std::string(kId) +
                           R"("],["none.so","1"]],"stacks":[[[0,4112],[1,5]],[[0,1]]]})";
  const std::string first = Ask(body, Symbolicator::Debug::kIncluded);
  EXPECT_TRUE(Has(first, R"("debug":{"time":)")) << first;
  EXPECT_TRUE(Has(first, R"("cache_lookups":{"count":2,"hits":0,"time":)")) << first;
  EXPECT_TRUE(Has(
      first,
      R"("downloads":{"count":0,"size":0,"size_per_module":{},"time_per_module":{},"fail_time_per_module":{"none.so/1":)"))
      << first;
  EXPECT_TRUE(Has(first, R"("parse_sym":{"time_per_module":{"liba.so/)" + std::string(kId) + "\":")) << first;
  EXPECT_TRUE(Has(first, R"("save_symcache":{"time":0,"time_per_module":{}})")) << first;
  EXPECT_TRUE(Has(first, R"("modules":{"count":2,"stacks_per_module":{"liba.so/)" + std::string(kId) +
                             R"(":2,"none.so/1":1}})"))
      << first;
  EXPECT_TRUE(Has(Ask(body, Symbolicator::Debug::kIncluded), R"("cache_lookups":{"count":2,"hits":1,)"));
  downloaded_bytes_ = 77;
  const std::string key = "\"liba.so/" + std::string(kId) + "\":";
  const std::string second = Ask(body, Symbolicator::Debug::kIncluded);
  EXPECT_TRUE(Has(second, R"("downloads":{"count":1,"size":77,"size_per_module":{)" + key +
                              R"(77},"time_per_module":{)" + key))
      << second;
  EXPECT_FALSE(Has(Ask(body), "debug\":"));
}

TEST_F(SymbolicatorTest, RoutesAnswerInEliotsForms) {
  Write("app.pdb", "main", "INFO CODE_ID 5FF69A719A000 C:\\x\\app.exe\n");
  const std::vector<http::Route> routes = MakeRoutes(symbolicator_, "upload_symbols");
  const auto ask = [&](const std::string& method, const std::string& path, const std::string& body,
                       std::vector<http::Header> headers = {}) {
    http::Request request;
    request.body = body;
    request.headers = std::move(headers);
    for (const http::Route& route : routes) {
      if (route.method == method && route.pattern == path) return route.handler(request);
    }
    return http::ErrorResponse(404, "");
  };
  for (const http::Route& route : routes) {
    EXPECT_EQ(route.permission, route.method == "POST" ? "upload_symbols" : "anybody");
    EXPECT_EQ(route.max_body_bytes, route.method == "POST" ? kMaxBodyBytes : 0);
  }
  const http::Response v5 = ask("POST", "/symbolicate/v5", "{\"jobs\":[" + Request("app.pdb") + "]}");
  EXPECT_EQ(v5.status, 200);
  EXPECT_EQ(v5.content_type, "application/json");
  EXPECT_TRUE(Has(TextOf(v5), R"("module":"app.exe")")) << TextOf(v5);
  EXPECT_EQ(v5.headers.at(0).name, "Access-Control-Allow-Origin");
  EXPECT_EQ(v5.headers.at(0).value, "*");
  EXPECT_TRUE(
      Has(TextOf(ask("POST", "/symbolicate/v5", Request("app.pdb"), {{"debug", "false"}})), "debug\":{"));
  EXPECT_EQ(TextOf(ask("POST", "/symbolicate/v4", Request("app.pdb"))),
            R"J({"symbolicatedStacks":[["main (in app.exe)"]],"knownModules":[true]})J");
  const http::Response refused = ask("POST", "/symbolicate/v5", "{\"jobs\":[5]}");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, R"({"title":"job 0 is invalid"})");
  EXPECT_EQ(refused.headers.at(0).value, "*");
  EXPECT_EQ(ask("OPTIONS", "/symbolicate/v5", "").status, 200);
  EXPECT_EQ(symbolicator_.metrics().refused[2].value(), 1u);
}

}  // namespace
}  // namespace cairn::symbolication
