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

  base::Result<User> AddUser(const std::string& name, PermissionSet permissions) override;
  base::Result<std::optional<User>> FindUser(const std::string& name) const override;
  base::Result<std::vector<User>> ListUsers() const override;
  base::Status SetPermissions(std::int64_t user_id, PermissionSet permissions) override;
  base::Status SetGrants(std::int64_t user_id, const Grants& grants) override;
  base::Status DisableUser(std::int64_t user_id) override;
  base::Status EnableUser(std::int64_t user_id) override;
  base::Result<CreatedToken> CreateToken(const NewToken& token) override;
  base::Result<std::optional<TokenRecord>> CheckToken(std::string_view text) const override;
  base::Result<TokenState> ExplainToken(std::string_view text) const override;
  base::Result<std::vector<TokenRecord>> ListTokens() const override;
  base::Status RevokeToken(std::int64_t id) override;
  base::Status SetProduct(const Product& product) override;
  base::Result<std::optional<Product>> FindProduct(const std::string& name) const override;
  base::Result<std::vector<Product>> ListProducts() const override;
  base::Status RemoveProduct(const std::string& name) override;
  SymbolRecords& symbol_records() override { return *symbol_records_; }
  AccountRecords& accounts() override { return *accounts_; }
  BugRecords& bugs() override { return *bugs_; }
  Bookmarks& bookmarks() override { return *bookmarks_; }
  base::Status RecordAll(std::span<const AuditEntry> entries) override;
  base::Status ReplaceObjects(std::span<const std::pair<std::string, std::string>> objects) override;
  base::Result<std::vector<AuditEntry>> FindAudit(const AuditQuery& query) const override;

  struct State;  // In soci_store.h, for the parts of this class.

 private:
  explicit SociDirectory(std::unique_ptr<State> state);

  base::Status MakeTables();
  base::Status SetDisabled(std::int64_t user_id, std::int64_t disabled_ms);

  // A token's record whatever its state, and the state.
  struct Found {
    TokenState state = TokenState::kUnknown;
    TokenRecord record;
  };
  base::Result<Found> FindToken(std::string_view text) const;

  std::unique_ptr<State> state_;
  // These borrow state_.
  std::unique_ptr<SymbolRecords> symbol_records_;
  std::unique_ptr<AccountRecords> accounts_;
  std::unique_ptr<BugRecords> bugs_;
  std::unique_ptr<Bookmarks> bookmarks_;
};

}  // namespace cairn::store
