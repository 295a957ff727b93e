// The processed crash among the blobs: a JSON document, packed with Zstandard, because documents of dumps
// take three times the dump's bytes and shrink to a tenth. `zstdcat` reads one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/store/blob_store.h"

namespace cairn::intake {

// Of the JSON: an outcome of a worker and what the annotations add; both have their own limits.
inline constexpr std::size_t kMaxProcessedCrashBytes = 128 << 20;

// Durable when it returns; takes the place of an earlier one. kLimitExceeded if it is larger than the limit.
base::Status PutProcessedCrash(store::BlobStore& blobs, std::string_view id, std::string_view json);

// Also one that lies there as JSON, as earlier versions kept them. kNotFound if there is none, kBadValue if
// it is damaged.
base::Result<std::string> GetProcessedCrash(const store::BlobStore& blobs, std::string_view id);

}  // namespace cairn::intake
