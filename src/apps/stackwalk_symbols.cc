#include "apps/stackwalk_symbols.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "apps/command.h"
#include "apps/modules_on_stacks.h"

namespace cairn::apps {
namespace {

using symbols::AbsenceReason;
using symbols::FetchEvent;

constexpr std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kOff: return "OFF";
    case LogLevel::kError: return "ERROR";
    case LogLevel::kWarn: return "WARN";
    case LogLevel::kInfo: return "INFO";
    case LogLevel::kDebug: return "DEBUG";
  }
  return "";
}

// What a server's trouble means for whoever reads the stacks.
std::string_view AdviceFor(AbsenceReason reason) {
  switch (reason) {
    case AbsenceReason::kRateLimited: return "symbols are missing: run it again later";
    case AbsenceReason::kServerError: return "symbols may be missing: run it again later";
    case AbsenceReason::kNetwork: return "symbols may be missing: check the URL and the network";
    case AbsenceReason::kBlocked: return "symbols may be missing: check the URL and who may read there";
    case AbsenceReason::kUnreadable: return "symbols are missing: check that it is a symbol server";
    case AbsenceReason::kNotThere: break;
  }
  return "";
}

// There is a symbol file, but what it holds can not be used.
bool IsOfContent(const base::Error& error) {
  using base::Code;
  return error.code == Code::kBadMagic || error.code == Code::kBadValue || error.code == Code::kTruncated;
}

}  // namespace

base::Result<std::unique_ptr<StackwalkLog>> StackwalkLog::Create(const StackwalkOptions& options) {
  const bool to_file = !options.log_file.empty();
  std::FILE* const file = to_file ? std::fopen(options.log_file.c_str(), "we") : stderr;
  if (file == nullptr) return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "log file"};
  const bool shows_progress = options.interactive && isatty(STDERR_FILENO) == 1;
  return std::unique_ptr<StackwalkLog>(new StackwalkLog(options.log_level, file, shows_progress));
}

StackwalkLog::~StackwalkLog() {
  ClearProgress();
  if (file_ != stderr) std::fclose(file_);
}

void StackwalkLog::Write(LogLevel level, std::string_view message) {
  const std::lock_guard lock(mutex_);
  WriteLocked(level, message);
}

void StackwalkLog::WriteLocked(LogLevel level, std::string_view message) {
  if (level > level_) return;
  ClearLocked();
  std::string line = file_ == stderr ? "cairn stackwalk: " : "[" + std::string(LevelName(level)) + "] ";
  line.append(message).append("\n");
  std::fwrite(line.data(), 1, line.size(), file_);
}

// At the level of errors each server's trouble is told once; at that of warnings for each file.
void StackwalkLog::TakeEvent(const FetchEvent& event) {
  const std::lock_guard lock(mutex_);
  const bool is_trouble = event.absence.reason != AbsenceReason::kNotThere;
  const std::string why = Describe(event.error);
  switch (event.kind) {
    case FetchEvent::Kind::kStarted:
      ++started_;
      WriteLocked(LogLevel::kDebug, event.url + ": asking");
      break;
    case FetchEvent::Kind::kDone:
      ++finished_;
      WriteLocked(LogLevel::kInfo, event.url + ": " + std::to_string(event.bytes) + " bytes");
      break;
    case FetchEvent::Kind::kFailed:
      ++finished_;
      WriteLocked(is_trouble ? LogLevel::kWarn : LogLevel::kInfo, event.url + ": " + why);
      break;
    case FetchEvent::Kind::kRemembered:
      WriteLocked(LogLevel::kDebug, event.url + ": not asked again yet: " + why);
      break;
  }
  if (is_trouble && told_.emplace(event.server, event.absence.reason).second) {
    WriteLocked(LogLevel::kError, std::string(event.server)
                                      .append(": ")
                                      .append(why)
                                      .append(": ")
                                      .append(AdviceFor(event.absence.reason)));
  }
  if (!shows_progress_) return;
  const std::string line =
      "\r\033[K[" + std::to_string(finished_) + "/" + std::to_string(started_) + "] " + event.url;
  std::fwrite(line.data(), 1, line.size(), stderr);
  progress_is_shown_ = true;
}

void StackwalkLog::ClearProgress() {
  const std::lock_guard lock(mutex_);
  ClearLocked();
}

void StackwalkLog::ClearLocked() {
  if (progress_is_shown_) std::fputs("\r\033[K", stderr);
  progress_is_shown_ = false;
}

StackwalkSymbols::StackwalkSymbols(const StackwalkOptions& options, StackwalkLog& log) : options_(options) {
  if (!options.symbols.looks_anywhere()) return;
  symbols::SymbolFinderOptions finder = FinderOptionsOf(options.symbols);
  finder.on_event = [&log](const FetchEvent& event) { log.TakeEvent(event); };
  finder.cancelled = &cancelled_;
  finder_ = std::make_unique<symbols::SymbolFinder>(std::move(finder));
}

StackwalkSymbols::~StackwalkSymbols() = default;

void StackwalkSymbols::FetchAhead(base::Bytes dump, const model::CrashReport& report) {
  if (!options_.symbols.asks_servers()) return;
  std::vector<model::Module> modules;
  for (const std::uint32_t index : ModulesOnStacks(dump, report, options_.crashing_thread_only)) {
    prefetched_[index] = modules.size();
    modules.push_back(report.modules[index]);
  }
  prefetch_ = std::make_unique<symbols::Prefetch>(*finder_, std::move(modules), cancelled_);
}

const model::ModuleSymbols* StackwalkSymbols::Find(const model::CrashReport& report, std::uint32_t index) {
  if (finder_ == nullptr) return nullptr;
  symbols::Prefetch::Found found = FindNow(report, index);
  if (!found) {
    if (found.error().code != base::Code::kNotFound) problems_.push_back(found.error());
    if (IsOfContent(found.error())) unreadable_.insert(index);
    return nullptr;
  }
  loaded_[index] = *std::move(found);
  return &loaded_[index]->symbols();
}

symbols::Prefetch::Found StackwalkSymbols::FindNow(const model::CrashReport& report, std::uint32_t index) {
  const auto place = prefetched_.find(index);
  if (place != prefetched_.end()) return prefetch_->Take(place->second);
  return finder_->Find(report.modules[index]);
}

bool StackwalkSymbols::has_unwritten_caches() const {
  return finder_ != nullptr && !options_.symbols.cache_folder.empty() &&
         finder_->counts().unwritten_caches != 0;
}

void StackwalkSymbols::Complete(model::CrashReport& report) const {
  for (const base::Error& problem : problems_) report.diagnostics.Add(model::Stage::kSymbols, problem);
  for (const std::uint32_t index : unreadable_) report.modules[index].has_corrupt_symbols = true;
  std::set<std::uint32_t> without_names;
  for (const auto& [index, symbols] : loaded_) {
    model::Module& module = report.modules[index];
    module.symbol_url = symbols->url();
    if (symbols->file() == nullptr) {
      module.symbols = model::SymbolStatus::kMissing;
      without_names.insert(index);
      continue;
    }
    module.has_corrupt_symbols = symbols->file()->bad_lines() != 0;
    if (module.debug_id.empty()) {
      module.debug_id = symbols->file()->debug_id();
      module.debug_file = symbols->file()->debug_file();
    }
  }
  for (model::Thread& thread : report.threads) {
    for (model::Frame& frame : thread.frames) {
      if (frame.module && without_names.contains(*frame.module))
        frame.missing_symbols = frame.location.function.empty();
    }
  }
}

}  // namespace cairn::apps
