#include "apps/symgen_run.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "analysis/symgen/generate.h"
#include "apps/command.h"
#include "apps/symgen_debug_files.h"
#include "apps/symgen_output.h"
#include "formats/symfile/symbol_path.h"
#include "os/file.h"

namespace cairn::apps {

using symgen::FileKind;

namespace {

// What one job has to say.
struct JobReport {
  std::string messages;  // Lines for standard error.
  std::string path;      // In the store.
  int exit_code = kExitOk;
};

void Say(JobReport& report, const std::string& path, const std::string& what) {
  report.messages += "cairn-symgen: " + path + ": " + what + "\n";
}

void Complain(JobReport& report, const std::string& path, const base::Error& error,
              const std::string& advice) {
  Say(report, path, base::Describe(error) + ": " + advice);
  report.exit_code = std::max<int>(report.exit_code, ExitCodeOf(error));
}

std::string Advice(const SymgenJob& job, const base::Error& error) {
  if (error.what == "id to know the module by") {
    return job.kind == FileKind::kPe ? "link it with a PDB (/debug) or with -Wl,--build-id"
                                     : "link it with -Wl,--build-id";
  }
  if (error.code == base::Code::kBadMagic) return "give an ELF, PE, PDB or Mach-O file";
  if (error.code == base::Code::kUnsupported) return "Cairn makes no symbols of such files";
  if (!job.debug_path.empty()) return "give its own debug information, not " + job.debug_path;
  return "the file is damaged: build or copy it again";
}

std::string HowToGiveDebugInfo(FileKind kind) {
  switch (kind) {
    case FileKind::kPe: return "lay its PDB beside it or give it with --debug-file";
    case FileKind::kMachO: return "run dsymutil, or give the bundle's file with --debug-file";
    default: return "give the file that has it with --debug-file";
  }
}

// The files of one job, open.
struct OpenFiles {
  os::MappedFile file;
  std::optional<os::MappedFile> debug_file;
  std::optional<os::MappedFile> shared_file;
  std::optional<os::MappedFile> split_package;
};

std::optional<os::MappedFile> OpenOptional(const std::string& path, JobReport& report) {
  if (path.empty()) return std::nullopt;
  auto file = os::MappedFile::Open(path);
  if (file) return *std::move(file);
  Complain(report, path, file.error(), "check the path");
  return std::nullopt;
}

std::optional<OpenFiles> Open(const SymgenJob& job, JobReport& report) {
  auto file = os::MappedFile::Open(job.path);
  if (!file) {
    Complain(report, job.path, file.error(), "check the path");
    return std::nullopt;
  }
  OpenFiles files = {*std::move(file), OpenOptional(job.debug_path, report),
                     OpenOptional(job.shared_path, report), OpenOptional(job.split_path, report)};
  if (report.exit_code != kExitOk) return std::nullopt;
  return files;
}

class Runner {
 public:
  Runner(const std::vector<SymgenJob>& jobs, const SymgenPlan& plan)
      : jobs_(jobs),
        plan_(plan),
        reports_(jobs.size()),
        show_progress_(jobs.size() > 1 && isatty(STDERR_FILENO) != 0) {}

  int Run() {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(plan_.threads, jobs_.size()); ++i)
      others.emplace_back([this] { Work(); });
    Work();
    others.clear();  // Joins them.
    if (show_progress_) std::fputs("\r\033[K", stderr);
    if (!plan_.sources.empty()) WriteSources();
    return exit_code_;
  }

 private:
  void Work() {
    for (std::size_t i = next_job_++; i < jobs_.size(); i = next_job_++) Finish(i, RunJob(jobs_[i]));
  }

  JobReport RunJob(const SymgenJob& job) const {
    JobReport report;
    if (job.error) {
      Complain(report, job.path, *job.error, "check the path");
      return report;
    }
    const std::optional<OpenFiles> files = Open(job, report);
    if (!files) return report;
    const auto file = TakeSlice(files->file.bytes(), job.slice);
    if (!file) {
      Complain(report, job.path, file.error(), "the file changed meanwhile: try again");
      return report;
    }
    symgen::GenerateInput input = {.file = *file, .name = job.name, .threads = plan_.threads};
    input.code_file = std::string(model::BaseName(job.path));
    if (files->debug_file) {
      const auto slice = TakeSlice(files->debug_file->bytes(), job.debug_slice);
      if (slice) input.debug_file = *slice;
    }
    if (files->shared_file) input.shared_file = files->shared_file->bytes();
    if (files->split_package) input.split_package = files->split_package->bytes();
    SplitFiles split_files(job.debug_path.empty() ? job.path : job.debug_path);
    input.open_split = [&split_files](const std::string& path) { return split_files.Open(path); };
    Generate(job, input, report);
    return report;
  }

