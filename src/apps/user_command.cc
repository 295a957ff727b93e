#include "apps/user_command.h"

#include <cstdio>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/directory_verbs.h"
#include "apps/read_password.h"
#include "apps/server_config.h"
#include "base/time_units.h"
#include "os/clock.h"
#include "server/accounts/password.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "user";
using base::kDayMs;

int Fail(const base::Error& error) { return FailVerb(kVerb, error); }

int NoSuchUser(const std::string& name) {
  PrintError(kVerb, name + ": there is no user of this name: `cairn user list` shows them");
  return kExitProblem;
}

// Adds to what was there, or takes from it.
store::PermissionSet Changed(store::PermissionSet before, store::PermissionSet named, bool adds) {
  for (const store::PermissionName& row : store::kPermissionNames) {
    if (!named.Has(row.permission)) continue;
    adds ? before.Add(row.permission) : before.Remove(row.permission);
  }
  return before;
}

std::string DayOrDash(const std::optional<std::int64_t>& time_ms) {
  return time_ms ? os::FormatIso(*time_ms).substr(0, 10) : "-";
}

// A new password's hash; or an exit code, and what is wrong was said.
std::variant<std::string, int> ReadHash() {
  const base::Result<std::string> password = ReadNewPassword();
  if (!password) return Fail(password.error());
  if (const std::string mistake = accounts::MistakeInPassword(*password); !mistake.empty()) {
    PrintError(kVerb, mistake);
    return kExitProblem;
  }
  base::Result<std::string> hash = accounts::PasswordHasher().Hash(*password);
  if (!hash) return Fail(hash.error());
  return *std::move(hash);
}

int Recorded(store::Directory& directory, const std::string& action, const std::string& object) {
  return RecordVerb(kVerb, directory, action, object);
}

}  // namespace

UserVerbs::UserVerbs(CLI::App& app)
    : noun_(app.add_subcommand("user", "make users, passwords and tokens, grant and revoke")),
      add_(Verb("add", "add a user")),
      list_(Verb("list", "print users with what they may do")),
      grant_(Verb("grant", "give a user permissions")),
      revoke_(Verb("revoke", "take permissions from a user")),
      disable_(Verb("disable", "let a user and the user's tokens do nothing")),
      enable_(Verb("enable", "undo disable")),
      password_(Verb("password", "set a user's password, which is read from the terminal or standard input")),
      token_(Verb("token", "print a new token")),
      tokens_(Verb("tokens", "print tokens with what they grant; never their texts")),
      revoke_token_(Verb("revoke-token", "let a token grant nothing any more")),
      audit_(Verb("audit", "print who read what is protected and who changed what, the newest first")) {
  noun_->require_subcommand(1);
  for (CLI::App* const verb : {add_, grant_, revoke_, disable_, enable_, password_}) {
    verb->add_option("name", name_, "the user's name, such as an address of mail")->required();
  }
  for (CLI::App* const verb : {grant_, revoke_}) {
    verb->add_option("permissions", permissions_, "names of permissions or roles, separated by commas")
        ->required();
  }
  add_->add_option("--permissions", permissions_, "names of permissions or roles, separated by commas");
  for (CLI::App* const verb : {add_, grant_, revoke_, token_}) {
    verb->add_option("--product", product_,
                     "for this product alone: then its crashes are seen, though they are closed to others");
    verb->add_option("--config", config_, "the server's configuration, for roles of its own");
  }
  add_->add_flag("--password", with_password_,
                 "with a password, which is read from the terminal or standard input");
  token_->add_option("--permissions", permissions_, "names of permissions or roles, separated by commas")
      ->required();
  token_->add_option("--user", name_, "whose it is: it then never grants what the user may not");
  token_->add_option("--label", label_, "whose it is and what for");
  token_->add_option("--days", days_, "how long it lasts (default 365)")->check(CLI::Range(1, 3650));
  audit_->add_option("--count", audit_count_, "how many at most (default 100)");
  revoke_token_->add_option("id", token_id_, "the number that `cairn user tokens` shows")->required();
}

CLI::App* UserVerbs::Verb(const std::string& name, const std::string& what) {
  CLI::App* const verb = noun_->add_subcommand(name, what);
  verb->add_option("--data", data_, "the server's data folder (default cairn-data)");
  return verb;
}

int UserVerbs::Run() const {
  LoadedConfig loaded;
  if (const std::string mistake = LoadServerConfig(config_, loaded); !mistake.empty()) {
    PrintError(kVerb, mistake);
    return kExitUsage;
  }
  const auto opened = OpenDirectory(kVerb, data_);
  if (const int* const exit_code = std::get_if<int>(&opened)) return *exit_code;
  store::Directory& directory = *std::get<0>(opened);
  return RunOn(directory, loaded.config.permission_roles);
}

