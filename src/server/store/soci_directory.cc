#include "server/store/soci_directory.h"

#include <soci/sqlite3/soci-sqlite3.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/hex.h"
#include "os/file.h"
#include "os/random.h"
#include "server/store/soci_accounts.h"
#include "server/store/soci_bookmarks.h"
#include "server/store/soci_bug_records.h"
#include "server/store/soci_store.h"
#include "server/store/soci_symbol_records.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

// Lets people, and scanners for leaked secrets, see what a text is.
constexpr std::string_view kTokenPrefix = "cairn_";
constexpr std::size_t kTokenLength = kTokenPrefix.size() + kSecretLength;

// The first number had tokens alone. Each change is made once, in one transaction.
constexpr int kDirectorySchema = 6;

constexpr const char* kFirstTables =
    "CREATE TABLE IF NOT EXISTS tokens (id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, "
    "label TEXT NOT NULL, permissions TEXT NOT NULL, created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL, "
    "revoked_ms BIGINT NOT NULL)";

constexpr std::array kSecondTables = {
    "ALTER TABLE tokens ADD COLUMN user_id BIGINT NOT NULL DEFAULT 0",
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, permissions TEXT "
    "NOT NULL, "
    "created_ms BIGINT NOT NULL, disabled_ms BIGINT NOT NULL)",
    "CREATE TABLE products (name TEXT NOT NULL PRIMARY KEY, crashes TEXT NOT NULL, symbols TEXT NOT NULL, "
    "report_days BIGINT NOT NULL, ping_days BIGINT NOT NULL)",
    "CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, when_ms BIGINT NOT NULL, who TEXT NOT NULL, "
    "action TEXT NOT NULL, object TEXT NOT NULL)",
};

// For a purge, which takes the ids of crashes out.
constexpr const char* kThirdTables = "CREATE INDEX audit_objects ON audit (object)";

// Those of SociSymbolRecords. The columns named *_name and *_key are in lower case.
constexpr std::array kFourthTables = {
    "CREATE TABLE uploads (id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL, protocol TEXT NOT NULL, "
    "filename TEXT NOT NULL, size BIGINT NOT NULL, class TEXT NOT NULL, product TEXT NOT NULL, created_ms "
    "BIGINT NOT NULL, completed_ms BIGINT NOT NULL, skipped BIGINT NOT NULL, skipped_keys TEXT NOT NULL)",
    "CREATE TABLE symbol_files (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, class TEXT "
    "NOT "
    "NULL, debug_file TEXT NOT NULL, debug_id TEXT NOT NULL, symbol_file TEXT NOT NULL, is_text BIGINT NOT "
    "NULL, code_file TEXT NOT NULL, code_id TEXT NOT NULL, generator TEXT NOT NULL, build_id TEXT NOT NULL, "
    "has_code BIGINT NOT NULL, has_debug_info BIGINT NOT NULL, size BIGINT NOT NULL, stored_bytes BIGINT NOT "
    "NULL, md5 TEXT NOT NULL, sha256 TEXT NOT NULL, product TEXT NOT NULL, upload_id BIGINT NOT NULL, "
    "stored_ms "
    "BIGINT NOT NULL, debug_name TEXT NOT NULL, debug_key TEXT NOT NULL, code_name TEXT NOT NULL, code_key "
    "TEXT "
    "NOT NULL)",
    "CREATE INDEX symbol_files_debug ON symbol_files (debug_key, debug_name)",
    "CREATE INDEX symbol_files_code ON symbol_files (code_key, code_name)",
    "CREATE INDEX symbol_files_build ON symbol_files (build_id)",
    "CREATE INDEX symbol_files_content ON symbol_files (sha256)",
    "CREATE INDEX symbol_files_age ON symbol_files (class, stored_ms)",
    "CREATE INDEX symbol_files_upload ON symbol_files (upload_id)",
};

