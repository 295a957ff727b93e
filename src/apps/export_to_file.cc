#include "apps/export_to_file.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/post_to_server.h"
#include "os/file.h"
#include "os/temporary_file.h"

namespace cairn::apps {
namespace {

constexpr int kTimeoutMs = 60 * 60'000;  // The server reads for a minute; lines may be slow.

std::string_view HeaderOf(const ServerAnswer& answer, std::string_view name) {
  const auto found = std::ranges::find(answer.headers, name, &std::pair<std::string, std::string>::first);
  return found == answer.headers.end() ? std::string_view() : found->second;
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max(slash, std::size_t{1}));
}

}  // namespace

int ExportToFile(const ExportOrder& order) {
  std::optional<os::TemporaryFile> file;
  if (!order.output.empty()) {
    base::Result<os::TemporaryFile> created =
        os::TemporaryFile::Create(FolderOf(order.output), "cairn-export");
    if (!created) {
      PrintError(kExportVerb, order.output + ": " + base::Describe(created.error()));
      return kExitFailure;
    }
    file.emplace(*std::move(created));
  }
  const int fd = file ? file->fd() : STDOUT_FILENO;
  base::Status written;
  const std::variant<ServerAnswer, int> asked =
      AskServer(kExportVerb, {.url = order.url,
                              .path = order.path + "?" + order.query,
                              .token = order.token,
                              .timeout_ms = kTimeoutMs,
                              .take_body = [&](std::string_view bytes) {
                                written = os::WriteAll(fd, base::AsBytes(bytes));
                                return written.has_value();
                              }});
  if (const int* const exit_code = std::get_if<int>(&asked)) return *exit_code;
  if (file) {
    if (const base::Status named = file->RenameTo(order.output); !named) {
      PrintError(kExportVerb, order.output + ": " + base::Describe(named.error()));
      return kExitFailure;
    }
  }
  const std::string_view cut = HeaderOf(std::get<ServerAnswer>(asked), "cairn-cut");
  if (cut.empty()) return kExitOk;
  PrintError(kExportVerb, "the server cut it: " + std::string(cut) + " crashes; the rest with '_cursor=" +
                              std::string(HeaderOf(std::get<ServerAnswer>(asked), "cairn-cursor")) + "'");
  return kExitProblem;
}

}  // namespace cairn::apps
