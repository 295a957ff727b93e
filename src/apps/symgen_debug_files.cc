#include "apps/symgen_debug_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/hex.h"
#include "formats/object/macho_file.h"
#include "os/file.h"

namespace cairn::apps {

using symgen::DebugLink;
using symgen::FileFacts;

namespace {

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// "FOLDER/.build-id/ab/cdef.debug"
std::string BuildIdPath(const std::string& folder, base::Bytes build_id) {
  const std::string id = base::BytesToHex(build_id);
  return id.size() < 4 ? std::string()
                       : folder + "/.build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
}

// Whether the file at `path` is what a binary with these facts, or its link, means.
bool IsDebugFileOf(const std::string& path, const FileFacts& facts) {
  if (path.empty()) return false;
  const auto file = os::MappedFile::Open(path);
  if (!file) return false;
  const auto slices = object::MachOSlices(file->bytes());
  if (facts.kind == symgen::FileKind::kMachO && slices) {
    return std::ranges::any_of(*slices, [&](const object::MachOSlice& slice) {
      return symgen::ReadFacts(slice.bytes).debug_id == facts.debug_id;
    });
  }
  const FileFacts other = symgen::ReadFacts(file->bytes());
  if (!other.has_debug_info) return false;
  if (!facts.build_id.empty() && !other.build_id.empty())
    return std::ranges::equal(facts.build_id, other.build_id);
  if (facts.debug_link && facts.debug_link->checksum && other.kind != symgen::FileKind::kPdb)
    return symgen::DebugLinkChecksum(file->bytes()) == *facts.debug_link->checksum;
  return !facts.debug_id.empty() && other.debug_id == facts.debug_id;
}

bool HasBuildId(const std::string& path, base::Bytes build_id) {
  const auto file = os::MappedFile::Open(path);
  return file && std::ranges::equal(symgen::ReadFacts(file->bytes()).build_id, build_id);
}

std::string AbsoluteFolderOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? std::string() : real.parent_path().string();
}

}  // namespace

std::string FindDebugFile(const std::string& path, const FileFacts& facts,
                          const std::vector<std::string>& debug_folders) {
  std::vector<std::string> places;
  for (const std::string& folder : debug_folders) places.push_back(BuildIdPath(folder, facts.build_id));
  if (facts.debug_link) {
    const std::string name(model::BaseName(facts.debug_link->name));
    places.push_back(FolderOf(path) + "/" + name);
    places.push_back(FolderOf(path) + "/.debug/" + name);
    for (const std::string& folder : debug_folders)
      places.push_back(folder + AbsoluteFolderOf(path) + "/" + name);
  }
  if (!facts.pdb_path.empty()) {
    places.push_back(FolderOf(path) + "/" + std::string(model::BaseName(facts.pdb_path)));
    places.emplace_back(facts.pdb_path);
  }
  if (facts.kind == symgen::FileKind::kMachO)
    std::ranges::copy(ListBundle(path + ".dSYM"), std::back_inserter(places));
  const auto found = std::ranges::find_if(
      places, [&](const std::string& place) { return place != path && IsDebugFileOf(place, facts); });
  return found == places.end() ? std::string() : *found;
}

std::string FindSharedFile(const std::string& path, const FileFacts& facts,
                           const std::vector<std::string>& debug_folders) {
  if (!facts.shared_link) return {};
  const std::string name(facts.shared_link->name);
  std::vector<std::string> places = {name.starts_with('/') ? name : FolderOf(path) + "/" + name};
  for (const std::string& folder : debug_folders) {
    places.push_back(folder + "/.dwz/" + std::string(model::BaseName(name)));
    places.push_back(BuildIdPath(folder, facts.shared_link->build_id));
    // The absolute path of a package that is unpacked somewhere else.
    const std::size_t usual = name.find("/usr/lib/debug/");
    if (usual != std::string::npos) places.push_back(folder + name.substr(usual + 14));
  }
  const auto found = std::ranges::find_if(
      places, [&](const std::string& place) { return HasBuildId(place, facts.shared_link->build_id); });
  return found == places.end() ? std::string() : *found;
}

std::string FindSplitPackage(const std::string& path, const std::string& debug_path) {
  constexpr std::string_view kEnding = ".debug";
  std::vector<std::string> places = {path};
  if (!debug_path.empty()) places.push_back(debug_path);
  for (const std::string& place : std::vector(places)) {
    if (place.ends_with(kEnding)) places.push_back(place.substr(0, place.size() - kEnding.size()));
  }
  std::error_code error;
  for (const std::string& place : places) {
    if (std::filesystem::is_regular_file(place + ".dwp", error)) return place + ".dwp";
  }
  return {};
}

SplitFiles::SplitFiles(const std::string& binary) : folder_(FolderOf(binary)) {}

std::optional<base::Bytes> SplitFiles::Open(const std::string& path) {
  auto file = os::MappedFile::Open(path);
  if (!file) file = os::MappedFile::Open(folder_ + "/" + std::string(model::BaseName(path)));
  if (!file) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return files_.emplace_back(*std::move(file)).bytes();
}

std::vector<std::string> ListBundle(const std::string& folder) {
  std::vector<std::string> files;
  const std::string place = folder + "/Contents/Resources/DWARF";
  const auto names = os::ListDirectory(place);
  if (!names) return files;
  for (const std::string& name : *names) files.push_back(place + "/" + name);
  return files;
}

}  // namespace cairn::apps