// Passwords, sessions, what a product's page shows, bugs, bookmarks. Lists of a product have an entry a line,
// a link's label and URL with a tab between.
constexpr std::array kFifthTables = {
    "CREATE TABLE passwords (user_id BIGINT NOT NULL PRIMARY KEY, hash TEXT NOT NULL)",
    "CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, user_id BIGINT "
    "NOT NULL, created_ms BIGINT NOT NULL, used_ms BIGINT NOT NULL)",
    "CREATE INDEX sessions_user ON sessions (user_id)",
    "ALTER TABLE products ADD COLUMN description TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE products ADD COLUMN featured_versions TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE products ADD COLUMN links TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE products ADD COLUMN bug_links TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE bug_links (id INTEGER PRIMARY KEY AUTOINCREMENT, signature TEXT NOT NULL, tracker TEXT NOT "
    "NULL, bug TEXT NOT NULL, created_ms BIGINT NOT NULL, UNIQUE (signature, tracker, bug))",
    "CREATE INDEX bug_links_bug ON bug_links (bug)",
    "CREATE TABLE bug_states (tracker TEXT NOT NULL, bug TEXT NOT NULL, status TEXT NOT NULL, resolution "
    "TEXT NOT NULL, summary TEXT NOT NULL, asked_ms BIGINT NOT NULL, PRIMARY KEY (tracker, bug))",
    "CREATE TABLE saved_searches (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id BIGINT NOT NULL, name TEXT "
    "NOT NULL, url TEXT NOT NULL, created_ms BIGINT NOT NULL, UNIQUE (user_id, name))",
    "CREATE TABLE short_links (id TEXT NOT NULL PRIMARY KEY, url TEXT NOT NULL, created_ms BIGINT NOT NULL)",
};

constexpr std::array kSixthTables = {
    "ALTER TABLE users ADD COLUMN grants TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE tokens ADD COLUMN grants TEXT NOT NULL DEFAULT ''",
};

// Before there was a permission for it, whoever was known saw closed products: all who might be used to it go
// on. Tokens of machines that only bring something do not need to.
void LetThoseOfBeforeSeeClosedProducts(soci::session& session) {
  constexpr PermissionSet kBringing = {Permission::kUploadSymbols, Permission::kUploadTrySymbols,
                                       Permission::kAssignIds, Permission::kViewMetrics};
  for (const std::string table : {"users", "tokens"}) {
    std::vector<std::pair<long long, std::string>> changed;
    {
      const soci::rowset<soci::row> rows =
          (session.prepare << "SELECT CAST(id AS TEXT), permissions FROM " + table);
      for (const soci::row& row : rows) {
        PermissionSet permissions = KnownPermissions(row.get<std::string>(1));
        const bool only_brings = !permissions.empty() && permissions.And(kBringing) == permissions;
        if (table == "tokens" && only_brings) continue;
        permissions.Add(Permission::kViewClosedProducts);
        changed.emplace_back(NumberAt(row, 0), permissions.ToText());
      }
    }
    for (const auto& [id, permissions] : changed) {
      session << "UPDATE " + table + " SET permissions = :permissions WHERE id = :id", soci::use(permissions),
          soci::use(id);
    }
  }
}

TokenRecord RecordOf(const soci::row& row) {
  TokenRecord record;
  record.id = NumberAt(row, 0);
  record.label = row.get<std::string>(1);
  record.permissions = KnownPermissions(row.get<std::string>(2));
  record.created_ms = NumberAt(row, 3);
  record.expires_ms = NumberOrNothing(NumberAt(row, 4));
  record.revoked_ms = NumberOrNothing(NumberAt(row, 5));
  record.user_id = NumberOrNothing(NumberAt(row, 6));
  record.user_name = row.get<std::string>(9);
  record.grants = GrantsOfColumn(row.get<std::string>(10));
  return record;
}

// With the user's row where the token has one.
constexpr std::string_view kSelect =
    "SELECT CAST(tokens.id AS TEXT), label, tokens.permissions, CAST(tokens.created_ms AS TEXT), "
    "CAST(expires_ms AS TEXT), CAST(revoked_ms AS TEXT), CAST(user_id AS TEXT), coalesce(users.permissions, "
    "''), "
    "CAST(coalesce(users.disabled_ms, 0) AS TEXT), coalesce(users.name, ''), tokens.grants, "
    "coalesce(users.grants, '') FROM tokens LEFT JOIN users ON users.id = user_id ";

}  // namespace

PermissionSet KnownPermissions(const std::string& text) {
  PermissionSet known;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const base::Result<PermissionSet> one = PermissionSet::Parse(text.substr(begin, end - begin));
    if (one) known.AddAll(*one);
    begin = end + 1;
  }
  return known;
}

