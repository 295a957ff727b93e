// Exports of a hundred thousand crashes by a real server, to clients that are slow or leave.
#include <fstream>

#include "server/api/api_for_test.h"
#include "server/http/server_for_test.h"
#include "server/search/field.h"

namespace cairn::api {
namespace {

constexpr std::size_t kRows = 100'000;
constexpr std::size_t kTextBytes = 1'000;  // Of a row, so that the file has a hundred megabytes.
constexpr std::string_view kExport =
    "GET /api/Export/?product=Exported&_format=jsonl&_columns=uuid&_columns=vendor HTTP/1.1\r\nHost: a\r\n"
    "Connection: close\r\n\r\n";

class ServerApiExportLoad : public ApiTest {
 protected:
  ServerApiExportLoad() {
    const search::FieldId text = search::FindField("vendor")->id;
    for (std::size_t i = 0; i < kRows;) {
      std::vector<search::CrashRow> rows;
      for (; rows.size() < search::kMaxRowsPerBatch; ++i) {
        search::CrashRow& row = rows.emplace_back(search::TestRow(1000 + i));
        row.product = "Exported";
        row.date_ms = search::kTestNowMs - static_cast<std::int64_t>(1 + i / 3);
        row.annotations = {{text, std::to_string(i) + std::string(kTextBytes, 'v')}};
      }
      EXPECT_TRUE(index_->Add(rows));
    }
    router_ = std::make_unique<http::Router>(MakeRoutes(parts_), http::RouterOptions{});
    http::ServerOptions options;
    options.port = 0;
    server_ = *http::Server::Create(options, *router_);
    thread_ = std::thread([this] { server_->Run(); });
  }
  ~ServerApiExportLoad() override {
    server_->Stop();
    thread_.join();
  }

  // Of this process, in MiB: "VmRSS", "VmHWM".
  static std::int64_t Memory(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1)) / 1024;
    }
    return -1;
  }

  std::unique_ptr<http::Router> router_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

TEST_F(ServerApiExportLoad, SlowClientsTakeNeitherMemoryNorThreadsNorTurns) {
  const std::int64_t start_ms = os::MonotonicMillis();
  http::Client first(server_->port());
  first.Write(kExport);
  std::size_t bytes = first.Read(10'000);
  EXPECT_GE(bytes, 10'000U);
  const std::int64_t first_ms = os::MonotonicMillis() - start_ms;
  const std::string rest = first.ReadAll();
  const std::int64_t all_ms = os::MonotonicMillis() - start_ms;
  bytes += rest.size();
  EXPECT_TRUE(rest.ends_with("\r\n0\r\n\r\n")) << "it is whole";
  std::size_t rows = 0;
  for (std::size_t at = rest.find("{\"uuid\""); at != std::string::npos; at = rest.find("{\"uuid\"", at + 1))
    ++rows;
  EXPECT_GT(rows, kRows - 100);
  EXPECT_LE(rows, kRows);
  EXPECT_GT(bytes, kRows * kTextBytes);
  EXPECT_LT(first_ms, all_ms / 3) << "the first hits come at once";

  const std::int64_t before_mib = Memory("VmRSS");
  std::ofstream("/proc/self/clear_refs") << "5";
  constexpr std::size_t kClients = 6;
  std::vector<http::Client> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back(server_->port());
    clients.back().Write(kExport);
  }
  std::size_t slow_bytes = 0;
  for (http::Client& client : clients) slow_bytes = client.Read(1'000'000);
  EXPECT_GE(slow_bytes, 1'000'000U) << "none waits for another";
  http::Client other(server_->port());
  other.Write("GET /api/NoOp/ HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(other.ReadResponse().starts_with("HTTP/1.1 200"));
  for (std::size_t i = 0; i + 1 < kClients; ++i) clients[i].HangUp();
  for (std::size_t piece = 1; piece > 0; slow_bytes += piece) piece = clients.back().Read(1 << 20);
  EXPECT_GT(slow_bytes, kRows * kTextBytes);
  const std::int64_t peak_mib = Memory("VmHWM") - before_mib;
  std::printf("first bytes after %lld ms, all after %lld ms, %zu MiB; %zu at once: %lld MiB more memory\n",
              static_cast<long long>(first_ms), static_cast<long long>(all_ms), bytes >> 20, kClients,
              static_cast<long long>(peak_mib));
  EXPECT_LT(peak_mib, 256) << "six files together have some 600; the index buffers up to 256";
  for (int i = 0; i < 500 && server_->open_connections() > 1; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_LE(server_->open_connections(), 1U) << "those that left are gone";
}

}  // namespace
}  // namespace cairn::api
