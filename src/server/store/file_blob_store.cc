#include "server/store/file_blob_store.h"

#include <algorithm>
#include <utility>

#include "os/directory.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kStagingFolder = ".incoming";
constexpr int kFolderAttempts = 100;  // Each time somebody must have removed the last object in between.
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

class StagedFile final : public StagedBlob {
 public:
  StagedFile(os::FileDescriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  // Once it is published there is no file of this name, nor ever again.
  ~StagedFile() override { (void)os::RemoveFile(path_); }

  base::Status Append(base::Bytes bytes) override { return os::WriteAll(file_.get(), bytes); }
  std::string_view name() const override { return std::string_view(path_).substr(path_.rfind('/') + 1); }

 private:
  os::FileDescriptor file_;
  std::string path_;
};

using PublishTicket = SharedCommit<std::vector<NewObject>>::Ticket;

// Makes the folder of `path` and calls `put`, which puts a file there. Whoever removes the last object of a
// folder removes the folder, which may happen between the two; then both are done again.
template <typename PutThere>
base::Status InFolderOf(const std::string& path, const PutThere& put) {
  for (int attempt = 1;; ++attempt) {
    base::Status done = os::MakeDirectories(path.substr(0, path.rfind('/')));
    if (done) done = put();
    if (done || done.error().code != Code::kNotFound || attempt == kFolderAttempts) return done;
  }
}

base::Status GiveKeys(const std::string& folder, const std::vector<NewObject>& objects) {
  for (const NewObject& object : objects) {
    const std::string path = folder + "/" + object.key;
    const std::string staged =
        folder + "/" + std::string(kStagingFolder) + "/" + std::string(object.blob->name());
    RETURN_IF_ERROR(InFolderOf(path, [&] { return os::Rename(staged, path); }));
  }
  return {};
}

// What the files hold is on the disk before they have their names, and the names before anybody is told.
void PublishTogether(const std::string& folder, const std::vector<PublishTicket*>& batch) {
  base::Status written = os::SyncFileSystem(folder);
  if (written) {
    for (PublishTicket* const ticket : batch) ticket->status = GiveKeys(folder, *ticket->work);
    written = os::SyncFileSystem(folder);
  }
  if (written) return;
  for (PublishTicket* const ticket : batch) ticket->status = written;
}

}  // namespace

FileBlobStore::FileBlobStore(std::string folder)
    : folder_(std::move(folder)),
      commits_(std::make_unique<SharedCommit<std::vector<NewObject>>>(
          [folder = folder_](const std::vector<PublishTicket*>& batch) { PublishTogether(folder, batch); })) {
}

base::Result<FileBlobStore> FileBlobStore::OpenForReading(std::string folder) {
  ASSIGN_OR_RETURN(const os::FileInfo info, os::Inspect(folder));
  if (!info.is_directory) return Error{Code::kNotFound, 0, "blobs"};
  return FileBlobStore(std::move(folder));
}

base::Result<FileBlobStore> FileBlobStore::Open(std::string folder) {
  const std::string staging = folder + "/" + std::string(kStagingFolder);
  RETURN_IF_ERROR(os::MakeDirectories(staging));
  ASSIGN_OR_RETURN(const std::vector<std::string> unfinished, os::ListDirectory(staging));
  for (const std::string& name : unfinished) RETURN_IF_ERROR(os::RemoveFile(staging + "/" + name));
  return FileBlobStore(std::move(folder));
}

base::Result<std::unique_ptr<StagedBlob>> FileBlobStore::Stage() {
  std::string path;
  ASSIGN_OR_RETURN(os::FileDescriptor file,
                   os::CreateUnique(folder_ + "/" + std::string(kStagingFolder), path));
  return std::unique_ptr<StagedBlob>(std::make_unique<StagedFile>(std::move(file), std::move(path)));
}

base::Status FileBlobStore::Publish(std::vector<NewObject> objects) {
  for (const NewObject& object : objects) {
    if (!IsValidKey(object.key)) return kBadKey;
  }
  return commits_->Run(objects);
}

base::Status FileBlobStore::Put(std::string_view key, base::Bytes bytes) {
  if (!IsValidKey(key)) return kBadKey;
  const std::string path = Path(key);
  const std::string staging = folder_ + "/" + std::string(kStagingFolder);
  return InFolderOf(path, [&] { return os::WriteFileDurablyVia(staging, path, bytes); });
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
  if (exists) RETURN_IF_ERROR(os::RemoveFile(Path(key)));
  // Names of folders come from senders too (names of dumps), and each day has one. Somebody who was killed
  // may have removed the object and not its folder.
  for (std::size_t slash = key.rfind('/'); slash != std::string_view::npos;
       slash = key.rfind('/', slash - 1)) {
    RETURN_IF_ERROR(os::RemoveEmptyDirectory(Path(key.substr(0, slash))));
  }
  return {};
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
