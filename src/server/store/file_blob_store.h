// FileBlobStore keeps each object as one file under a folder: the key is the path.
//
// Folders are 0700, files 0600; a folder goes with its last object. Unfinished files lie in ".incoming" (no
// key can name it) and are swept when the store is opened, so one process at a time may own the folder; the
// server holds a lock for that. A key must not be a prefix of another at a slash ("a" and "a/b"): the second
// Put fails with kIo.
//
// Publish rests on two properties of ext4, XFS and their like: syncfs writes all that was written before it,
// and renames become durable in the order in which they were made.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/store/blob_store.h"
#include "server/store/shared_commit.h"

namespace cairn::store {

class FileBlobStore final : public BlobStore {
 public:
  // Makes the folder if it is not there.
  static base::Result<FileBlobStore> Open(std::string folder);

  // For a look at the data of a server that may be running: nothing is made, swept or to be written.
  static base::Result<FileBlobStore> OpenForReading(std::string folder);

  base::Result<std::unique_ptr<StagedBlob>> Stage() override;
  base::Status Publish(std::vector<NewObject> objects) override;
  base::Status Put(std::string_view key, base::Bytes bytes) override;
  base::Result<std::string> Get(std::string_view key, std::size_t bytes_max) const override;
  base::Result<os::FileDescriptor> Open(std::string_view key) const override;
  base::Result<bool> Exists(std::string_view key) const override;
  base::Status Remove(std::string_view key) override;
  base::Result<std::vector<std::string>> List(std::string_view prefix, std::string_view after,
                                              std::size_t keys_max) const override;

 private:
  explicit FileBlobStore(std::string folder);

  std::string Path(std::string_view key) const;

  std::string folder_;
  std::unique_ptr<SharedCommit<std::vector<NewObject>>> commits_;  // Apart, so that the store can be moved.
};

}  // namespace cairn::store
