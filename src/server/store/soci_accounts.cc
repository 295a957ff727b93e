#include "server/store/soci_accounts.h"

#include <algorithm>
#include <utility>

#include "server/store/soci_store.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

// Longer than what any function for passwords makes.
constexpr std::size_t kMaxHashBytes = 500;

// A session and its user, if both are in force.
constexpr const char* kSelectSession =
    "SELECT CAST(sessions.id AS TEXT), CAST(users.id AS TEXT), users.name, users.permissions, "
    "CAST(sessions.created_ms AS TEXT), CAST(sessions.used_ms AS TEXT), users.grants FROM sessions JOIN "
    "users ON users.id = sessions.user_id WHERE hash = :hash AND users.disabled_ms = 0";

std::int64_t EndOf(std::int64_t created_ms, std::int64_t used_ms) {
  return std::min(created_ms + kSessionMs, used_ms + kSessionIdleMs);
}

// Those that ended, and the user's oldest so that one more may be made.
void MakeRoom(soci::session& session, long long user_id, std::int64_t now_ms) {
  const long long oldest_ms = now_ms - kSessionMs;
  const long long idle_ms = now_ms - kSessionIdleMs;
  session << "DELETE FROM sessions WHERE created_ms <= :oldest OR used_ms <= :idle", soci::use(oldest_ms),
      soci::use(idle_ms);
  const int kept = kMaxSessionsOfUser - 1;
  session
      << "DELETE FROM sessions WHERE user_id = :user AND id NOT IN (SELECT id FROM sessions WHERE user_id "
         "= :user2 ORDER BY id DESC LIMIT :kept)",
      soci::use(user_id), soci::use(user_id), soci::use(kept);
}

}  // namespace

base::Status SociAccounts::SetPassword(std::int64_t user_id, const std::string& hash) {
  if (hash.size() > kMaxHashBytes) return Error{Code::kBadValue, 0, "hash of a password"};
  return WithoutThrowing("set password", [&]() -> base::Status {
    const long long id = user_id;
    long long users = 0;
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    state_.session << "SELECT count(*) FROM users WHERE id = :id", soci::use(id), soci::into(users);
    if (users == 0) return Error{Code::kNotFound, 0, "user"};
    state_.session << "DELETE FROM passwords WHERE user_id = :id", soci::use(id);
    state_.session << "DELETE FROM sessions WHERE user_id = :id", soci::use(id);
    if (!hash.empty()) {
      state_.session << "INSERT INTO passwords (user_id, hash) VALUES (:id, :hash)", soci::use(id),
          soci::use(hash);
    }
    transaction.commit();
    return {};
  });
}

base::Result<std::string> SociAccounts::PasswordOf(std::int64_t user_id) const {
  return WithoutThrowing("find password", [&]() -> base::Result<std::string> {
    const long long id = user_id;
    std::string hash;
    const std::lock_guard lock(state_.mutex);
    state_.session << "SELECT hash FROM passwords JOIN users ON users.id = user_id WHERE user_id = :id AND "
                      "disabled_ms = 0",
        soci::use(id), soci::into(hash);
    return hash;
  });
}

base::Result<CreatedSession> SociAccounts::CreateSession(std::int64_t user_id) {
  CreatedSession created{MakeSecret(), {}};
  return WithoutThrowing("create session", [&]() -> base::Result<CreatedSession> {
    const std::string hash = HashOfSecret(created.text);
    const long long user = user_id;
    const long long now_ms = state_.clock();
    long long id = 0;
    std::string permissions;
    std::string grants;
    SessionRecord& record = created.record;
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    state_.session << "SELECT name, permissions, grants FROM users WHERE id = :id AND disabled_ms = 0",
        soci::use(user), soci::into(record.user_name), soci::into(permissions), soci::into(grants);
    if (record.user_name.empty()) return Error{Code::kNotFound, 0, "user"};
    MakeRoom(state_.session, user, now_ms);
    state_.session << "INSERT INTO sessions (hash, user_id, created_ms, used_ms) VALUES (:hash, :user, :now, "
                      ":now2) RETURNING id",
        soci::use(hash), soci::use(user), soci::use(now_ms), soci::use(now_ms), soci::into(id);
    transaction.commit();
    record.id = id;
    record.user_id = user_id;
    record.permissions = KnownPermissions(permissions);
    record.grants = GrantsOfColumn(grants);
    record.expires_ms = EndOf(now_ms, now_ms);
    return std::move(created);
  });
}

base::Result<std::optional<SessionRecord>> SociAccounts::CheckSession(std::string_view text) {
  if (text.size() != kSecretLength) return std::optional<SessionRecord>();
  return WithoutThrowing("check session", [&]() -> base::Result<std::optional<SessionRecord>> {
    const std::string hash = HashOfSecret(text);
    const long long now_ms = state_.clock();
    std::optional<SessionRecord> record;
    std::int64_t created_ms = 0;
    std::int64_t used_ms = 0;
    const std::lock_guard lock(state_.mutex);
    {
      const soci::rowset<soci::row> rows = (state_.session.prepare << kSelectSession, soci::use(hash));
      for (const soci::row& row : rows) {
        record = SessionRecord{.id = NumberAt(row, 0),
                               .user_id = NumberAt(row, 1),
                               .user_name = row.get<std::string>(2),
                               .permissions = KnownPermissions(row.get<std::string>(3))};
        record->grants = GrantsOfColumn(row.get<std::string>(6));
        created_ms = NumberAt(row, 4);
        used_ms = NumberAt(row, 5);
      }
    }
    if (!record || EndOf(created_ms, used_ms) <= now_ms) return std::optional<SessionRecord>();
    record->expires_ms = EndOf(created_ms, now_ms);
    if (now_ms - used_ms >= kSessionNoteMs) {
      const long long id = record->id;
      state_.session << "UPDATE sessions SET used_ms = :now WHERE id = :id", soci::use(now_ms), soci::use(id);
    }
    return record;
  });
}

base::Status SociAccounts::EndSession(std::int64_t id) {
  return WithoutThrowing("end session", [&]() -> base::Status {
    const long long session = id;
    const std::lock_guard lock(state_.mutex);
    state_.session << "DELETE FROM sessions WHERE id = :id", soci::use(session);
    return {};
  });
}

base::Status SociAccounts::EndSessionsOf(std::int64_t user_id) {
  return WithoutThrowing("end sessions", [&]() -> base::Status {
    const long long user = user_id;
    const std::lock_guard lock(state_.mutex);
    state_.session << "DELETE FROM sessions WHERE user_id = :id", soci::use(user);
    return {};
  });
}

}  // namespace cairn::store
