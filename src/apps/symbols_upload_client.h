// The client's side of the upload protocol: tells the server what there is, and sends what it lacks.
//
// What breaks off is tried again after pauses that grow, and goes on where it stopped.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "apps/symbols_upload_files.h"
#include "net/http_client.h"

namespace cairn::apps {

inline constexpr int kUploadAttempts = 6;
inline constexpr int kFirstPauseMs = 500;  // Then twice that, and so on: 15 s in all.

struct UploadTarget {
  std::string url;  // Of the server, without a slash at the end.
  std::string token;
  std::string product;
  std::string folder;  // For packed files on the way.
  std::function<void(const std::string&)> complain;
  // Before each file: its number, from 1, of how many.
  std::function<void(std::size_t number, std::size_t count, const std::string& key)> sending;
};

struct UploadOutcome {
  std::size_t sent = 0;
  std::size_t skipped = 0;  // That the server had.
  std::size_t refused = 0;  // Files that are at fault; each was complained of.
  int exit_code = 0;
};

// Ends at the first failure that is no file's fault.
UploadOutcome UploadFiles(const UploadTarget& target, const FilesToSend& files);

}  // namespace cairn::apps
