#include "server/accounts/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/utf8.h"

namespace cairn::accounts {
namespace {

using base::Code;
using base::Error;

// What libsodium calls interactive: 2 passes over 64 MiB.
constexpr unsigned long long kPasses = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr std::size_t kMemoryBytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;

// Of the same passes and memory. No password is known to have this hash.
constexpr const char* kHashOfNobody =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// Characters, not bytes: the further bytes of one are 10xxxxxx.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string MistakeInPassword(std::string_view password) {
  if (password.size() > kMaxPasswordBytes || !base::IsUtf8(password))
    return "A password has at most " + std::to_string(kMaxPasswordBytes) + " bytes of UTF-8";
  if (CountCharacters(password) < kMinPasswordCharacters)
    return "A password has at least " + std::to_string(kMinPasswordCharacters) + " characters";
  return {};
}

// Holds one of the places of those that hash.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher), has_it_(hasher.Enter()) {}
  ~Turn() {
    if (has_it_) hasher_.Leave();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool has_it() const { return has_it_; }

 private:
  PasswordHasher& hasher_;
  const bool has_it_;
};

bool PasswordHasher::Enter() {
  std::unique_lock lock(mutex_);
  if (running_ >= kMaxHashings && waiting_ >= kMaxHashingsWaiting) return false;
  ++waiting_;
  const bool has_place = changed_.wait_for(lock, std::chrono::milliseconds(kHashingPatienceMs),
                                           [this] { return running_ < kMaxHashings; });
  --waiting_;
  if (has_place) ++running_;
  return has_place;
}

void PasswordHasher::Leave() {
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  changed_.notify_one();
}

base::Result<std::string> PasswordHasher::Hash(std::string_view password) {
  if (sodium_init() < 0) return Error{Code::kUnsupported, 0, "libsodium"};
  const Turn turn(*this);
  if (!turn.has_it()) return Error{Code::kLimitExceeded, kMaxHashingsWaiting, "passwords that wait"};
  std::array<char, crypto_pwhash_STRBYTES> hash;
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), kPasses, kMemoryBytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{Code::kLimitExceeded, kMemoryBytes, "memory for a password"};
  }
  return std::string(hash.data());
}

base::Result<bool> PasswordHasher::Matches(const std::string& hash, std::string_view password) {
  if (sodium_init() < 0) return Error{Code::kUnsupported, 0, "libsodium"};
  if (password.size() > kMaxPasswordBytes) return false;
  const Turn turn(*this);
  if (!turn.has_it()) return Error{Code::kLimitExceeded, kMaxHashingsWaiting, "passwords that wait"};
  const char* const known = hash.empty() ? kHashOfNobody : hash.c_str();
  const bool matches = crypto_pwhash_str_verify(known, password.data(), password.size()) == 0;
  return matches && !hash.empty();
}

}  // namespace cairn::accounts
