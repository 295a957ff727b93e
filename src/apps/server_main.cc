// cairn-server: the verbs of the front door that need stores, HTTP or archives. `cairn serve` and its like
// exec it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "apps/command.h"
#include "apps/ping_rejects_command.h"
#include "apps/serve_command.h"
#include "apps/server_config.h"
#include "apps/symbols_upload_command.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/store/soci_directory.h"

namespace cairn::apps {
namespace {

struct TokenOptions {
  std::string data = "cairn-data";
  std::string permissions;
  std::string label = "made by cairn user token";
  int days = 365;
};

// Works while the server runs: the directory may be open in several processes.
int MakeToken(const TokenOptions& options) {
  constexpr std::string_view kVerb = "user token";
  constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
  const base::Result<store::PermissionSet> permissions = store::PermissionSet::Parse(options.permissions);
  if (!permissions || permissions->empty()) {
    PrintError(kVerb,
               "--permissions " + options.permissions + ": give names such as upload_symbols,view_pings");
    return kExitUsage;
  }
  if (const base::Status made = os::MakeDirectories(options.data); !made) {
    PrintError(kVerb, options.data + ": " + base::Describe(made.error()));
    return kExitFailure;
  }
  const auto directory = store::SociDirectory::OpenSqlite(options.data + "/directory.sqlite");
  if (!directory) {
    PrintError(kVerb, options.data + ": " + base::Describe(directory.error()));
    return kExitFailure;
  }
  const auto token =
      (*directory)->CreateToken({options.label, *permissions, os::UnixMillis() + options.days * kDayMs});
  if (!token) {
    PrintError(kVerb, options.data + ": " + base::Describe(token.error()));
    return kExitFailure;
  }
  std::printf("%s\n", token->text.c_str());
  return kExitOk;
}

// The file first, then the options that were given: they win.
int ServeWith(const std::string& config_path, const ServerConfig& given, const CLI::App& serve) {
  ServerConfig config;
  if (!config_path.empty()) {
    if (const std::string mistake = ReadServerConfig(config_path, config); !mistake.empty()) {
      PrintError("serve", mistake);
      return kExitUsage;
    }
  }
  if (serve.count("--data") > 0) config.data = given.data;
  if (serve.count("--listen") > 0) config.listen = given.listen;
  if (serve.count("--roles") > 0) config.roles = given.roles;
  if (serve.count("--web") > 0) config.web = given.web;
  if (serve.count("--insecure") > 0) config.insecure = true;
  return Serve(config);
}

int Main(int argc, char** argv) {
  CLI::App app("Cairn's server and what works on its data", "cairn");
  app.require_subcommand(1);

  std::string config_path;
  ServerConfig given;
  CLI::App* const serve = app.add_subcommand("serve", "run the server");
  serve->add_option("--config", config_path, "a TOML file");
  serve->add_option("--data", given.data, "the folder of everything that is kept (default cairn-data)");
  serve->add_option("--listen", given.listen, "HOST:PORT (default 127.0.0.1:8000); port 0 takes a free one");
  serve->add_option("--roles", given.roles, "all");
  serve->add_option("--web", given.web, "the folder of the built site");
  serve->add_flag("--insecure", given.insecure, "listen beyond loopback without TLS");

  TokenOptions token_options;
  CLI::App* const user = app.add_subcommand("user", "make tokens")->require_subcommand(1);
  CLI::App* const token = user->add_subcommand("token", "print a new token");
  token->add_option("--data", token_options.data, "the server's data folder (default cairn-data)");
  token->add_option("--permissions", token_options.permissions, "names, separated by commas")->required();
  token->add_option("--label", token_options.label, "whose it is and what for");
  token->add_option("--days", token_options.days, "how long it lasts")->check(CLI::Range(1, 3650));

  SymbolsUpload upload;
  CLI::App* const symbols = app.add_subcommand("symbols", "work on symbols")->require_subcommand(1);
  CLI::App* const send = symbols->add_subcommand("upload", "send a folder of symbol files to a server");
  send->add_option("--url", upload.url, "the server, such as http://127.0.0.1:8000")->required();
  send->add_option("--token", upload.token, "a token with upload_symbols")->required();
  send->add_option("folder", upload.folder, "NAME/ID/NAME.sym lie below it")->required();

  PingRejectsOptions rejects_options;
  CLI::App* const ping = app.add_subcommand("ping", "work on pings that were refused")->require_subcommand(1);
  CLI::App* const rejects = ping->add_subcommand("rejects", "list them, the newest first");
  CLI::App* const replay = ping->add_subcommand("replay", "have the server check them again, after a fix");
  for (CLI::App* const verb : {rejects, replay}) AddPingRejectsOptions(*verb, rejects_options);
  rejects->add_flag("--json", rejects_options.json, "as JSON, with counts by day");
  rejects->add_option("--count", rejects_options.count, "how many at most (default 100)");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // CLI11's own way to say it; nothing else throws.
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (serve->parsed()) return ServeWith(config_path, given, *serve);
  if (token->parsed()) return MakeToken(token_options);
  if (rejects->parsed()) return ListPingRejects(rejects_options);
  if (replay->parsed()) return ReplayPingRejects(rejects_options);
  return UploadSymbols(upload);
}

}  // namespace
}  // namespace cairn::apps

int main(int argc, char** argv) { return cairn::apps::Main(argc, argv); }
