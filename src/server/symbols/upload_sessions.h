// UploadSessions keeps uploads that come in pieces: what was announced, and what has arrived so far.
//
// A session is a folder that outlives the process: session.json, and for each file N.part while it comes and
// N.done once it is stored. Its id is a secret that stands in the URLs which files are sent to, because those
// are asked without a token. A session ends when it is removed or after kSessionDays. Any number of threads
// may ask; one at a time may write a file of a session.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/store/symbol_records.h"

namespace cairn::symbols {

inline constexpr std::int64_t kSessionDays = 7;  // As long as Google's storage keeps one.
inline constexpr std::size_t kMaxSessions = 10'000;
inline constexpr std::size_t kMaxSessionFiles = 1'024;
inline constexpr std::size_t kMaxSessionBytes = 4 << 20;  // Of session.json.

struct SessionFile {
  std::string key;  // "name/ID/file"; empty: not known before the upload ends.
  std::uint64_t size = 0;
  std::string md5;  // Of the unpacked bytes; empty: nothing was announced.
};

struct Session {
  std::string id;  // Given by Create.
  std::string user;
  std::string protocol;  // As of store::UploadRecord.
  std::int64_t upload_id = 0;
  store::SymbolClass symbol_class = store::SymbolClass::kRegular;
  std::string product;
  std::int64_t created_ms = 0;
  std::vector<SessionFile> files;
  std::vector<std::string> skipped_keys;  // That were there already.
};

// A file of a session.
struct SessionPlace {
  std::string session_id;
  std::size_t index = 0;
  friend auto operator<=>(const SessionPlace&, const SessionPlace&) = default;
};

class UploadSessions {
 public:
  using Clock = std::function<std::int64_t()>;

  // Makes the folder, and removes sessions that have ended.
  static base::Result<std::unique_ptr<UploadSessions>> Open(std::string folder, Clock clock = os::UnixMillis);

  // Gives id and time. kLimitExceeded while there are kMaxSessions.
  base::Result<Session> Create(Session session);
  // kNotFound for one that is unknown or has ended.
  base::Result<Session> Find(std::string_view id) const;
  base::Result<Session> FindByUpload(std::int64_t upload_id) const;
  base::Status Remove(const std::string& id);
  base::Status RemoveEnded();

  // Whoever holds it may write the file; another gets nothing meanwhile.
  class Hold {
   public:
    Hold(UploadSessions& sessions, SessionPlace place) : sessions_(&sessions), place_(std::move(place)) {}
    Hold(Hold&& other) noexcept : sessions_(std::exchange(other.sessions_, nullptr)), place_(other.place_) {}
    Hold& operator=(Hold&& other) noexcept {
      std::swap(sessions_, other.sessions_);
      std::swap(place_, other.place_);
      return *this;
    }
    ~Hold();

   private:
    UploadSessions* sessions_;
    SessionPlace place_;
  };
  std::optional<Hold> TakeHold(const SessionPlace& place);

  // What has come of a file, made if nothing has; to be written at its end by who has hold of it.
  base::Result<os::FileDescriptor> OpenPart(const SessionPlace& place) const;
  base::Status DropPart(const SessionPlace& place) const;
  // That the file is stored: its part is dropped.
  base::Status MarkDone(const SessionPlace& place) const;
  bool IsDone(const SessionPlace& place) const;

 private:
  UploadSessions(std::string folder, Clock clock) : folder_(std::move(folder)), clock_(std::move(clock)) {}
  std::string PathOf(const SessionPlace& place, std::string_view extension) const;

  const std::string folder_;
  const Clock clock_;
  std::mutex mutex_;
  std::set<SessionPlace> held_;           // GUARDED_BY(mutex_)
  std::int64_t removed_ended_at_ms_ = 0;  // GUARDED_BY(mutex_)
};

// session.json there and back. Nothing in it is trusted: kBadValue.
std::string WriteSession(const Session& session);
base::Result<Session> ReadSession(std::string_view json);

}  // namespace cairn::symbols
