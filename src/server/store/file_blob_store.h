// FileBlobStore keeps each object as one file under a folder: the key is the path.
//
// Folders are 0700, files 0600. Unfinished files lie in ".incoming" (no key can name it) and are swept when
// the store is opened, so one process at a time may own the folder; the server holds a lock for that. A key
// must not be a prefix of another at a slash ("a" and "a/b"): the second Put fails with kIo.
#pragma once

#include <string>

#include "server/store/blob_store.h"

namespace cairn::store {

class FileBlobStore final : public BlobStore {
 public:
  // Makes the folder if it is not there.
  static base::Result<FileBlobStore> Open(std::string folder);

  base::Status Put(std::string_view key, base::Bytes bytes) override;
  base::Status PutAll(std::span<const Object> objects) override;
  base::Result<std::string> Get(std::string_view key, std::size_t bytes_max) const override;
  base::Result<os::FileDescriptor> Open(std::string_view key) const override;
  base::Result<bool> Exists(std::string_view key) const override;
  base::Status Remove(std::string_view key) override;
  base::Result<std::vector<std::string>> List(std::string_view prefix, std::string_view after,
                                              std::size_t keys_max) const override;

 private:
  explicit FileBlobStore(std::string folder) : folder_(std::move(folder)) {}

  std::string Path(std::string_view key) const;

  std::string folder_;
};

}  // namespace cairn::store
