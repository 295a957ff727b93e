// cairn-server: the verbs of the front door that need stores, HTTP or archives. `cairn serve` and its like
// exec it.
#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/check_config.h"
#include "apps/command.h"
#include "apps/doctor_command.h"
#include "apps/index_command.h"
#include "apps/ping_rejects_command.h"
#include "apps/product_command.h"
#include "apps/purge_command.h"
#include "apps/report_command.h"
#include "apps/reprocess_command.h"
#include "apps/rules_command.h"
#include "apps/search_command.h"
#include "apps/serve_command.h"
#include "apps/server_config.h"
#include "apps/signing_command.h"
#include "apps/symbols_missing_command.h"
#include "apps/symbols_upload_command.h"
#include "apps/user_command.h"

namespace cairn::apps {
namespace {

// The file and the environment first, then the options that were given: they win.
int ServeWith(const std::string& config_path, const ServerConfig& given, const CLI::App& serve) {
  LoadedConfig loaded;
  if (const std::string mistake = LoadServerConfig(config_path, loaded); !mistake.empty()) {
    PrintError("serve", mistake);
    return kExitUsage;
  }
  const auto take = [&](const std::string& key, auto member) {
    if (serve.count("--" + key) == 0) return;
    loaded.config.*member = given.*member;
    NoteOption(loaded, key);
  };
  take("data", &ServerConfig::data);
  take("listen", &ServerConfig::listen);
  take("roles", &ServerConfig::roles);
  take("web", &ServerConfig::web);
  take("insecure", &ServerConfig::insecure);
  return serve.count("--check-config") > 0 ? CheckConfig(loaded) : Serve(loaded);
}

using RunRules = int (*)(const RulesOptions&);

std::vector<std::pair<CLI::App*, RunRules>> AddRules(CLI::App& app, RulesOptions& options) {
  CLI::App* const rules =
      app.add_subcommand("rules", "work on the rules that say which reports are kept")->require_subcommand(1);
  constexpr const char* kFile = "a file of rules, or general or firefox";
  CLI::App* const check = rules->add_subcommand("check", "say what is wrong with a file of rules");
  check->add_option("file", options.file, kFile)->required();
  CLI::App* const show = rules->add_subcommand("show", "print rules, such as those that come with Cairn");
  show->add_option("file", options.file, kFile)->required();
  CLI::App* const dry_run =
      rules->add_subcommand("dry-run", "say what rules would do with the stored reports");
  dry_run->add_option("file", options.file, kFile)->required();
  dry_run->add_option("--days", options.days, "how far to look back (default 30)")
      ->check(CLI::Range(1, 36'500));
  CLI::App* const history = rules->add_subcommand("history", "say which rules took effect when");
  for (CLI::App* const verb : {dry_run, history}) {
    verb->add_option("--data", options.data, "the server's data folder (default cairn-data)");
  }
  return {{check, CheckRules}, {show, ShowRules}, {dry_run, DryRunRules}, {history, ListRules}};
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
  bool check_config = false;
  serve->add_flag("--check-config", check_config,
                  "say what is in effect and whether it is right; serve nothing");

  DoctorOptions doctor_options;
  CLI::App* const doctor = app.add_subcommand("doctor", "say what of a server is in order, and what is not");
  doctor->add_option("--config", doctor_options.config, "the server's TOML file");
  doctor->add_option("--data", doctor_options.data, "the server's data folder (default as of serve)");
  doctor->add_flag("--json", doctor_options.json, "as JSON");

  UserVerbs user(app);
  ProductVerbs product(app);
  IndexVerbs index(app);
  PurgeVerb purge(app);
  SigningVerbs signing(app);
  SearchVerbs search(app);
  ReportVerb report(app);

  RulesOptions rules_options;
  const auto rules_verbs = AddRules(app, rules_options);

  SymbolsUpload upload;
  CLI::App* const symbols = app.add_subcommand("symbols", "work on symbols")->require_subcommand(1);
  CLI::App* const send = symbols->add_subcommand("upload", "send symbols to a server");
  send->add_option("--url", upload.url, "the server, such as http://127.0.0.1:8000")->required();
  send->add_option("--token", upload.token,
                   "a token with upload_symbols or upload_try_symbols; better in the variable CAIRN_TOKEN")
      ->envname("CAIRN_TOKEN")
      ->required();
  send->add_option("--product", upload.product, "whose symbols they are: says who may fetch them");
  send->add_flag("--raw", upload.sends_binaries, "send the binaries as well, for debuginfod's clients");
  send->add_option("DIR", upload.paths, "folders with symbol files and binaries, or such files")->required();

  SymbolsMissingVerb missing(*symbols);

  Reprocess reprocess;
  CLI::App* const again = app.add_subcommand("reprocess", "have crashes processed again by a running server");
  again->add_option("--url", reprocess.url, "the server, such as http://127.0.0.1:8000")->required();
  again->add_option("--token", reprocess.token, "a token with the permission reprocess_crashes")->required();
  again->add_option("--query", reprocess.query,
                    "all that a search finds, such as 'product=Crashy&version=1.0'");
  again->add_option("--signature", reprocess.signature, "all of this signature");
  again->add_flag("--set-aside", reprocess.set_aside, "all that could not be processed");
  again->add_option("ids", reprocess.ids, "crash ids; - reads them from standard input");

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
  if (doctor->parsed()) return RunDoctor(doctor_options);
  if (user.parsed()) return user.Run();
  if (product.parsed()) return product.Run();
  if (index.parsed()) return index.Run();
  if (purge.parsed()) return purge.Run();
  if (signing.parsed()) return signing.Run();
  if (search.parsed()) return search.Run();
  if (report.parsed()) return report.Run();
  if (again->parsed()) return ReprocessCrashes(reprocess);
  for (const auto& [verb, run] : rules_verbs) {
    if (verb->parsed()) return run(rules_options);
  }
  if (missing.parsed()) return missing.Run();
  if (rejects->parsed()) return ListPingRejects(rejects_options);
  if (replay->parsed()) return ReplayPingRejects(rejects_options);
  return UploadSymbols(upload);
}

}  // namespace
}  // namespace cairn::apps

int main(int argc, char** argv) { return cairn::apps::Main(argc, argv); }
