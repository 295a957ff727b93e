#include "apps/symgen_inputs.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "apps/symgen_debug_files.h"
#include "formats/object/macho_file.h"

namespace cairn::apps {

using symgen::FileFacts;
using symgen::FileKind;

namespace {

constexpr std::string_view kBundleEnding = ".dSYM";
constexpr std::string_view kDebugEnding = ".debug";

// A file, or one of a fat archive, and what there is to know of it. The facts' texts are not kept: their file
// is closed.
struct Candidate {
  SymgenJob job;
  bool has_code = false;
};

// Crash reports name a module by the file that was mapped, which is where symbolic links lead; of Windows by
// its PDB.
std::string ModuleName(const std::string& path, const FileFacts& facts) {
  if (!facts.pdb_path.empty()) return std::string(model::BaseName(facts.pdb_path));
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  std::string name = (error ? std::filesystem::path(path) : real).filename().string();
  if (facts.kind == FileKind::kElf && !facts.has_code && name.ends_with(kDebugEnding))
    name.resize(name.size() - kDebugEnding.size());
  return name;
}

class Finder {
 public:
  explicit Finder(const SymgenInputs& inputs) : inputs_(inputs) {}

  void AddArgument(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      AddFolder(path);
    } else {
      AddFile(path, true);
    }
  }

  std::vector<SymgenJob> Finish() && {
    Pair();
    std::vector<SymgenJob> jobs;
    for (Candidate& candidate : candidates_) {
      SymgenJob& job = candidate.job;
      if (job.kind == FileKind::kElf) job.split_path = FindSplitPackage(job.path, job.debug_path);
      jobs.push_back(std::move(job));
    }
    return jobs;
  }

 private:
  void AddFolder(const std::string& path) {
    const std::string trimmed = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    if (trimmed.ends_with(kBundleEnding)) {
      for (const std::string& file : ListBundle(trimmed)) AddFile(file, false);
      return;
    }
    const auto names = os::ListDirectory(path);
    if (!names) {
      AddError(path, names.error());
      return;
    }
    for (const std::string& name : *names) {
      const std::string below = trimmed + "/" + name;
      std::error_code error;
      const std::filesystem::file_status status = std::filesystem::symlink_status(below, error);
      // Links lead to what is found under its own name, or out of the folder.
      if (std::filesystem::is_directory(status)) AddFolder(below);
      if (std::filesystem::is_regular_file(status)) AddFile(below, false);
    }
  }

  void AddError(const std::string& path, const base::Error& error) {
    Candidate candidate;
    candidate.job.path = path;
    candidate.job.error = error;
    candidates_.push_back(std::move(candidate));
  }

  // `named`: by an argument itself, not found in a folder.
  void AddFile(const std::string& path, bool named) {
    const auto file = os::MappedFile::Open(path);
    if (!file) {
      AddError(path, file.error());
      return;
    }
    const auto slices = object::MachOSlices(file->bytes());
    if (!slices) {
      AddCandidate(path, file->bytes(), model::Cpu::kUnknown, named);
      return;
    }
    for (const object::MachOSlice& slice : *slices) AddCandidate(path, slice.bytes, slice.cpu, named);
  }

  void AddCandidate(const std::string& path, base::Bytes bytes, model::Cpu slice, bool named) {
    const FileFacts facts = symgen::ReadFacts(bytes);
    const bool is_module = facts.kind != FileKind::kOther && facts.is_linked;
    if (!is_module && !named) return;  // A folder holds anything.
    Candidate candidate;
    candidate.has_code = facts.has_code;
    candidate.job = {.path = path, .slice = slice, .kind = facts.kind, .debug_id = facts.debug_id};
    candidate.job.name = inputs_.name.empty() ? ModuleName(path, facts) : inputs_.name;
    candidate.job.has_debug_info = facts.has_debug_info;
    if (!inputs_.debug_file.empty()) {
      candidate.job.debug_path = inputs_.debug_file;
    } else if (!facts.has_debug_info) {
      candidate.job.debug_path = FindDebugFile(path, facts, inputs_.debug_folders);
    }
    candidate.job.debug_slice = slice;
    FindShared(facts, candidate.job);
    candidates_.push_back(std::move(candidate));
  }

  void FindShared(const FileFacts& facts, SymgenJob& job) const {
    if (job.debug_path.empty()) {
      TakeShared(job.path, facts, job);
      return;
    }
    job.has_debug_info = true;
    const auto file = os::MappedFile::Open(job.debug_path);
    if (!file) return;  // Opening it for its symbols says why.
    TakeShared(job.debug_path, symgen::ReadFacts(file->bytes()), job);
  }

  void TakeShared(const std::string& path, const FileFacts& facts, SymgenJob& job) const {
    job.shared_path = FindSharedFile(path, facts, inputs_.debug_folders);
    if (facts.shared_link && job.shared_path.empty()) job.missing_shared = facts.shared_link->name;
  }

  // Debug files among the arguments go to the binaries of the same id, and are no modules of their own then.
  void Pair() {
    std::map<model::DebugId, const Candidate*> debug_files;
    for (const Candidate& candidate : candidates_) {
      if (!candidate.has_code && candidate.job.has_debug_info && !candidate.job.debug_id.empty())
        debug_files.emplace(candidate.job.debug_id, &candidate);
    }
    std::set<model::DebugId> has_binary;
    for (Candidate& candidate : candidates_) {
      if (!candidate.has_code || candidate.job.debug_id.empty()) continue;
      has_binary.insert(candidate.job.debug_id);
      const auto found = debug_files.find(candidate.job.debug_id);
      if (candidate.job.has_debug_info || found == debug_files.end()) continue;
      candidate.job.has_debug_info = true;
      candidate.job.debug_path = found->second->job.path;
      candidate.job.debug_slice = found->second->job.slice;
      candidate.job.shared_path = found->second->job.shared_path;
      candidate.job.missing_shared = found->second->job.missing_shared;
    }
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      return !candidate.has_code && !candidate.job.error && has_binary.contains(candidate.job.debug_id);
    });
  }

  const SymgenInputs& inputs_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<SymgenJob> FindSymgenJobs(const SymgenInputs& inputs) {
  Finder finder(inputs);
  for (const std::string& path : inputs.paths) finder.AddArgument(path);
  return std::move(finder).Finish();
}

base::Result<base::Bytes> TakeSlice(base::Bytes file, model::Cpu slice) {
  const auto slices = object::MachOSlices(file);
  if (!slices) return file;
  for (const object::MachOSlice& one : *slices) {
    if (one.cpu == slice || slice == model::Cpu::kUnknown || slices->size() == 1) return one.bytes;
  }
  return base::Error{base::Code::kNotFound, 0, "file of this CPU in the archive"};
}

}  // namespace cairn::apps
