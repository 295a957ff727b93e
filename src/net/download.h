// Downloads of files: the body goes to a file descriptor while it arrives, inflated, within size and time.
//
// Redirects are followed one by one, each checked: http or https only, never from https down to http, at
// most max_redirects. What went wrong is told apart, because a caller must not take a server that is down or
// busy for one that has no such file. A body that breaks off is gone on with where it broke (RFC 9110,
// section 14), if the server says by which mark it is still the same file: symbol files have hundreds of
// megabytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::net {

struct DownloadRequest {
  std::string url;
  int connect_timeout_ms = 10'000;
  int stall_timeout_s = 30;                          // So long without a byte, and the transfer is over.
  int total_timeout_ms = 1'000'000;                  // From the start to the last byte, all hops together.
  std::uint64_t max_bytes = std::uint64_t{2} << 30;  // As sent, and again as inflated.
  int max_redirects = 5;
  // Asked with the URL of each hop, the first one too. Empty: every one may be visited.
  std::function<bool(std::string_view url)> may_visit;
  int max_resumes = 5;  // One after the other without a byte is the end all the same.
  // Asked with each address before it is connected to, so after names were resolved and for every hop; with a
  // proxy that is the proxy's. Empty: every address may be connected to.
  std::function<bool(std::string_view ip_address)> may_connect;
  const std::atomic<bool>* cancelled = nullptr;  // Ends the transfer once it is true; may be null.
};

enum class DownloadOutcome : std::uint8_t {
  kDone,     // The whole body of a 200 was written.
  kStatus,   // The server answered with another status; nothing was written.
  kNetwork,  // No connection, or it broke before the body was whole.
  kTimeout,
  kBlocked,  // An address that may not be connected to, or a redirect that may not be followed.
  kTooLarge,
  kBadBody,     // The body is not what its content encoding says.
  kNotWritten,  // The file took no more.
  kCancelled,
  kNoLibrary,  // This machine has no libcurl.
};

struct DownloadAnswer {
  DownloadOutcome outcome = DownloadOutcome::kNetwork;
  int status = 0;                    // Of the last hop; zero if it did not answer.
  std::string url;                   // Of the last hop.
  std::optional<int> retry_after_s;  // What the server asks for with 429 and 503.
  std::uint64_t bytes = 0;           // Written.
  int resumes = 0;                   // How often it broke off and was gone on with.
  base::Error error;                 // In words, for all but kDone and kStatus.
};

// Makes requests one after the other and keeps connections open between them. Belongs to one thread at a
// time.
class Downloader {
 public:
  Downloader() = default;
  Downloader(const Downloader&) = delete;
  Downloader& operator=(const Downloader&) = delete;
  ~Downloader();

  // Writes at the position of `fd`. What was written before a failure stays: the caller cuts the file.
  DownloadAnswer Get(const DownloadRequest& request, int fd);

 private:
  struct Received;
  struct Transfer;
  void GetOnce(const DownloadRequest& request, int total_timeout_ms, Transfer& transfer);

  void* handle_ = nullptr;  // libcurl's, made when it is first needed.
};

// The URL without a name and a password in it, for messages.
std::string WithoutCredentials(std::string_view url);

}  // namespace cairn::net
