#include "apps/rules_command.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <variant>

#include "apps/command.h"
#include "base/time_units.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/collector/rule_dry_run.h"
#include "server/collector/rule_file.h"
#include "server/collector/rule_source.h"
#include "server/intake/crash_id.h"
#include "server/store/file_blob_store.h"

namespace cairn::apps {
namespace {

using base::kDayMs;
constexpr std::uint64_t kProgressEvery = 1'000;

int Fail(std::string_view verb, const std::string& what, const base::Error& error) {
  PrintError(verb, what + ": " + base::Describe(error));
  return ExitCodeOf(error);
}

base::Result<std::string> ReadRules(const std::string& file) {
  for (const collector::RuleProfile& profile : collector::RuleProfiles()) {
    if (profile.name == file) return std::string(profile.toml);
  }
  return os::ReadFile(file, collector::kMaxRuleFileBytes);
}

// The rules, or an exit code after saying what is wrong.
std::variant<collector::RuleSet, int> LoadRules(std::string_view verb, const std::string& file) {
  const base::Result<std::string> text = ReadRules(file);
  if (!text) return Fail(verb, file, text.error());
  auto parsed = collector::ParseRules(*text);
  if (auto* const rules = std::get_if<collector::RuleSet>(&parsed)) return std::move(*rules);
  for (const std::string& mistake : std::get<collector::RuleMistakes>(parsed)) {
    PrintError(verb, file + ": " + mistake);
  }
  return kExitProblem;
}

std::optional<store::FileBlobStore> OpenBlobs(std::string_view verb, const std::string& data,
                                              int& exit_code) {
  base::Result<store::FileBlobStore> blobs = store::FileBlobStore::OpenForReading(data + "/blobs");
  if (blobs) return *std::move(blobs);
  exit_code = Fail(verb, data + ": this is no data folder of a server", blobs.error());
  return std::nullopt;
}

}  // namespace

int CheckRules(const RulesOptions& options) {
  const auto loaded = LoadRules("rules check", options.file);
  if (const int* const exit_code = std::get_if<int>(&loaded)) return *exit_code;
  const auto& rules = std::get<collector::RuleSet>(loaded);
  std::printf("%s: %zu rules, revision %s\n", options.file.c_str(), rules.rules.size(),
              rules.revision.c_str());
  if (!rules.rules.back().when.empty() || rules.rules.back().result == collector::Verdict::kContinue) {
    std::printf("What no rule decides is rejected: end with a rule without `when` to keep it.\n");
  }
  return kExitOk;
}

int ShowRules(const RulesOptions& options) {
  const base::Result<std::string> text = ReadRules(options.file);
  if (!text) return Fail("rules show", options.file, text.error());
  std::fwrite(text->data(), 1, text->size(), stdout);
  return kExitOk;
}

int DryRunRules(const RulesOptions& options) {
  constexpr std::string_view kVerb = "rules dry-run";
  const auto loaded = LoadRules(kVerb, options.file);
  if (const int* const exit_code = std::get_if<int>(&loaded)) return *exit_code;
  int exit_code = kExitOk;
  const std::optional<store::FileBlobStore> blobs = OpenBlobs(kVerb, options.data, exit_code);
  if (!blobs) return exit_code;
  const bool shows_progress = isatty(STDERR_FILENO) == 1;
  const auto progress = [shows_progress](std::uint64_t read) {
    if (shows_progress && read % kProgressEvery == 0) {
      std::fprintf(stderr, "\r%llu reports", static_cast<unsigned long long>(read));
    }
  };
  const std::string first_day = intake::DayOf(os::UnixMillis() - options.days * kDayMs);
  const base::Result<collector::DryRun> run =
      collector::RunDry(std::get<collector::RuleSet>(loaded), *blobs, first_day, progress);
  if (shows_progress) std::fputs("\r\x1b[K", stderr);
  if (!run) return Fail(kVerb, options.data, run.error());
  std::fputs(collector::FormatDryRun(*run).c_str(), stdout);
  std::printf("Only what was kept can be seen: reports that today's rules always reject count nowhere.\n");
  if (run->unreadable > 0) {
    PrintError(kVerb,
               options.data + ": " + std::to_string(run->unreadable) + " raw crashes could not be read");
  }
  return kExitOk;
}

int ListRules(const RulesOptions& options) {
  constexpr std::string_view kVerb = "rules history";
  int exit_code = kExitOk;
  const std::optional<store::FileBlobStore> blobs = OpenBlobs(kVerb, options.data, exit_code);
  if (!blobs) return exit_code;
  const base::Result<std::vector<collector::RuleChange>> changes = collector::ListRuleChanges(*blobs);
  if (!changes) return Fail(kVerb, options.data, changes.error());
  for (const collector::RuleChange& change : *changes) {
    std::printf("%s %s %s\n", os::FormatIso(change.time_ms).c_str(), change.revision.c_str(),
                change.name.c_str());
  }
  return kExitOk;
}

}  // namespace cairn::apps
