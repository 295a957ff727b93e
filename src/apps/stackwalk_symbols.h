// Answers an analysis's questions for symbols on the command line, and tells the user how it goes.
#pragma once

#include <atomic>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/stackwalk_options.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "model/crash_report.h"
#include "model/module_symbols.h"
#include "symbols/prefetch.h"
#include "symbols/symbol_finder.h"

namespace cairn::apps {

// Lines on stderr or in a file, and one line of progress on a terminal. Safe for any number of threads.
class StackwalkLog {
 public:
  // kIo if the log file can not be made.
  static base::Result<std::unique_ptr<StackwalkLog>> Create(const StackwalkOptions& options);
  ~StackwalkLog();
  StackwalkLog(const StackwalkLog&) = delete;
  StackwalkLog& operator=(const StackwalkLog&) = delete;

  void Write(LogLevel level, std::string_view message);
  void TakeEvent(const symbols::FetchEvent& event);
  void ClearProgress();

 private:
  StackwalkLog(LogLevel level, std::FILE* file, bool shows_progress)
      : level_(level), file_(file), shows_progress_(shows_progress) {}
  void WriteLocked(LogLevel level, std::string_view message);
  void ClearLocked();

  const LogLevel level_;
  std::FILE* const file_;
  const bool shows_progress_;
  std::mutex mutex_;
  std::set<std::pair<std::string, symbols::AbsenceReason>> told_;  // GUARDED_BY(mutex_)
  std::size_t started_ = 0;                                        // GUARDED_BY(mutex_)
  std::size_t finished_ = 0;                                       // GUARDED_BY(mutex_)
  bool progress_is_shown_ = false;                                 // GUARDED_BY(mutex_)
};

class StackwalkSymbols {
 public:
  // `log` must outlive the object.
  StackwalkSymbols(const StackwalkOptions& options, StackwalkLog& log);
  ~StackwalkSymbols();

  // Begins to fetch what the stacks of `dump` may need, where servers are asked.
  void FetchAhead(base::Bytes dump, const model::CrashReport& report);

  // The symbols of report.modules[index], kept alive as long as this object; nullptr if there are none.
  const model::ModuleSymbols* Find(const model::CrashReport& report, std::uint32_t index);

  // Completes the report of the analysis: symbol files that could not be used or had bad lines, where they
  // were downloaded from, modules whose ids they know, and modules of which only the binary was found.
  void Complete(model::CrashReport& report) const;

  // The cache folder is there but did not take all that was compiled.
  bool has_unwritten_caches() const;

 private:
  symbols::Prefetch::Found FindNow(const model::CrashReport& report, std::uint32_t index);

  const StackwalkOptions& options_;
  std::atomic<bool> cancelled_ = false;
  std::unique_ptr<symbols::SymbolFinder> finder_;    // Null: nowhere to look.
  std::unique_ptr<symbols::Prefetch> prefetch_;      // Ends before the finder.
  std::map<std::uint32_t, std::size_t> prefetched_;  // Module to its place in prefetch_.
  std::map<std::uint32_t, std::unique_ptr<symbols::LoadedSymbols>> loaded_;
  std::vector<base::Error> problems_;
  std::set<std::uint32_t> unreadable_;  // Modules whose symbol file is there and of no use.
};

}  // namespace cairn::apps
