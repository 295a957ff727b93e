// BlobStore is the port to whole objects under keys: dumps, raw annotations, processed records, symbol files.
//
// Everything that Cairn knows can be rebuilt from here, so a Put that returned is durable: the bytes survive
// a power cut. Objects are replaced whole; a reader sees the old or the new one, never a mixture. All methods
// may be called from many threads at once.
//
// A key is 1 to 16 segments joined by '/': each of 1 to 200 characters of [A-Za-z0-9._@+-], not starting with
// a dot, at most 512 characters in all. Any other key is kBadValue, so that no key can leave the store's
// folder.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "os/file.h"

namespace cairn::store {

inline constexpr std::size_t kMaxKeyLength = 512;  // S3 allows 1024 bytes, a path 4096.
inline constexpr std::size_t kMaxKeySegments = 16;
inline constexpr std::size_t kMaxSegmentLength = 200;  // File systems allow 255; temporaries add a suffix.

// Whether `key` has the form above.
bool IsValidKey(std::string_view key);

// An object that is being written and has no key yet. Nothing is left of it if it is not published. One
// thread at a time.
class StagedBlob {
 public:
  virtual ~StagedBlob() = default;
  virtual base::Status Append(base::Bytes bytes) = 0;
  // What its store knows it by.
  virtual std::string_view name() const = 0;
};

struct NewObject {
  std::string key;
  std::unique_ptr<StagedBlob> blob;  // Of the store that it is published in.
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual base::Result<std::unique_ptr<StagedBlob>> Stage() = 0;

  // Gives staged objects their keys; all of them are durable when it returns. They appear in the order given:
  // whoever sees one can see those before it, after a power cut as well. On failure some may be there.
  // Concurrent calls share what makes them durable.
  virtual base::Status Publish(std::vector<NewObject> objects) = 0;

  virtual base::Status Put(std::string_view key, base::Bytes bytes) = 0;

  // Stages and publishes all of them.
  struct Object {
    std::string key;
    base::Bytes bytes;
  };
  base::Status PutAll(std::span<const Object> objects);

  // kNotFound if there is none, kLimitExceeded if it is larger than `bytes_max`.
  virtual base::Result<std::string> Get(std::string_view key, std::size_t bytes_max) const = 0;

  // A descriptor for reading the whole object, for handing to a worker process. The object may be replaced or
  // removed meanwhile: the descriptor keeps what it was opened on.
  virtual base::Result<os::FileDescriptor> Open(std::string_view key) const = 0;

  virtual base::Result<bool> Exists(std::string_view key) const = 0;

  // No error if it is not there.
  virtual base::Status Remove(std::string_view key) = 0;

  // Keys that start with `prefix` and are greater than `after` in byte order, in that order, at most
  // `keys_max`. Start with an empty `after`; go on with the last key of the page before. `prefix` ends at a
  // segment's end ("v1/dump/") or in the middle of the last segment ("v1/raw_crash/202611").
  virtual base::Result<std::vector<std::string>> List(std::string_view prefix, std::string_view after,
                                                      std::size_t keys_max) const = 0;
};

}  // namespace cairn::store