std::string GrantsToColumn(const Grants& grants) {
  std::string text;
  for (const auto& [product, permissions] : grants) {
    if (!permissions.empty()) text += product + "\t" + permissions.ToText() + "\n";
  }
  return text;
}

Grants GrantsOfColumn(const std::string& text) {
  Grants grants;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t tab = std::min(line.find('\t'), line.size());
    const PermissionSet permissions = KnownPermissions(line.substr(std::min(tab + 1, line.size())));
    if (!permissions.empty()) grants[line.substr(0, tab)] = permissions.And(kProductPermissions);
  }
  return grants;
}

std::string MakeSecret() {
  std::array<std::byte, kSecretBytes> secret;
  os::FillRandom(secret);
  std::string text = base::BytesToHex(secret);
  sodium_memzero(secret.data(), secret.size());
  return text;
}

std::string HashOfSecret(std::string_view text) {
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  const base::Bytes bytes = base::AsBytes(text);
  crypto_generichash(hash.data(), hash.size(),
                     static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())), bytes.size(),
                     nullptr, 0);
  return base::BytesToHex(std::as_bytes(std::span(hash)));
}

base::Result<std::unique_ptr<SociDirectory>> SociDirectory::OpenSqlite(const std::string& path, Clock clock) {
  if (sodium_init() < 0) return Error{Code::kUnsupported, 0, "libsodium"};
  // SOCI takes the path from a text in which a quote would end it.
  if (path.find('"') != std::string::npos) return Error{Code::kBadValue, 0, "path of the directory"};
  RETURN_IF_ERROR(os::CreateIfAbsent(path));
  return WithoutThrowing("open directory", [&]() -> base::Result<std::unique_ptr<SociDirectory>> {
    auto state = std::make_unique<State>();
    state->clock = std::move(clock);
    state->session.open(soci::sqlite3, "db=\"" + path + "\" timeout=5");
    state->session << "PRAGMA journal_mode=WAL";
    state->session << "PRAGMA synchronous=FULL";
    state->session << "PRAGMA foreign_keys=ON";
    state->session << "PRAGMA secure_delete=ON";
    state->path = path;
    std::unique_ptr<SociDirectory> directory(new SociDirectory(std::move(state)));
    RETURN_IF_ERROR(directory->MakeTables());
    return directory;
  });
}

base::Status SociDirectory::MakeTables() {
  soci::session& session = state_->session;
  session << "CREATE TABLE IF NOT EXISTS directory_schema (version BIGINT NOT NULL)";
  // Takes the right to write at once, so that two processes do not both see the old tables.
  session << "BEGIN IMMEDIATE";
  const auto upgrade = [&]() -> base::Status {
    int version = 0;
    session << "SELECT coalesce(max(version), 1) FROM directory_schema", soci::into(version);
    if (version > kDirectorySchema) return Error{Code::kUnsupported, 0, "directory of a newer version"};
    if (version == kDirectorySchema) return {};
    if (version < 2) {
      session << kFirstTables;
      for (const char* const statement : kSecondTables) session << statement;
    }
    if (version < 3) session << kThirdTables;
    if (version < 4) {
      for (const char* const statement : kFourthTables) session << statement;
    }
    if (version < 5) {
      for (const char* const statement : kFifthTables) session << statement;
    }
    for (const char* const statement : kSixthTables) session << statement;
    LetThoseOfBeforeSeeClosedProducts(session);
    session << "INSERT INTO directory_schema VALUES (6)";
    return {};
  };
  const base::Status upgraded = WithoutThrowing("tables of the directory", upgrade);
  session << (upgraded ? "COMMIT" : "ROLLBACK");
  return upgraded;
}

SociDirectory::SociDirectory(std::unique_ptr<State> state)
    : state_(std::move(state)),
      symbol_records_(std::make_unique<SociSymbolRecords>(*state_)),
      accounts_(std::make_unique<SociAccounts>(*state_)),
      bugs_(std::make_unique<SociBugRecords>(*state_)),
      bookmarks_(std::make_unique<SociBookmarks>(*state_)) {}
SociDirectory::~SociDirectory() = default;

