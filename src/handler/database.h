// The folder in which crashes wait: for the ping that they still owe, for consent, for a server that answers.
//
//   new/ID.dmp          being written                pending/ID.dmp   a whole dump
//   new/crash-PID.note  left by a process itself     pending/ID.state what is to be done with it
//   pings/ID.json       a ping that is not sent yet  pings/ID.state   where it goes, and when it was tried
//   handler.log         what handlers did            lock             held by the one handler that sends
//   client_id           a random id, for pings
//
// Folders have mode 0700, files 0600. The folder is bounded: what is oldest goes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "handler/settings.h"

namespace cairn::handler {

// Kept at most; the oldest goes first. 20 reports of a few hundred KB, as clients of this kind keep.
inline constexpr std::size_t kMaxReports = 20;
inline constexpr std::uint64_t kMaxReportBytes = 64 * 1024 * 1024;
inline constexpr std::size_t kMaxPings = 50;

// What is known of something that waits.
struct WaitingState {
  ReportConsent consent = ReportConsent::kAsk;  // As it was at the crash. For reports.
  bool owes_ping = false;                       // For reports.
  std::string submit_url;                       // Where the application would send it. For reports.
  std::string url_path;                         // Where it goes below the server's base URL. For pings.
  std::uint32_t walks = 0;                      // How often its ping was begun. For reports.
  std::uint32_t attempts = 0;
  std::int64_t last_attempt_s = 0;  // Unix time.
  std::string refused;              // Why the server does not want it; then it is not sent again.

  friend bool operator==(const WaitingState&, const WaitingState&) = default;
};

// Of a report at the moment of its crash.
WaitingState StateAtCrash(const Settings& settings);

std::string FormatState(const WaitingState& state);
WaitingState ParseState(const std::string& text);

// Whether it is time to try again: at once after the first failure, which is most often a moment without
// network; then after 1, 2, 4 ... minutes, at most 8 hours.
bool IsDue(const WaitingState& state, std::int64_t now_s);

class Database {
 public:
  // Makes what is missing.
  static base::Result<Database> Open(const std::string& folder);

  std::string NewDumpPath(const std::string& id) const;
  std::string DumpPath(const std::string& id) const;
  std::string PingPath(const std::string& id) const;
  std::string LogPath() const { return folder_ + "/handler.log"; }
  std::string LockPath() const { return folder_ + "/lock"; }
  std::string ClientIdPath() const { return folder_ + "/client_id"; }
  std::string NewFolder() const;

  // Moves a whole dump from new/ to pending/.
  base::Status Keep(const std::string& id, const WaitingState& state) const;
  base::Status KeepPing(const std::string& id, const WaitingState& state, base::Bytes json) const;

  // The ids of what waits, oldest first.
  std::vector<std::string> Reports() const;
  std::vector<std::string> Pings() const;

  WaitingState ReportState(const std::string& id) const;
  WaitingState PingState(const std::string& id) const;
  base::Status SetReportState(const std::string& id, const WaitingState& state) const;
  base::Status SetPingState(const std::string& id, const WaitingState& state) const;

  void DeleteReport(const std::string& id) const;
  void DeletePing(const std::string& id) const;

  // Deletes what is over the limits.
  void Prune() const;

 private:
  explicit Database(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
};

}  // namespace cairn::handler
