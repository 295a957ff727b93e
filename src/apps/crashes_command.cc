#include "apps/crashes_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/pipeline/analyze.h"
#include "handler/database.h"
#include "handler/delivery.h"
#include "os/clock.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

using handler::Database;
using handler::WaitingState;

constexpr std::string_view kVerb = "crashes";

struct CrashesOptions {
  std::string database;
  std::string url;  // Of send; empty: where the application would have sent it.
  std::vector<std::string> ids;
  bool all = false;
};

std::string StateText(const WaitingState& state) {
  if (!state.refused.empty()) return "refused: " + state.refused;
  if (state.attempts > 0) return "not sent yet (attempts: " + std::to_string(state.attempts) + ")";
  return state.consent == handler::ReportConsent::kAlways ? "to be sent" : "waits for consent";
}

// "Editor 12.1", or what of it the dump tells.
std::string ProgramOf(base::Bytes dump) {
  const auto analysis = pipeline::Analysis::Create(dump, {.crashing_thread_only = true});
  if (!analysis) return "(unreadable dump)";
  const auto& annotations = analysis->report().annotations;
  const auto value = [&](const std::string& name) {
    const auto found = annotations.find(name);
    return found == annotations.end() ? std::string("?") : found->second;
  };
  return value("ProductName") + " " + value("Version") + "  " + analysis->report().crash.reason;
}

int List(const Database& database, const CrashesOptions&) {
  for (const std::string& id : database.Reports()) {
    const auto info = os::Inspect(database.DumpPath(id));
    const auto dump = os::MappedFile::Open(database.DumpPath(id));
    if (!info || !dump) continue;  // It was sent or deleted just now.
    const std::string line = id + "  " + os::FormatIso(info->modified_ns / 1'000'000) + "  " +
                             ProgramOf(dump->bytes()) + "  " + std::to_string((info->size + 1023) / 1024) +
                             " KiB  " + StateText(database.ReportState(id)) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
  }
  return kExitOk;
}

// The reports that the command line names; nothing if one of them is not there, which is told.
std::optional<std::vector<std::string>> Chosen(const Database& database, const CrashesOptions& options) {
  std::vector<std::string> reports = database.Reports();
  if (options.all) return reports;
  for (const std::string& id : options.ids) {
    if (std::ranges::find(reports, id) != reports.end()) continue;
    PrintError(kVerb, id + ": there is no such report: `cairn crashes list` shows them");
    return std::nullopt;
  }
  return options.ids;
}

int Send(const Database& database, const CrashesOptions& options) {
  const auto chosen = Chosen(database, options);
  if (!chosen) return kExitProblem;
  const handler::Log log(database.LogPath());
  int exit_code = kExitOk;
  for (const std::string& id : *chosen) {
    const handler::SendResult result = handler::SendReportNow(database, log, id, options.url);
    const std::string line = id + "  " + result.detail + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    if (!result.sent) exit_code = kExitFailure;
  }
  return exit_code;
}

int Delete(const Database& database, const CrashesOptions& options) {
  const auto chosen = Chosen(database, options);
  if (!chosen) return kExitProblem;
  for (const std::string& id : *chosen) database.DeleteReport(id);
  return kExitOk;
}

void AddChoice(CLI::App& command, CrashesOptions& options) {
  auto* const ids = command.add_option("id", options.ids, "Ids, as `cairn crashes list` shows them");
  auto* const all = command.add_flag("--all", options.all, "All of them");
  ids->excludes(all);
  command.callback([&options] {
    if (options.ids.empty() && !options.all) throw CLI::RequiredError("ids or --all");
  });
}

}  // namespace

int RunCrashes(const Arguments& arguments) {
  CrashesOptions options;
  CLI::App app("The crash reports that wait on this machine.", "cairn crashes");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--database", options.database, "The folder that the application gave to cairn::Start")
      ->required();
  app.add_subcommand("list", "Show them, oldest first");
  CLI::App* const send = app.add_subcommand("send", "Send them now, whatever was said of consent before");
  send->add_option("--url", options.url, "Where to (default: where the application sends its reports)");
  AddChoice(*send, options);
  CLI::App* const remove = app.add_subcommand("delete", "Delete them unsent");
  AddChoice(*remove, options);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {  // CLI11 speaks in exceptions; they end here.
    const bool is_help = error.get_exit_code() == 0;
    const int printed = app.exit(error);
    return is_help ? printed : static_cast<int>(kExitUsage);
  }
  // Looking must not make a database where there is none.
  const auto info = os::Inspect(options.database + "/pending");
  if (!info) {
    PrintError(kVerb,
               options.database + ": this is no database of crash reports: give the application's folder");
    return kExitFailure;
  }
  const auto database = Database::Open(options.database);
  if (!database) {
    PrintError(kVerb, options.database + ": " + Describe(database.error()));
    return kExitFailure;
  }
  if (send->parsed()) return Send(*database, options);
  if (remove->parsed()) return Delete(*database, options);
  return List(*database, options);
}

}  // namespace cairn::apps