base::Result<CreatedToken> SociDirectory::CreateToken(const NewToken& token) {
  if (!IsValidText(token.label)) return Error{Code::kBadValue, 0, "token label"};
  RETURN_IF_ERROR(CheckGrants(token.grants));
  CreatedToken created{std::string(kTokenPrefix) + MakeSecret(), {}};
  created.record.label = token.label;
  created.record.permissions = token.permissions;
  created.record.created_ms = state_->clock();
  created.record.expires_ms = token.expires_ms;
  created.record.user_id = token.user_id;
  created.record.grants = token.grants;
  return WithoutThrowing("create token", [&]() -> base::Result<CreatedToken> {
    const std::string hash = HashOfSecret(created.text);
    const std::string permissions = token.permissions.ToText();
    const std::string grants = GrantsToColumn(token.grants);
    const long long created_ms = created.record.created_ms;
    const long long expires_ms = token.expires_ms.value_or(0);
    const long long user_id = token.user_id.value_or(0);
    long long id = 0;
    long long users = 0;
    const std::lock_guard lock(state_->mutex);
    state_->session << "SELECT count(*) FROM users WHERE id = :id", soci::use(user_id), soci::into(users);
    if (token.user_id && users == 0) return Error{Code::kNotFound, 0, "user"};
    state_->session
        << "INSERT INTO tokens (hash, label, permissions, created_ms, expires_ms, revoked_ms, user_id, "
           "grants) VALUES (:hash, :label, :permissions, :created, :expires, 0, :user, :grants) RETURNING id",
        soci::use(hash), soci::use(token.label), soci::use(permissions), soci::use(created_ms),
        soci::use(expires_ms), soci::use(user_id), soci::use(grants), soci::into(id);
    created.record.id = id;
    return created;
  });
}

base::Result<SociDirectory::Found> SociDirectory::FindToken(std::string_view text) const {
  if (text.size() != kTokenLength || !text.starts_with(kTokenPrefix)) return Found();
  return WithoutThrowing("check token", [&]() -> base::Result<Found> {
    const std::string hash = HashOfSecret(text);
    const std::string select = std::string(kSelect) + "WHERE hash = :hash";
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select, soci::use(hash));
    for (const soci::row& row : rows) {
      Found found{TokenState::kValid, RecordOf(row)};
      TokenRecord& record = found.record;
      if (record.revoked_ms) return Found();
      const bool expired = record.expires_ms && *record.expires_ms <= state_->clock();
      const bool disabled = NumberAt(row, 8) != 0;
      if (expired || disabled) found.state = expired ? TokenState::kExpired : TokenState::kUserDisabled;
      if (record.user_id) {
        const PermissionSet may = KnownPermissions(row.get<std::string>(7));
        record.permissions = record.permissions.And(may.WithImplied());
        record.grants = GrantsInForce(record.grants, may, GrantsOfColumn(row.get<std::string>(11)));
      } else {
        record.grants = WithImplied(std::move(record.grants));
      }
      return found;
    }
    return Found();
  });
}

base::Result<std::optional<TokenRecord>> SociDirectory::CheckToken(std::string_view text) const {
  ASSIGN_OR_RETURN(Found found, FindToken(text));
  if (found.state != TokenState::kValid) return std::optional<TokenRecord>();
  return std::optional<TokenRecord>(std::move(found.record));
}

base::Result<TokenState> SociDirectory::ExplainToken(std::string_view text) const {
  ASSIGN_OR_RETURN(const Found found, FindToken(text));
  return found.state;
}

base::Result<std::vector<TokenRecord>> SociDirectory::ListTokens() const {
  return WithoutThrowing("list tokens", [&]() -> base::Result<std::vector<TokenRecord>> {
    const std::string select = std::string(kSelect) + "ORDER BY tokens.id";
    std::vector<TokenRecord> records;
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select);
    for (const soci::row& row : rows) records.push_back(RecordOf(row));
    return records;
  });
}

base::Status SociDirectory::RevokeToken(std::int64_t id) {
  return WithoutThrowing("revoke token", [&]() -> base::Status {
    const long long now_ms = state_->clock();
    const long long token = id;
    long long found = 0;
    const std::lock_guard lock(state_->mutex);
    state_->session << "SELECT count(*) FROM tokens WHERE id = :id", soci::use(token), soci::into(found);
    if (found == 0) return Error{Code::kNotFound, 0, "token"};
    state_->session << "UPDATE tokens SET revoked_ms = :now WHERE id = :id AND revoked_ms = 0",
        soci::use(now_ms), soci::use(token);
    return {};
  });
}

}  // namespace cairn::store
