#include "server/store/file_blob_store.h"

#include <algorithm>
#include <set>
#include <utility>

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kStagingFolder = ".incoming";
constexpr Error kBadKey{Code::kBadValue, 0, "blob key"};

// Collects keys in byte order until there are enough.
class Lister {
 public:
  Lister(std::string root, std::string_view prefix, std::string_view after, std::size_t keys_max)
      : root_(std::move(root)), prefix_(prefix), after_(after), keys_max_(keys_max) {}

  // `folder_key` is empty or ends with a slash.
  base::Status Visit(const std::string& folder_key) {
    const auto names = os::ListDirectory(root_ + "/" + folder_key);
    if (!names) return names.error().code == Code::kNotFound ? base::Status() : names.error();
    // A folder's keys sort by its name with the slash behind it, which is not the order of the bare names.
    std::vector<std::string> entries;
    for (const std::string& name : *names) {
      if (name.starts_with('.')) continue;
      const base::Result<os::FileInfo> info = os::Inspect(root_ + "/" + folder_key + name);
      if (!info && info.error().code == Code::kNotFound) continue;  // Removed meanwhile.
      if (!info) return info.error();
      entries.push_back(folder_key + name + (info->is_directory ? "/" : ""));
    }
    std::ranges::sort(entries);
    for (const std::string& entry : entries) {
      if (keys_.size() >= keys_max_) return {};
      if (entry.ends_with('/')) {
        if (MayHoldWanted(entry)) RETURN_IF_ERROR(Visit(entry));
      } else if (entry.starts_with(prefix_) && entry > after_) {
        keys_.push_back(entry);
      }
    }
    return {};
  }

  std::vector<std::string> Take() { return std::move(keys_); }

 private:
  bool MayHoldWanted(const std::string& folder_key) const {
    const bool on_the_way =
        std::string_view(prefix_).starts_with(folder_key) || folder_key.starts_with(prefix_);
    const bool all_before = folder_key < after_ && !std::string_view(after_).starts_with(folder_key);
    return on_the_way && !all_before;
  }

  std::string root_;
  std::string prefix_;
  std::string after_;
  std::size_t keys_max_;
  std::vector<std::string> keys_;
};

}  // namespace

base::Result<FileBlobStore> FileBlobStore::Open(std::string folder) {
  const std::string staging = folder + "/" + std::string(kStagingFolder);
  RETURN_IF_ERROR(os::MakeDirectories(staging));
  ASSIGN_OR_RETURN(const std::vector<std::string> unfinished, os::ListDirectory(staging));
  for (const std::string& name : unfinished) RETURN_IF_ERROR(os::RemoveFile(staging + "/" + name));
  return FileBlobStore(std::move(folder));
}

base::Status FileBlobStore::Put(std::string_view key, base::Bytes bytes) {
  if (!IsValidKey(key)) return kBadKey;
  const std::string path = Path(key);
  RETURN_IF_ERROR(os::MakeDirectories(path.substr(0, path.rfind('/'))));
  return os::WriteFileDurablyVia(folder_ + "/" + std::string(kStagingFolder), path, bytes);
}

base::Status FileBlobStore::PutAll(std::span<const Object> objects) {
  std::vector<os::NewFile> files;
  files.reserve(objects.size());
  std::set<std::string> folders;
  for (const Object& object : objects) {
    if (!IsValidKey(object.key)) return kBadKey;
    std::string path = Path(object.key);
    folders.insert(path.substr(0, path.rfind('/')));
    files.push_back({std::move(path), object.bytes});
  }
  for (const std::string& folder : folders) RETURN_IF_ERROR(os::MakeDirectories(folder));
  return os::WriteFilesDurablyVia(folder_ + "/" + std::string(kStagingFolder), files);
}

base::Result<std::string> FileBlobStore::Get(std::string_view key, std::size_t bytes_max) const {
  ASSIGN_OR_RETURN(const os::FileDescriptor file, Open(key));
  return os::ReadAll(file.get(), bytes_max);
}

base::Result<os::FileDescriptor> FileBlobStore::Open(std::string_view key) const {
  if (!IsValidKey(key)) return kBadKey;
  const base::Result<os::FileInfo> info = os::Inspect(Path(key));
  if (!info) return info.error();
  if (info->is_directory) return Error{Code::kNotFound, 0, "blob"};
  return os::OpenForReading(Path(key));
}

base::Result<bool> FileBlobStore::Exists(std::string_view key) const {
  if (!IsValidKey(key)) return kBadKey;
  const base::Result<os::FileInfo> info = os::Inspect(Path(key));
  if (!info && info.error().code == Code::kNotFound) return false;
  if (!info) return info.error();
  return !info->is_directory;
}

base::Status FileBlobStore::Remove(std::string_view key) {
  ASSIGN_OR_RETURN(const bool exists, Exists(key));
  return exists ? os::RemoveFile(Path(key)) : base::Status();
}

base::Result<std::vector<std::string>> FileBlobStore::List(std::string_view prefix, std::string_view after,
                                                           std::size_t keys_max) const {
  Lister lister(folder_, prefix, after, keys_max);
  // Where the prefix names a folder, nothing outside of it need be read.
  const std::size_t slash = prefix.rfind('/');
  const std::string folder(slash == std::string_view::npos ? std::string_view()
                                                           : prefix.substr(0, slash + 1));
  if (!folder.empty() && !IsValidKey(std::string_view(folder).substr(0, folder.size() - 1))) return kBadKey;
  RETURN_IF_ERROR(lister.Visit(folder));
  return lister.Take();
}

std::string FileBlobStore::Path(std::string_view key) const { return folder_ + "/" + std::string(key); }

}  // namespace cairn::store
