#include "server/search/duckdb_files.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "os/file.h"

namespace cairn::search {
namespace {

constexpr std::string_view kSuffix = ".duckdb";
constexpr std::string_view kUnfinishedSuffix = ".new";
constexpr std::string_view kLogSuffix = ".wal";

struct FileName {
  std::string stem;
  std::uint32_t generation = 0;
};

// Of "stem.duckdb" and "stem.3.duckdb"; stems have letters, digits, dashes and underscores.
std::optional<FileName> ParseFileName(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  FileName parsed;
  if (const std::size_t dot = name.find('.'); dot != std::string_view::npos) {
    const std::string_view digits = name.substr(dot + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), parsed.generation);
    if (error != std::errc() || end != digits.data() + digits.size() || parsed.generation == 0)
      return std::nullopt;
    name = name.substr(0, dot);
  }
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (name.empty() || !std::ranges::all_of(name, is_allowed)) return std::nullopt;
  parsed.stem = std::string(name);
  return parsed;
}

// Of what a kill left while a file was made, and its log.
bool IsUnfinished(std::string_view name) {
  if (name.ends_with(kLogSuffix)) name.remove_suffix(kLogSuffix.size());
  if (!name.ends_with(kUnfinishedSuffix)) return false;
  return ParseFileName(name.substr(0, name.size() - kUnfinishedSuffix.size())).has_value();
}

std::string CatalogOf(const std::string& stem, std::uint32_t generation) {
  std::string catalog = stem + "_" + std::to_string(generation);
  std::ranges::replace(catalog, '-', '_');
  return catalog;
}

base::Status RemoveWithLog(const std::string& path) {
  RETURN_IF_ERROR(os::RemoveFile(path));
  return os::RemoveFile(path + std::string(kLogSuffix));
}

}  // namespace

std::string DuckDbFiles::PathOf(const std::string& stem, std::uint32_t generation) const {
  const std::string number = generation == 0 ? "" : "." + std::to_string(generation);
  return folder_ + "/" + stem + number + std::string(kSuffix);
}

base::Result<std::vector<std::string>> DuckDbFiles::Open() {
  RETURN_IF_ERROR(os::MakeDirectories(folder_));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  std::map<std::string, std::uint32_t> newest;
  for (const std::string& name : names) {
    if (IsUnfinished(name)) {
      RETURN_IF_ERROR(os::RemoveFile(folder_ + "/" + name));
    } else if (const std::optional<FileName> parsed = ParseFileName(name)) {
      const auto [place, is_first] = newest.emplace(parsed->stem, parsed->generation);
      place->second = std::max(place->second, parsed->generation);
    }
  }
  for (const std::string& name : names) {
    const std::optional<FileName> parsed = ParseFileName(name);
    if (parsed && parsed->generation < newest[parsed->stem]) {
      RETURN_IF_ERROR(RemoveWithLog(folder_ + "/" + name));
    }
  }
  std::vector<std::string> stems;
  for (const auto& [stem, generation] : newest) stems.push_back(stem);
  return stems;
}

base::Result<DuckDbFileRef> DuckDbFiles::Attach(const std::string& stem) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, os::ListDirectory(folder_));
  std::optional<std::uint32_t> newest;
  for (const std::string& name : names) {
    const std::optional<FileName> parsed = ParseFileName(name);
    if (parsed && parsed->stem == stem) newest = std::max(newest.value_or(0), parsed->generation);
  }
  if (!newest) return base::Error{base::Code::kNotFound, 0, "file of the index"};
  return AttachGeneration(stem, *newest);
}

base::Result<DuckDbFileRef> DuckDbFiles::AttachGeneration(const std::string& stem, std::uint32_t generation) {
  auto file = std::make_shared<DuckDbFile>(
      DuckDbFile{stem, generation, CatalogOf(stem, generation), PathOf(stem, generation)});
  RETURN_IF_ERROR(
      connection_->Execute("ATTACH IF NOT EXISTS " + QuoteSql(file->path) + " AS " + file->catalog));
  return DuckDbFileRef(std::move(file));
}

base::Result<DuckDbFileRef> DuckDbFiles::MakeAndAttach(const std::string& stem, std::uint32_t generation,
                                                       const Fill& fill) {
  const std::string path = PathOf(stem, generation);
  const std::string unfinished = path + std::string(kUnfinishedSuffix);
  const std::string catalog(kUnfinished);
  RETURN_IF_ERROR(RemoveWithLog(unfinished));
  RETURN_IF_ERROR(connection_->Execute("ATTACH " + QuoteSql(unfinished) + " AS " + catalog));
  base::Status made = fill(*connection_);
  // Its pages reach the disk with this (fsync), before the rename makes it count.
  if (made) made = connection_->Execute("CHECKPOINT " + catalog);
  const base::Status detached = connection_->Execute("DETACH " + catalog);
  if (!made || !detached) {
    (void)RemoveWithLog(unfinished);  // The next start does it if this does not.
    return made ? detached.error() : made.error();
  }
  RETURN_IF_ERROR(os::RenameDurably(unfinished, path));
  return AttachGeneration(stem, generation);
}

base::Result<DuckDbFileRef> DuckDbFiles::Create(const std::string& stem, const Fill& fill) {
  return MakeAndAttach(stem, 0, fill);
}

base::Result<DuckDbFileRef> DuckDbFiles::Replace(DuckDbFileRef old, const Fill& fill) {
  ASSIGN_OR_RETURN(DuckDbFileRef successor, MakeAndAttach(old->stem, old->generation + 1, fill));
  Retire(std::move(old));
  return successor;
}

void DuckDbFiles::Retire(DuckDbFileRef old) { retired_.push_back(std::move(old)); }

base::Result<bool> DuckDbFiles::RemoveRetired() {
  base::Status status;
  std::erase_if(retired_, [&](const DuckDbFileRef& file) {
    // Nobody can begin to hold it again: it is in no list but this one.
    if (file.use_count() > 1 || !status) return false;
    status = connection_->Execute("DETACH " + file->catalog);
    if (status) status = RemoveWithLog(file->path);
    return status.has_value();
  });
  if (!status) return status.error();
  return retired_.empty();
}

}  // namespace cairn::search
