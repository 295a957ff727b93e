#include "symbols/remote_files.h"

#include <optional>
#include <utility>

#include "os/clock.h"

namespace cairn::symbols {
namespace {

using net::DownloadAnswer;
using net::DownloadOutcome;

std::string MakeUrl(std::string server, const std::string& path) {
  while (server.ends_with('/')) server.pop_back();
  return server.append("/").append(path);
}

AbsenceReason ReasonOfStatus(int status) {
  switch (status) {
    case 404:
    case 410: return AbsenceReason::kNotThere;
    case 429: return AbsenceReason::kRateLimited;
    case 401:
    case 403: return AbsenceReason::kBlocked;
    default: return AbsenceReason::kServerError;
  }
}

// Why there is no file; nothing for what says nothing of the server.
std::optional<AbsenceReason> ReasonOf(const DownloadAnswer& answer) {
  switch (answer.outcome) {
    case DownloadOutcome::kStatus: return ReasonOfStatus(answer.status);
    case DownloadOutcome::kNetwork:
    case DownloadOutcome::kTimeout: return AbsenceReason::kNetwork;
    case DownloadOutcome::kBlocked: return AbsenceReason::kBlocked;
    case DownloadOutcome::kTooLarge:
    case DownloadOutcome::kBadBody: return AbsenceReason::kUnreadable;
    case DownloadOutcome::kDone:
    case DownloadOutcome::kNotWritten:
    case DownloadOutcome::kCancelled:
    case DownloadOutcome::kNoLibrary: break;
  }
  return std::nullopt;
}

}  // namespace

RemoteFiles::RemoteFiles(RemoteOptions options)
    : options_(std::move(options)), absences_(options_.absence_folder) {}

base::Result<os::TemporaryFile> RemoteFiles::Fetch(const std::string& server, const std::string& path,
                                                   const std::string& key) {
  const std::string url = MakeUrl(server, path);
  const std::string shown_server = net::WithoutCredentials(server);  // No password in files either.
  FetchEvent event{.server = shown_server, .url = net::WithoutCredentials(url)};
  if (const auto absence = absences_.Find(shown_server, key, os::UnixMillis())) {
    event.kind = FetchEvent::Kind::kRemembered;
    event.absence = *absence;
    event.error = ErrorOf(*absence);
    Report(event);
    const std::lock_guard lock(mutex_);
    ++counts_.remembered;
    return event.error;
  }
  ASSIGN_OR_RETURN(os::TemporaryFile file, os::TemporaryFile::Create(options_.temporary_folder, "download"));
  Report(event);
  std::unique_ptr<net::Downloader> downloader = TakeDownloader();
  const DownloadAnswer answer = downloader->Get({.url = url,
                                                 .total_timeout_ms = options_.timeout_ms,
                                                 .max_bytes = options_.max_bytes,
                                                 .may_connect = options_.may_connect,
                                                 .cancelled = options_.cancelled},
                                                file.fd());
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(downloader));
    ++counts_.requests;
    if (answer.outcome == DownloadOutcome::kDone) ++counts_.downloads;
  }
  event.bytes = answer.bytes;
  event.kind = FetchEvent::Kind::kDone;
  if (answer.outcome != DownloadOutcome::kDone) {
    event.kind = FetchEvent::Kind::kFailed;
    event.error = answer.error;
    if (const std::optional<AbsenceReason> reason = ReasonOf(answer)) {
      event.absence = {*reason, static_cast<std::uint16_t>(answer.status)};
      event.error = ErrorOf(event.absence);
      absences_.Remember(shown_server, key, event.absence, answer.retry_after_s, os::UnixMillis());
    }
  }
  Report(event);
  if (event.kind == FetchEvent::Kind::kFailed) return event.error;
  return file;
}

std::string RemoteFiles::ShownUrl(const std::string& server, const std::string& path) {
  return net::WithoutCredentials(MakeUrl(server, path));
}

void RemoteFiles::RememberUnreadable(const std::string& server, const std::string& key) {
  absences_.Remember(net::WithoutCredentials(server), key, {AbsenceReason::kUnreadable, 200}, std::nullopt,
                     os::UnixMillis());
}

RemoteCounts RemoteFiles::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::unique_ptr<net::Downloader> RemoteFiles::TakeDownloader() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<net::Downloader>();
  std::unique_ptr<net::Downloader> downloader = std::move(idle_.back());
  idle_.pop_back();
  return downloader;
}

void RemoteFiles::Report(const FetchEvent& event) const {
  if (options_.on_event) options_.on_event(event);
}

}  // namespace cairn::symbols