int UserVerbs::RunOn(store::Directory& directory, const std::vector<store::Role>& roles) const {
  if (add_->parsed()) return Add(directory, roles);
  if (list_->parsed()) return List(directory);
  if (grant_->parsed() || revoke_->parsed()) return ChangePermissions(directory, roles);
  if (disable_->parsed() || enable_->parsed()) return DisableOrEnable(directory);
  if (password_->parsed()) return ChangePassword(directory);
  if (token_->parsed()) return MakeToken(directory, roles);
  if (tokens_->parsed()) return ListTokens(directory);
  if (audit_->parsed()) return ListAudit(directory);
  return RevokeToken(directory);
}

std::optional<UserVerbs::Rights> UserVerbs::ReadRights(const std::vector<store::Role>& roles) const {
  const base::Result<store::PermissionSet> named = product_.empty()
                                                       ? store::ParseRights(permissions_, roles)
                                                       : store::ParseProductRights(permissions_, roles);
  if (!named) {
    std::string known;
    for (const store::PermissionName& row : store::kPermissionNames) known += std::string(row.name) + ", ";
    for (const store::Role& role : roles) known += "\"" + role.name + "\", ";
    known.resize(known.size() - 2);
    PrintError(kVerb, permissions_ + ": give names of permissions or roles, separated by commas: " + known);
    return std::nullopt;
  }
  Rights rights;
  if (product_.empty()) {
    rights.permissions = *named;
  } else if (!named->empty()) {
    rights.grants[product_] = *named;
  }
  if (const base::Status fits = store::CheckGrants(rights.grants); !fits) {
    PrintError(kVerb, "--product: for single products there are only " + store::kProductPermissions.ToText());
    return std::nullopt;
  }
  return rights;
}

int UserVerbs::Add(store::Directory& directory, const std::vector<store::Role>& roles) const {
  const std::optional<Rights> rights = ReadRights(roles);
  if (!rights) return kExitUsage;
  // Before there is a user, who would be left without one.
  const std::variant<std::string, int> hash = with_password_ ? ReadHash() : std::string();
  if (const int* const exit_code = std::get_if<int>(&hash)) return *exit_code;
  const base::Result<store::User> added = directory.AddUser(name_, rights->permissions);
  if (!added && added.error().code == base::Code::kRefused) {
    PrintError(kVerb, name_ + ": this name is taken: `cairn user grant` changes what the user may do");
    return kExitProblem;
  }
  if (!added) return Fail(added.error());
  if (const base::Status set = directory.SetGrants(added->id, rights->grants); !set) return Fail(set.error());
  if (with_password_) {
    const base::Status set = directory.accounts().SetPassword(added->id, std::get<std::string>(hash));
    if (!set) return Fail(set.error());
  }
  const std::string words = store::RightsInWords(rights->permissions, rights->grants);
  return Recorded(directory, "add user" + (words.empty() ? "" : " with " + words), name_);
}

int UserVerbs::ChangePassword(store::Directory& directory) const {
  const base::Result<std::optional<store::User>> user = directory.FindUser(name_);
  if (!user) return Fail(user.error());
  if (!*user) return NoSuchUser(name_);
  const std::variant<std::string, int> hash = ReadHash();
  if (const int* const exit_code = std::get_if<int>(&hash)) return *exit_code;
  const base::Status set = directory.accounts().SetPassword((*user)->id, std::get<std::string>(hash));
  return set ? Recorded(directory, "set password", name_) : Fail(set.error());
}

int UserVerbs::ChangePermissions(store::Directory& directory, const std::vector<store::Role>& roles) const {
  const std::optional<Rights> rights = ReadRights(roles);
  if (!rights) return kExitUsage;
  const base::Result<std::optional<store::User>> user = directory.FindUser(name_);
  if (!user) return Fail(user.error());
  if (!*user) return NoSuchUser(name_);
  const bool adds = grant_->parsed();
  const std::string verb = adds ? "grant " : "revoke ";
  if (product_.empty()) {
    const base::Status set =
        directory.SetPermissions((*user)->id, Changed((*user)->permissions, rights->permissions, adds));
    if (!set) return Fail(set.error());
    return Recorded(directory, verb + rights->permissions.ToText(), name_);
  }
  store::Grants grants = (*user)->grants;
  store::PermissionSet named;
  if (const auto grant = rights->grants.find(product_); grant != rights->grants.end()) named = grant->second;
  grants[product_] = Changed(grants[product_], named, adds);
  const base::Status set = directory.SetGrants((*user)->id, grants);
  if (!set) return Fail(set.error());
  return Recorded(directory, verb + named.ToText() + " for " + product_, name_);
}

