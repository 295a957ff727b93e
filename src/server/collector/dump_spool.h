// DumpSpool takes the bytes of one dump as they come: a small one into memory, a large one into the blob
// store, where it has no key yet. Most reports are small or are thrown away by a rule, and then no file is
// made.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/intake/sha256.h"
#include "server/store/blob_store.h"

namespace cairn::collector {

inline constexpr std::size_t kMaxDumpMemoryBytes = 256 << 10;  // Of one dump; Crashpad's have 100 KB.

// Begins an object in the blob store.
using StageBlob = std::function<base::Result<std::unique_ptr<store::StagedBlob>>()>;

class DumpSpool {
 public:
  explicit DumpSpool(StageBlob stage) : stage_(std::move(stage)) {}

  base::Status Append(std::string_view bytes);

  std::size_t memory_bytes() const { return memory_.capacity(); }
  std::uint64_t size() const { return size_; }

  // When all has come: lower-case hex. Hashing waits until somebody asks, where the bytes are in memory.
  std::string Sha256Text();
  // The object that holds all bytes. Once.
  base::Result<std::unique_ptr<store::StagedBlob>> TakeBlob();

 private:
  base::Status MoveToBlob();
  void HashMemory();

  StageBlob stage_;
  std::string memory_;
  std::unique_ptr<store::StagedBlob> blob_;  // Null: all is in memory.
  std::uint64_t size_ = 0;
  intake::Sha256 hash_;
  bool memory_is_hashed_ = false;  // Whether hash_ knows what is in memory_.
};

}  // namespace cairn::collector
