// AccountRecords is the port to how users sign in: hashes of their passwords, and their sessions. A Directory
// has one.
//
// A session's text is given once, when it is made; only its hash is kept, as with tokens. All methods may be
// called from many threads at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/store/permissions.h"

namespace cairn::store {

// A session ends when nobody used it for so long, and at the latest so long after the sign-in.
inline constexpr std::int64_t kSessionIdleMs = 12LL * 3600 * 1000;
inline constexpr std::int64_t kSessionMs = 7LL * 24 * 3600 * 1000;
// How exactly the last use is known: to write it each time would cost each request a wait for the disk.
inline constexpr std::int64_t kSessionNoteMs = 5LL * 60 * 1000;
// The user's oldest one ends when there are more.
inline constexpr int kMaxSessionsOfUser = 50;

struct SessionRecord {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  std::string user_name;
  PermissionSet permissions;    // What the user may do now, with all products.
  std::int64_t expires_ms = 0;  // When it ends if nobody uses it any more.
  Grants grants = {};           // And with single ones.
};

struct CreatedSession {
  std::string text;  // What the browser sends. Not kept anywhere.
  SessionRecord record;
};

class AccountRecords {
 public:
  virtual ~AccountRecords() = default;

  // In place of the one before, whose sessions all end. `hash` is what a slow function made of the password;
  // empty: there is none, and no sign-in by it. kNotFound if there is no such user.
  virtual base::Status SetPassword(std::int64_t user_id, const std::string& hash) = 0;
  // Empty if there is none, or the user is disabled or unknown.
  virtual base::Result<std::string> PasswordOf(std::int64_t user_id) const = 0;

  // kNotFound if there is no such user, or one that is disabled.
  virtual base::Result<CreatedSession> CreateSession(std::int64_t user_id) = 0;
  // The session if it is in force and its user not disabled; notes that it was used.
  virtual base::Result<std::optional<SessionRecord>> CheckSession(std::string_view text) = 0;
  // What is not known has ended already.
  virtual base::Status EndSession(std::int64_t id) = 0;
  virtual base::Status EndSessionsOf(std::int64_t user_id) = 0;
};

}  // namespace cairn::store
