// The AccountRecords of SociDirectory.
#pragma once

#include "server/store/account_records.h"
#include "server/store/soci_directory.h"

namespace cairn::store {

class SociAccounts final : public AccountRecords {
 public:
  // Borrows the directory's state.
  explicit SociAccounts(SociDirectory::State& state) : state_(state) {}

  base::Status SetPassword(std::int64_t user_id, const std::string& hash) override;
  base::Result<std::string> PasswordOf(std::int64_t user_id) const override;
  base::Result<CreatedSession> CreateSession(std::int64_t user_id) override;
  base::Result<std::optional<SessionRecord>> CheckSession(std::string_view text) override;
  base::Status EndSession(std::int64_t id) override;
  base::Status EndSessionsOf(std::int64_t user_id) override;

 private:
  SociDirectory::State& state_;
};

}  // namespace cairn::store