  // The place of the symbol file; empty for standard output. Nothing if there is none.
  std::optional<std::string> PlaceOf(const SymgenJob& job, JobReport& report) const {
    if (plan_.store.empty()) return plan_.output;
    model::Module module;
    module.debug_file = job.name;
    module.debug_id = job.debug_id;
    const std::string relative = symfile::SymbolPath(module);
    if (!relative.empty() || job.debug_id.empty()) return plan_.store + "/" + relative;
    Say(report, job.path, job.name + ": not a name for a symbol file: give another with --name");
    report.exit_code = kExitProblem;
    return std::nullopt;
  }

  void Generate(const SymgenJob& job, const symgen::GenerateInput& input, JobReport& report) const {
    const std::optional<std::string> place = PlaceOf(job, report);
    if (!place) return;
    // Opened with the first piece: a file of which no symbols can be made leaves nothing behind.
    std::optional<SymgenOutput> output;
    base::Status written;
    const auto write = [&](std::string_view piece) -> base::Status {
      if (!output && place->empty()) output.emplace(SymgenOutput::ToStandardOutput());
      if (!output) {
        auto opened = SymgenOutput::ToFile(*place);
        if (!opened) return written = opened.error();
        output.emplace(*std::move(opened));
      }
      return written = output->Write(piece);
    };
    const auto symbols = symgen::GenerateSymbols(input, write);
    if (symbols) written = output->Commit();
    if (!written) {
      Complain(report, place->empty() ? "standard output" : *place, written.error(),
               "choose a place that can be written");
    } else if (!symbols) {
      Complain(report, job.path, symbols.error(), Advice(job, symbols.error()));
      report.exit_code = kExitProblem;
    } else {
      Tell(job, *symbols, report);
      if (!plan_.store.empty()) report.path = *place;
    }
  }

  static void Tell(const SymgenJob& job, const symgen::GeneratedSymbols& symbols, JobReport& report) {
    if (symbols.missing_units != 0) {
      Say(report, job.path,
          std::to_string(symbols.missing_units) +
              " units have their debug information in .dwo files that are not there: "
              "lay them, or a .dwp file of them, beside the binary");
    } else if (symbols.functions == 0) {
      Say(report, job.path,
          "no debug information: its symbols name exported functions only; " + HowToGiveDebugInfo(job.kind));
    }
    if (!job.missing_shared.empty()) {
      Say(report, job.path,
          "its debug information shares " + job.missing_shared +
              ", which is not there, so that names are missing: install it, or give its folder with "
              "--debug-folder");
    }
    if (symbols.complaints != 0)
      Say(report, job.path,
          std::to_string(symbols.complaints) + " places could not be read and were left out");
  }

  void WriteSources() {
    std::string lines;
    for (std::size_t i = 0; i < jobs_.size(); ++i)
      lines += reports_[i]->path + "\t" + jobs_[i].path + "\t" + jobs_[i].debug_path + "\n";
    auto output = SymgenOutput::ToFile(plan_.sources);
    base::Status written = output ? output->Write(lines) : output.error();
    if (written) written = output->Commit();
    if (written) return;
    JobReport report;
    Complain(report, plan_.sources, written.error(), "choose a place that can be written");
    std::fputs(report.messages.c_str(), stderr);
    exit_code_ = std::max(exit_code_, report.exit_code);
  }

  void Finish(std::size_t index, JobReport report) {
    const std::lock_guard lock(mutex_);
    ++done_;
    exit_code_ = std::max(exit_code_, report.exit_code);
    reports_[index] = std::move(report);
    for (; next_report_ < reports_.size() && reports_[next_report_]; ++next_report_) {
      const JobReport& ready = *reports_[next_report_];
      if (!ready.messages.empty())
        std::fputs(((show_progress_ ? "\r\033[K" : "") + ready.messages).c_str(), stderr);
      if (!ready.path.empty()) std::printf("%s\n", ready.path.c_str());
    }
    if (show_progress_)
      std::fprintf(stderr, "\r\033[K[%zu/%zu] %s", done_, jobs_.size(), jobs_[index].path.c_str());
  }

  const std::vector<SymgenJob>& jobs_;
  const SymgenPlan& plan_;
  std::atomic<std::size_t> next_job_ = 0;
  std::mutex mutex_;  // Guards what follows, and both streams.
  std::vector<std::optional<JobReport>> reports_;
  std::size_t next_report_ = 0;
  std::size_t done_ = 0;
  int exit_code_ = kExitOk;
  const bool show_progress_;
};

}  // namespace

int RunSymgen(const std::vector<SymgenJob>& jobs, const SymgenPlan& plan) { return Runner(jobs, plan).Run(); }

}  // namespace cairn::apps
