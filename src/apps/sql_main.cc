// cairn-sql: runs one statement of a user's for cairn-server, in a sandbox (server/sql/sql_worker.h). It is
// of no use by hand.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "os/file.h"
#include "server/sql/sql_worker.h"
#include "server/sql/statement.h"
#include "server/worker/sandbox.h"

namespace {

using namespace cairn;  // NOLINT: a main file.

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string PathOf(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

// From the last step on, the statement decides what this process does.
int Run(const sql::StatementLimits& limits, bool with_pings) {
  const base::Result<std::string> statement = os::ReadAll(sql::kStatementFd, sql::kMaxStatementBytes);
  base::Result<sql::SqlEngine> engine =
      sql::SqlEngine::Open(PathOf(sql::kReportsFd), with_pings ? PathOf(sql::kPingsFd) : "", limits);
  if (!statement || !engine) return sql::kTrouble;
  // What the engine makes at its first statement, it makes before.
  if (std::holds_alternative<sql::Refusal>(engine->Run("SELECT now()"))) return sql::kTrouble;
  // A thread would be outside of the sandbox.
  const base::Result<std::vector<std::string>> threads = os::ListDirectory("/proc/self/task");
  if (!threads || threads->size() != 1) return sql::kTrouble;
  const worker::SandboxLimits sandbox{.data_bytes = std::uint64_t{2 * limits.memory_mb} << 20,
                                      .output_bytes = limits.bytes + sql::kMaxSentenceBytes};
  if (!worker::EnterSandbox(sandbox)) return sql::kTrouble;
  const std::variant<std::string, sql::Refusal> answer = engine->Run(*statement);
  const auto* const refusal = std::get_if<sql::Refusal>(&answer);
  const std::string& text = refusal != nullptr ? refusal->sentence : std::get<std::string>(answer);
  if (!os::WriteAll(sql::kOutputFd, base::AsBytes(text))) return sql::kTrouble;
  return refusal != nullptr ? sql::kRefused : sql::kAnswered;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kLeast = 4;
  struct stat output{};
  const auto rows = ParseNumber(argc >= kLeast ? argv[1] : "");
  const auto bytes = ParseNumber(argc >= kLeast ? argv[2] : "");
  const auto memory_mb = ParseNumber(argc >= kLeast ? argv[3] : "");
  if (!rows || !bytes || !memory_mb || fstat(sql::kReportsFd, &output) != 0) {
    std::fputs("cairn-sql: it is started by cairn-server, not by hand\n", stderr);
    return sql::kUsage;
  }
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C in the server's terminal is for the server, which then ends us.
  const int code = Run({.rows = *rows, .bytes = *bytes, .memory_mb = static_cast<std::uint32_t>(*memory_mb)},
                       argc > kLeast && argv[kLeast] == sql::kWithPings);
  // Without the engine's end: what it would tidy up is gone with the process.
  _exit(code);
}
