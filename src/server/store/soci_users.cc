// The users of SociDirectory.
#include <utility>

#include "server/store/soci_directory.h"
#include "server/store/soci_store.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr const char* kSelect =
    "SELECT CAST(id AS TEXT), name, permissions, CAST(created_ms AS TEXT), CAST(disabled_ms AS TEXT), "
    "grants FROM users ";

User UserOf(const soci::row& row) {
  User user;
  user.id = NumberAt(row, 0);
  user.name = row.get<std::string>(1);
  user.permissions = KnownPermissions(row.get<std::string>(2));
  user.created_ms = NumberAt(row, 3);
  user.disabled_ms = NumberOrNothing(NumberAt(row, 4));
  user.grants = GrantsOfColumn(row.get<std::string>(5));
  return user;
}

bool HasUser(soci::session& session, long long id) {
  long long found = 0;
  session << "SELECT count(*) FROM users WHERE id = :id", soci::use(id), soci::into(found);
  return found > 0;
}

}  // namespace

base::Result<User> SociDirectory::AddUser(const std::string& name, PermissionSet permissions) {
  if (name.empty() || !IsValidText(name)) return Error{Code::kBadValue, 0, "user name"};
  return WithoutThrowing("add user", [&]() -> base::Result<User> {
    const std::string permission_names = permissions.ToText();
    const long long created_ms = state_->clock();
    long long id = 0;
    const std::lock_guard lock(state_->mutex);
    // Asked for first in one statement, and not told by a failure: back ends word it differently.
    state_->session << "INSERT INTO users (name, permissions, created_ms, disabled_ms) "
                       "VALUES (:name, :permissions, :created, 0) ON CONFLICT (name) DO NOTHING RETURNING id",
        soci::use(name), soci::use(permission_names), soci::use(created_ms), soci::into(id);
    if (id == 0) return Error{Code::kRefused, 0, "user name: it is taken"};
    return User{
        .id = id, .name = name, .permissions = permissions, .created_ms = created_ms, .disabled_ms = {}};
  });
}

base::Result<std::optional<User>> SociDirectory::FindUser(const std::string& name) const {
  if (!IsValidText(name)) return std::optional<User>();
  return WithoutThrowing("find user", [&]() -> base::Result<std::optional<User>> {
    const std::string select = std::string(kSelect) + "WHERE name = :name";
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select, soci::use(name));
    for (const soci::row& row : rows) return std::optional<User>(UserOf(row));
    return std::optional<User>();
  });
}

base::Result<std::vector<User>> SociDirectory::ListUsers() const {
  return WithoutThrowing("list users", [&]() -> base::Result<std::vector<User>> {
    const std::string select = std::string(kSelect) + "ORDER BY id";
    std::vector<User> users;
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select);
    for (const soci::row& row : rows) users.push_back(UserOf(row));
    return users;
  });
}

base::Status SociDirectory::SetPermissions(std::int64_t user_id, PermissionSet permissions) {
  return WithoutThrowing("set permissions", [&]() -> base::Status {
    const std::string permission_names = permissions.ToText();
    const long long id = user_id;
    const std::lock_guard lock(state_->mutex);
    if (!HasUser(state_->session, id)) return Error{Code::kNotFound, 0, "user"};
    state_->session << "UPDATE users SET permissions = :permissions WHERE id = :id",
        soci::use(permission_names), soci::use(id);
    return {};
  });
}

base::Status SociDirectory::SetGrants(std::int64_t user_id, const Grants& grants) {
  RETURN_IF_ERROR(CheckGrants(grants));
  return WithoutThrowing("set grants", [&]() -> base::Status {
    const std::string text = GrantsToColumn(grants);
    const long long id = user_id;
    const std::lock_guard lock(state_->mutex);
    if (!HasUser(state_->session, id)) return Error{Code::kNotFound, 0, "user"};
    state_->session << "UPDATE users SET grants = :grants WHERE id = :id", soci::use(text), soci::use(id);
    return {};
  });
}

base::Status SociDirectory::SetDisabled(std::int64_t user_id, std::int64_t disabled_ms) {
  return WithoutThrowing("disable or enable user", [&]() -> base::Status {
    const long long id = user_id;
    const long long since_ms = disabled_ms;
    const std::lock_guard lock(state_->mutex);
    if (!HasUser(state_->session, id)) return Error{Code::kNotFound, 0, "user"};
    // The first time counts.
    state_->session
        << "UPDATE users SET disabled_ms = :since WHERE id = :id AND (disabled_ms = 0 OR :since2 = 0)",
        soci::use(since_ms), soci::use(id), soci::use(since_ms);
    // For good: who is enabled again signs in again.
    if (since_ms != 0) state_->session << "DELETE FROM sessions WHERE user_id = :id", soci::use(id);
    return {};
  });
}

base::Status SociDirectory::DisableUser(std::int64_t user_id) {
  return SetDisabled(user_id, state_->clock());
}

base::Status SociDirectory::EnableUser(std::int64_t user_id) { return SetDisabled(user_id, 0); }

}  // namespace cairn::store
