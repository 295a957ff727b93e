#include "server/collector/dump_spool.h"

#include <utility>

#include "base/hex.h"

namespace cairn::collector {

base::Status DumpSpool::Append(std::string_view bytes) {
  size_ += bytes.size();
  if (blob_ == nullptr && size_ <= kMaxDumpMemoryBytes) {
    memory_ += bytes;
    return {};
  }
  if (blob_ == nullptr) RETURN_IF_ERROR(MoveToBlob());
  hash_.Add(bytes);
  return blob_->Append(base::AsBytes(bytes));
}

base::Status DumpSpool::MoveToBlob() {
  HashMemory();
  ASSIGN_OR_RETURN(blob_, stage_());
  const std::string memory = std::exchange(memory_, {});
  return blob_->Append(base::AsBytes(memory));
}

void DumpSpool::HashMemory() {
  if (!std::exchange(memory_is_hashed_, true)) hash_.Add(memory_);
}

std::string DumpSpool::Sha256Text() {
  HashMemory();
  intake::Sha256 hash = hash_;
  return base::BytesToHex(hash.Finish());
}

base::Result<std::unique_ptr<store::StagedBlob>> DumpSpool::TakeBlob() {
  if (blob_ == nullptr) RETURN_IF_ERROR(MoveToBlob());
  return std::move(blob_);
}

}  // namespace cairn::collector
