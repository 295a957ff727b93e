#include "symbols/cache_quota.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "os/clock.h"
#include "os/file_tree.h"

namespace cairn::symbols {
namespace {

// "debuginfod/buildid/ID/debuginfo".
constexpr int kMaxDepth = 4;

constexpr std::string_view kAbsenceEnding = ".absent";  // Of RemoteAbsences.
constexpr std::string_view kLockEnding = ".lock";       // Of SymbolFinder.

// The files of one module.
struct Group {
  std::vector<std::string> paths;
  std::uint64_t bytes = 0;
  std::int64_t used_ns = 0;  // The last time.
};

}  // namespace

base::Status CacheQuota::RemoveAbsences() {
  const std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const std::vector<os::TreeFile> files, os::ListTree(folder_, kMaxDepth));
  std::map<std::string, std::vector<std::string>> marks;  // By folder: none for a folder with anything else.
  std::set<std::string> kept;
  for (const os::TreeFile& file : files) {
    const std::string folder = file.path.substr(0, file.path.rfind('/'));
    const bool is_mark = file.path.ends_with(kAbsenceEnding) || file.path.ends_with(kLockEnding);
    if (is_mark) marks[folder].push_back(file.path);
    if (!is_mark) kept.insert(folder);
  }
  for (const auto& [folder, paths] : marks) {
    if (kept.contains(folder)) continue;
    for (const std::string& path : paths) RETURN_IF_ERROR(os::RemoveFile(path));
    os::RemoveEmptyFolders(folder_, paths.front());
  }
  return {};
}

void CacheQuota::NoteUse(const std::string& path) const {
  const base::Result<os::FileInfo> info = os::Inspect(path);
  if (!info || os::UnixMillis() - info->modified_ns / 1'000'000 < kTouchEveryMs) return;
  (void)os::Touch(path);  // Without it the module is only forgotten sooner.
}

base::Result<CacheQuota::Kept> CacheQuota::Enforce() {
  const std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const std::vector<os::TreeFile> files, os::ListTree(folder_, kMaxDepth));
  std::map<std::string, Group> groups;  // By folder.
  Kept kept;
  for (const os::TreeFile& file : files) {
    const std::uint64_t bytes = std::max(file.info.size, kLeastFileBytes);
    Group& group = groups[file.path.substr(0, file.path.rfind('/'))];
    group.paths.push_back(file.path);
    group.bytes += bytes;
    group.used_ns = std::max(group.used_ns, file.info.modified_ns);
    kept.bytes += bytes;
  }
  if (kept.bytes <= bytes_max_) return kept;
  std::vector<const Group*> oldest;
  for (const auto& [folder, group] : groups) {
    if (folder != folder_) oldest.push_back(&group);  // Unfinished downloads lie in the folder itself.
  }
  std::ranges::sort(oldest, {}, &Group::used_ns);
  const std::uint64_t target = bytes_max_ - bytes_max_ / 10;
  for (const Group* const group : oldest) {
    if (kept.bytes <= target) break;
    for (const std::string& path : group->paths) RETURN_IF_ERROR(os::RemoveFile(path));
    os::RemoveEmptyFolders(folder_, group->paths.front());
    kept.bytes -= group->bytes;
    kept.removed_bytes += group->bytes;
  }
  return kept;
}

}  // namespace cairn::symbols
