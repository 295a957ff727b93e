// `cairn user`: users and tokens of a data folder. Works while the server runs: the directory may be open in
// several processes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/store/directory.h"
#include "server/store/roles.h"

namespace cairn::apps {

class UserVerbs {
 public:
  explicit UserVerbs(CLI::App& app);
  UserVerbs(const UserVerbs&) = delete;  // CLI11 points into it.
  UserVerbs& operator=(const UserVerbs&) = delete;

  bool parsed() const { return noun_->parsed(); }
  // An exit code.
  int Run() const;

 private:
  CLI::App* Verb(const std::string& name, const std::string& what);
  int RunOn(store::Directory& directory, const std::vector<store::Role>& roles) const;
  int Add(store::Directory& directory, const std::vector<store::Role>& roles) const;
  int ChangePassword(store::Directory& directory) const;
  int MakeToken(store::Directory& directory, const std::vector<store::Role>& roles) const;
  int ChangePermissions(store::Directory& directory, const std::vector<store::Role>& roles) const;
  // What --permissions, and --product if it is there, say; nothing, and what is wrong was said.
  struct Rights {
    store::PermissionSet permissions;
    store::Grants grants;
    bool empty() const { return permissions.empty() && grants.empty(); }
  };
  std::optional<Rights> ReadRights(const std::vector<store::Role>& roles) const;
  int DisableOrEnable(store::Directory& directory) const;
  int RevokeToken(store::Directory& directory) const;
  int List(const store::Directory& directory) const;
  int ListTokens(const store::Directory& directory) const;
  int ListAudit(const store::Directory& directory) const;

  CLI::App* noun_;
  CLI::App* add_;
  CLI::App* list_;
  CLI::App* grant_;
  CLI::App* revoke_;
  CLI::App* disable_;
  CLI::App* enable_;
  CLI::App* password_;
  CLI::App* token_;
  CLI::App* tokens_;
  CLI::App* revoke_token_;
  CLI::App* audit_;
  std::string data_ = "cairn-data";
  std::string name_;
  std::string permissions_;
  std::string product_;  // Empty: all of them.
  std::string config_;
  std::string label_ = "made by cairn user token";
  bool with_password_ = false;
  int days_ = 365;
  std::int64_t token_id_ = 0;
  std::size_t audit_count_ = 100;
};

}  // namespace cairn::apps