int UserVerbs::DisableOrEnable(store::Directory& directory) const {
  const base::Result<std::optional<store::User>> user = directory.FindUser(name_);
  if (!user) return Fail(user.error());
  if (!*user) return NoSuchUser(name_);
  const std::int64_t id = (*user)->id;
  const base::Status done = disable_->parsed() ? directory.DisableUser(id) : directory.EnableUser(id);
  if (!done) return Fail(done.error());
  return Recorded(directory, disable_->parsed() ? "disable" : "enable", name_);
}

int UserVerbs::MakeToken(store::Directory& directory, const std::vector<store::Role>& roles) const {
  const std::optional<Rights> rights = ReadRights(roles);
  if (!rights) return kExitUsage;
  if (rights->empty()) {
    PrintError(kVerb, "--permissions: a token without any is of no use: give names such as upload_symbols");
    return kExitUsage;
  }
  store::NewToken token{label_, rights->permissions, os::UnixMillis() + days_ * kDayMs, {}, rights->grants};
  if (!name_.empty()) {
    const base::Result<std::optional<store::User>> user = directory.FindUser(name_);
    if (!user) return Fail(user.error());
    if (!*user) return NoSuchUser(name_);
    token.user_id = (*user)->id;
  }
  const base::Result<store::CreatedToken> created = directory.CreateToken(token);
  if (!created) return Fail(created.error());
  const int recorded =
      Recorded(directory, "make token with " + store::RightsInWords(rights->permissions, rights->grants),
               std::to_string(created->record.id) + (name_.empty() ? "" : " of " + name_));
  if (recorded == kExitOk) std::printf("%s\n", created->text.c_str());
  return recorded;
}

int UserVerbs::RevokeToken(store::Directory& directory) const {
  const base::Status revoked = directory.RevokeToken(token_id_);
  if (!revoked) return Fail(revoked.error());
  return Recorded(directory, "revoke token", std::to_string(token_id_));
}

// A line each, for people and for cut(1): name, permissions, since when, disabled when, and what is granted
// for single products.
int UserVerbs::List(const store::Directory& directory) const {
  const base::Result<std::vector<store::User>> users = directory.ListUsers();
  if (!users) return Fail(users.error());
  for (const store::User& user : *users) {
    std::printf("%s\t%s\t%s\t%s\t%s\n", user.name.c_str(), user.permissions.ToText().c_str(),
                DayOrDash(user.created_ms).c_str(), DayOrDash(user.disabled_ms).c_str(),
                store::GrantsInWords(user.grants).c_str());
  }
  return kExitOk;
}

// Likewise: id, user, permissions, made when, expires when, revoked when, label, what is granted for single
// products.
int UserVerbs::ListTokens(const store::Directory& directory) const {
  const base::Result<std::vector<store::User>> users = directory.ListUsers();
  if (!users) return Fail(users.error());
  const base::Result<std::vector<store::TokenRecord>> tokens = directory.ListTokens();
  if (!tokens) return Fail(tokens.error());
  std::map<std::int64_t, std::string> names;
  for (const store::User& user : *users) names[user.id] = user.name;
  for (const store::TokenRecord& token : *tokens) {
    const std::string owner = token.user_id ? names[*token.user_id] : "-";
    std::printf("%lld\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", static_cast<long long>(token.id), owner.c_str(),
                token.permissions.ToText().c_str(), DayOrDash(token.created_ms).c_str(),
                DayOrDash(token.expires_ms).c_str(), DayOrDash(token.revoked_ms).c_str(), token.label.c_str(),
                store::GrantsInWords(token.grants).c_str());
  }
  return kExitOk;
}

// Likewise: when, who, what, of what.
int UserVerbs::ListAudit(const store::Directory& directory) const {
  const base::Result<std::vector<store::AuditEntry>> entries = directory.ListAudit(0, audit_count_);
  if (!entries) return Fail(entries.error());
  for (const store::AuditEntry& entry : *entries) {
    std::printf("%s\t%s\t%s\t%s\n", os::FormatIso(entry.when_ms).c_str(), entry.who.c_str(),
                entry.action.c_str(), entry.object.c_str());
  }
  return kExitOk;
}

}  // namespace cairn::apps
