#include "server/store/soci_directory.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sodium.h>

#include <array>
#include <cerrno>
#include <exception>
#include <mutex>
#include <utility>

#include "base/hex.h"
#include "os/file.h"
#include "os/random.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

// 256 random bits: such a token cannot be guessed, so a fast hash of it is enough.
constexpr std::size_t kTokenBytes = 32;
// Lets people, and scanners for leaked secrets, see what a text is.
constexpr std::string_view kTokenPrefix = "cairn_";
constexpr std::size_t kTokenLength = kTokenPrefix.size() + 2 * kTokenBytes;

// 0 stands for "never" in the two optional times: SOCI's optional values differ between versions.
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS tokens (id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, "
    "label TEXT NOT NULL, permissions TEXT NOT NULL, created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL, "
    "revoked_ms BIGINT NOT NULL)";

std::string HashOf(std::string_view token) {
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  const base::Bytes bytes = base::AsBytes(token);
  crypto_generichash(hash.data(), hash.size(),
                     static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())), bytes.size(),
                     nullptr, 0);
  return base::BytesToHex(std::as_bytes(std::span(hash)));
}

bool IsValidLabel(std::string_view label) {
  // A NUL would end the text early in the engine.
  return label.size() <= kMaxTokenLabelLength && label.find('\0') == std::string_view::npos;
}

std::optional<std::int64_t> TimeOrNever(long long milliseconds) {
  if (milliseconds == 0) return std::nullopt;
  return milliseconds;
}

TokenRecord RecordOf(const soci::row& row) {
  TokenRecord record;
  record.id = std::stoll(row.get<std::string>(0));
  record.label = row.get<std::string>(1);
  // A permission that this version does not know grants nothing.
  const base::Result<PermissionSet> permissions = PermissionSet::Parse(row.get<std::string>(2));
  if (permissions) record.permissions = *permissions;
  record.created_ms = std::stoll(row.get<std::string>(3));
  record.expires_ms = TimeOrNever(std::stoll(row.get<std::string>(4)));
  record.revoked_ms = TimeOrNever(std::stoll(row.get<std::string>(5)));
  return record;
}

// Numbers as text: the back ends give different types to the same column.
constexpr std::string_view kSelect =
    "SELECT CAST(id AS TEXT), label, permissions, CAST(created_ms AS TEXT), CAST(expires_ms AS TEXT), "
    "CAST(revoked_ms AS TEXT) FROM tokens ";

// Runs `work`, which uses SOCI, and turns what it throws into an Error.
template <typename Work>
auto WithoutThrowing(std::string_view what, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception&) {
    return Error{Code::kIo, EIO, what};
  }
}

}  // namespace

struct SociDirectory::State {
  Clock clock;
  std::mutex mutex;  // Guards session: SOCI's sessions are for one thread at a time.
  soci::session session;
};

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
    state->session << kSchema;
    return std::unique_ptr<SociDirectory>(new SociDirectory(std::move(state)));
  });
}

SociDirectory::SociDirectory(std::unique_ptr<State> state) : state_(std::move(state)) {}
SociDirectory::~SociDirectory() = default;

base::Result<CreatedToken> SociDirectory::CreateToken(const NewToken& token) {
  if (!IsValidLabel(token.label)) return Error{Code::kBadValue, 0, "token label"};
  std::array<std::byte, kTokenBytes> secret;
  os::FillRandom(secret);
  CreatedToken created{std::string(kTokenPrefix) + base::BytesToHex(secret), {}};
  sodium_memzero(secret.data(), secret.size());
  created.record.label = token.label;
  created.record.permissions = token.permissions;
  created.record.created_ms = state_->clock();
  created.record.expires_ms = token.expires_ms;
  return WithoutThrowing("create token", [&]() -> base::Result<CreatedToken> {
    const std::string hash = HashOf(created.text);
    const std::string permissions = token.permissions.ToText();
    const long long created_ms = created.record.created_ms;
    const long long expires_ms = token.expires_ms.value_or(0);
    long long id = 0;
    const std::lock_guard lock(state_->mutex);
    state_->session << "INSERT INTO tokens (hash, label, permissions, created_ms, expires_ms, revoked_ms) "
                       "VALUES (:hash, :label, :permissions, :created, :expires, 0) RETURNING id",
        soci::use(hash), soci::use(token.label), soci::use(permissions), soci::use(created_ms),
        soci::use(expires_ms), soci::into(id);
    created.record.id = id;
    return created;
  });
}

base::Result<std::optional<TokenRecord>> SociDirectory::CheckToken(std::string_view text) const {
  if (text.size() != kTokenLength || !text.starts_with(kTokenPrefix)) return std::optional<TokenRecord>();
  return WithoutThrowing("check token", [&]() -> base::Result<std::optional<TokenRecord>> {
    const std::string hash = HashOf(text);
    const std::string select = std::string(kSelect) + "WHERE hash = :hash";
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select, soci::use(hash));
    for (const soci::row& row : rows) {
      TokenRecord record = RecordOf(row);
      const bool expired = record.expires_ms && *record.expires_ms <= state_->clock();
      if (!expired && !record.revoked_ms) return std::optional<TokenRecord>(std::move(record));
    }
    return std::optional<TokenRecord>();
  });
}

base::Result<std::vector<TokenRecord>> SociDirectory::ListTokens() const {
  return WithoutThrowing("list tokens", [&]() -> base::Result<std::vector<TokenRecord>> {
    const std::string select = std::string(kSelect) + "ORDER BY id";
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
