#include "server/symbol_store/content_digest.h"

#include <openssl/evp.h>

#include <array>
#include <span>

#include "base/hex.h"

namespace cairn::symbol_store {
namespace {

std::string FinishHex(EVP_MD_CTX* context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, digest.data(), &size);
  return base::BytesToHex(std::as_bytes(std::span(digest).first(size)));
}

}  // namespace

void ContentDigest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

ContentDigest::ContentDigest() : md5_(EVP_MD_CTX_new()), sha256_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(md5_.get(), EVP_md5(), nullptr);
  EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr);
}

void ContentDigest::Add(base::Bytes bytes) {
  size_ += bytes.size();
  EVP_DigestUpdate(md5_.get(), bytes.data(), bytes.size());
  EVP_DigestUpdate(sha256_.get(), bytes.data(), bytes.size());
}

Content ContentDigest::Finish() { return {size_, FinishHex(md5_.get()), FinishHex(sha256_.get())}; }

}  // namespace cairn::symbol_store
