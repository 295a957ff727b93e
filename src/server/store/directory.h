// Directory is the port to who may do what with which product, and to who did: users with their passwords and
// sessions, tokens, products, the records of symbol files, bugs of signatures, searches that people keep, and
// the audit of protected reads and of changes.
//
// A token's text is shown once, when it is made; only its hash is kept. All methods may be called from many
// threads at once, and by several processes where the engine allows (SQLite and PostgreSQL do). Texts from
// callers have at most kMaxDirectoryTextLength bytes and no NUL, else kBadValue.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/store/account_records.h"
#include "server/store/bookmarks.h"
#include "server/store/bug_records.h"
#include "server/store/permissions.h"
#include "server/store/symbol_records.h"

namespace cairn::store {

inline constexpr std::size_t kMaxDirectoryTextLength = 200;

struct User {
  std::int64_t id = 0;
  std::string name;           // As the user signs in, such as an address of mail. Unique, letter case counts.
  PermissionSet permissions;  // With all products.
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> disabled_ms;  // Since when the user and all tokens of the user may do nothing.
  Grants grants = {};                       // With single products.
};

struct NewToken {
  std::string label;  // For people: whose it is, what for.
  PermissionSet permissions;
  std::optional<std::int64_t> expires_ms;  // Unix time; nothing: it does not expire.
  std::optional<std::int64_t> user_id;     // Whose it is: it then never grants what the user may not.
  Grants grants = {};
};

struct TokenRecord {
  std::int64_t id = 0;
  std::string label;
  PermissionSet permissions;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> expires_ms;
  std::optional<std::int64_t> revoked_ms;
  std::optional<std::int64_t> user_id;
  std::string user_name;  // Empty: it is nobody's.
  Grants grants = {};
};

struct CreatedToken {
  std::string text;  // What the client sends. Not kept anywhere.
  TokenRecord record;
};

// Why a token is not in force, for who brought it.
enum class TokenState : std::uint8_t { kValid, kUnknown, kExpired, kUserDisabled };

// Who may see what of a product.
enum class Visibility : std::uint8_t {
  kPublic,   // Everybody sees its public fields and symbols.
  kByToken,  // Its symbols: only who brings a token. Its crashes: only who has a grant for it, or may see
             // all closed products.
};

// A link of a product's page. For a bug tracker `url` is a template: "{title}" and the like stand for what is
// known of a crash (server/bugs/new_bug.h).
struct ProductLink {
  std::string label;
  std::string url;  // Begins with https:// or http://.

  friend bool operator==(const ProductLink&, const ProductLink&) = default;
};

inline constexpr std::size_t kMaxProductTextBytes = 2'000;  // A description, or a URL.
inline constexpr std::size_t kMaxProductLinks = 50;         // Of each kind, and featured versions.

struct Product {
  std::string name;  // As crashes name it. Unique.
  Visibility crashes = Visibility::kPublic;
  Visibility symbols = Visibility::kByToken;
  // Days that its crashes are kept; nothing: as long as those of any other product.
  std::optional<std::int64_t> report_days;
  std::optional<std::int64_t> ping_days;
  // For its page. No text has a control character.
  std::string description;
  std::vector<std::string> featured_versions;  // None: those of its crashes of late.
  std::vector<ProductLink> links;
  std::vector<ProductLink> bug_links;  // For new bugs; none: those of the trackers that are configured.

  friend bool operator==(const Product&, const Product&) = default;
};

// That somebody read something protected, or changed something.
struct AuditEntry {
  std::int64_t id = 0;
  std::int64_t when_ms = 0;
  std::string who;     // A user's name, or a token's label.
  std::string action;  // "read protected", "grant" and the like; never a value that a user sent.
  std::string object;  // Such as a crash id, in lower case and without "bp-".
};

// Which entries: those with ids below `before_id` (0: all) that fit the texts, where these are given.
struct AuditQuery {
  std::int64_t before_id = 0;
  std::size_t entries_max = 0;
  std::string who = {};     // The whole name.
  std::string action = {};  // How it begins: "grant".
};

class Directory {
 public:
  virtual ~Directory() = default;

  // kBadValue for an empty name; kRefused if the name is taken.
  virtual base::Result<User> AddUser(const std::string& name, PermissionSet permissions) = 0;
  virtual base::Result<std::optional<User>> FindUser(const std::string& name) const = 0;
  // In the order in which they were added.
  virtual base::Result<std::vector<User>> ListUsers() const = 0;
  // In place of what the user had. kNotFound if there is none of that id, here and below.
  virtual base::Status SetPermissions(std::int64_t user_id, PermissionSet permissions) = 0;
  // Likewise with single products; products without a permission are left out. kBadValue: CheckGrants.
  virtual base::Status SetGrants(std::int64_t user_id, const Grants& grants) = 0;
  // Ends the user's sessions. Disabling twice changes nothing.
  virtual base::Status DisableUser(std::int64_t user_id) = 0;
  virtual base::Status EnableUser(std::int64_t user_id) = 0;

  // kNotFound if there is no such user; kBadValue: CheckGrants.
  virtual base::Result<CreatedToken> CreateToken(const NewToken& token) = 0;

  // The token's record if it is known, neither expired nor revoked, and its user not disabled; else nothing.
  // Its permissions and grants are those that its user has as well, with what grants bring along. An Error
  // only if the store fails.
  virtual base::Result<std::optional<TokenRecord>> CheckToken(std::string_view text) const = 0;

  // A revoked token is unknown.
  virtual base::Result<TokenState> ExplainToken(std::string_view text) const = 0;

  // All of them, oldest first, the expired and revoked ones too, with the permissions that they were made
  // with.
  virtual base::Result<std::vector<TokenRecord>> ListTokens() const = 0;

  // kNotFound if there is none of that id. Revoking twice changes nothing.
  virtual base::Status RevokeToken(std::int64_t id) = 0;

  // Adds a product or takes the place of the one of that name. kBadValue for an empty name, days below 1, or
  // texts and links that are not as Product says.
  virtual base::Status SetProduct(const Product& product) = 0;
  virtual base::Result<std::optional<Product>> FindProduct(const std::string& name) const = 0;
  // By name.
  virtual base::Result<std::vector<Product>> ListProducts() const = 0;
  virtual base::Status RemoveProduct(const std::string& name) = 0;

  // These live as long as the Directory.
  virtual SymbolRecords& symbol_records() = 0;
  virtual AccountRecords& accounts() = 0;
  virtual BugRecords& bugs() = 0;
  virtual Bookmarks& bookmarks() = 0;

  // All of them or none; durable when it returns. The store gives ids and the time. Longer texts are cut in
  // their middle, where a hash of the whole then stands: an entry is never lost for its length.
  virtual base::Status RecordAll(std::span<const AuditEntry> entries) = 0;
  base::Status Record(const AuditEntry& entry) { return RecordAll(std::span(&entry, 1)); }

  // Puts another object in the place of one, in all entries: of each pair the second. No byte of the first is
  // left in what the store keeps when it returns.
  virtual base::Status ReplaceObjects(std::span<const std::pair<std::string, std::string>> objects) = 0;

  // The newest first.
  virtual base::Result<std::vector<AuditEntry>> FindAudit(const AuditQuery& query) const = 0;
  base::Result<std::vector<AuditEntry>> ListAudit(std::int64_t before_id, std::size_t entries_max) const {
    return FindAudit({.before_id = before_id, .entries_max = entries_max});
  }
};

}  // namespace cairn::store
