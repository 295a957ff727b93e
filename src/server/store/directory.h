// Directory is the port to who may do what: tokens now; users, products and saved queries beside them later.
//
// A token's text is shown once, when it is made; only its hash is kept. All methods may be called from many
// threads at once, and by several processes where the engine allows (SQLite and PostgreSQL do).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/store/permissions.h"

namespace cairn::store {

inline constexpr std::size_t kMaxTokenLabelLength = 200;

struct NewToken {
  std::string label;  // For people: whose it is, what for.
  PermissionSet permissions;
  std::optional<std::int64_t> expires_ms;  // Unix time; nothing: it does not expire.
};

struct TokenRecord {
  std::int64_t id = 0;
  std::string label;
  PermissionSet permissions;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> expires_ms;
  std::optional<std::int64_t> revoked_ms;
};

struct CreatedToken {
  std::string text;  // What the client sends. Not kept anywhere.
  TokenRecord record;
};

class Directory {
 public:
  virtual ~Directory() = default;

  virtual base::Result<CreatedToken> CreateToken(const NewToken& token) = 0;

  // The token's record if it is known, neither expired nor revoked; else nothing. An Error only if the store
  // fails.
  virtual base::Result<std::optional<TokenRecord>> CheckToken(std::string_view text) const = 0;

  // All of them, oldest first, the expired and revoked ones too.
  virtual base::Result<std::vector<TokenRecord>> ListTokens() const = 0;

  // kNotFound if there is none of that id. Revoking twice changes nothing.
  virtual base::Status RevokeToken(std::int64_t id) = 0;
};

}  // namespace cairn::store
