// SociDirectory is the Directory in SQLite, through SOCI, whose other back end is PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "os/clock.h"
#include "server/store/directory.h"

namespace cairn::store {

class SociDirectory final : public Directory {
 public:
  using Clock = std::function<std::int64_t()>;  // Unix time in milliseconds.

  // Opens or makes the SQLite file (0600). Other processes may have it open as well.
  static base::Result<std::unique_ptr<SociDirectory>> OpenSqlite(const std::string& path,
                                                                 Clock clock = os::UnixMillis);
  ~SociDirectory() override;

  base::Result<CreatedToken> CreateToken(const NewToken& token) override;
  base::Result<std::optional<TokenRecord>> CheckToken(std::string_view text) const override;
  base::Result<std::vector<TokenRecord>> ListTokens() const override;
  base::Status RevokeToken(std::int64_t id) override;

 private:
  struct State;
  explicit SociDirectory(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace cairn::store
