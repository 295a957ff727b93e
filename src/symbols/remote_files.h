// RemoteFiles downloads files of symbol servers into temporary files, and asks for none that is known to be
// absent.
//
// Any number of threads may fetch at once; connections are kept open for the next file.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/download.h"
#include "os/temporary_file.h"
#include "symbols/remote_absences.h"

namespace cairn::symbols {

// One question to a server and what came of it, for progress and logs.
struct FetchEvent {
  enum class Kind : std::uint8_t { kStarted, kDone, kFailed, kRemembered };
  Kind kind = Kind::kStarted;
  std::string server;  // Without a password, as is the URL.
  std::string url;
  std::uint64_t bytes = 0;
  Absence absence;  // Of kFailed and kRemembered.
  base::Error error;
};

struct RemoteOptions {
  std::string absence_folder;    // Empty: absences are remembered in memory only.
  std::string temporary_folder;  // Takes unfinished downloads.
  int timeout_ms = 1'000'000;    // For a file.
  std::uint64_t max_bytes = std::uint64_t{2} << 30;
  std::function<bool(std::string_view ip_address)> may_connect;  // As of net::DownloadRequest.
  std::function<void(const FetchEvent&)> on_event;               // Called by any thread; may be empty.
  const std::atomic<bool>* cancelled = nullptr;
};

struct RemoteCounts {
  std::uint64_t downloads = 0;
  std::uint64_t requests = 0;
  std::uint64_t remembered = 0;  // Not asked: the answer was known to be no.
};

class RemoteFiles {
 public:
  explicit RemoteFiles(RemoteOptions options);

  // `server` and `path` (escaped) make the URL; `key` is what an absence is remembered under. Other reasons
  // than kNotFound say that the file may be there all the same.
  base::Result<os::TemporaryFile> Fetch(const std::string& server, const std::string& path,
                                        const std::string& key);

  // The URL of a file as it may be shown and kept: without a password.
  static std::string ShownUrl(const std::string& server, const std::string& path);

  // What came was of no use.
  void RememberUnreadable(const std::string& server, const std::string& key);

  // Whether a server did not give that, sometime.
  bool WasAbsent(const std::string& key) const { return absences_.WasRemembered(key); }

  RemoteCounts counts() const;

 private:
  std::unique_ptr<net::Downloader> TakeDownloader();
  void Report(const FetchEvent& event) const;

  const RemoteOptions options_;
  RemoteAbsences absences_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<net::Downloader>> idle_;  // GUARDED_BY(mutex_)
  RemoteCounts counts_;                                 // GUARDED_BY(mutex_)
};

}  // namespace cairn::symbols
