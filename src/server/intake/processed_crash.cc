#include "server/intake/processed_crash.h"

#include <zstd.h>

#include <memory>

#include "server/store/blob_keys.h"

namespace cairn::intake {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr int kLevel = 1;  // Higher ones take several times as long for a few percent.

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

base::Result<std::string> Unpack(std::string_view packed) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return Error{Code::kBadValue, 0, "processed crash"};
  if (size > kMaxProcessedCrashBytes) return Error{Code::kLimitExceeded, size, "processed crash"};
  std::string json(size, '\0');
  const std::size_t written = ZSTD_decompress(json.data(), json.size(), packed.data(), packed.size());
  if (written != json.size())
    return Error{Code::kBadValue, 0, "processed crash"};  // An error is a huge number.
  return json;
}

}  // namespace

base::Status PutProcessedCrash(store::BlobStore& blobs, std::string_view id, std::string_view json) {
  if (json.size() > kMaxProcessedCrashBytes)
    return Error{Code::kLimitExceeded, json.size(), "processed crash"};
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  if (context == nullptr) return Error{Code::kLimitExceeded, 0, "processed crash: memory"};
  std::string packed(ZSTD_compressBound(json.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(context.get(), packed.data(), packed.size(), json.data(), json.size(), kLevel);
  if (ZSTD_isError(size) != 0U) return Error{Code::kLimitExceeded, json.size(), "processed crash: memory"};
  packed.resize(size);
  return blobs.Put(store::ProcessedCrashKey(std::string(id)), base::AsBytes(packed));
}

base::Result<std::string> GetProcessedCrash(const store::BlobStore& blobs, std::string_view id) {
  base::Result<std::string> stored =
      blobs.Get(store::ProcessedCrashKey(std::string(id)), kMaxProcessedCrashBytes);
  if (!stored || std::string_view(*stored).substr(0, kZstdMagic.size()) != kZstdMagic) return stored;
  return Unpack(*stored);
}

}  // namespace cairn::intake
