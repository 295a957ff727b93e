// PasswordHasher makes and checks hashes of passwords: Argon2id by libsodium, in its own text form.
//
// Each takes 64 MiB and some 0.1 s of a processor, on purpose. So only two are made at once, some callers
// wait for their turn, and more are refused. Any thread may call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::accounts {

inline constexpr std::size_t kMinPasswordCharacters = 10;
inline constexpr std::size_t kMaxPasswordBytes = 500;

inline constexpr int kMaxHashings = 2;
inline constexpr int kMaxHashingsWaiting = 8;  // Each holds a thread that takes reports as well.
inline constexpr int kHashingPatienceMs = 5'000;

// What is wrong with a new password, as a sentence; empty: nothing.
std::string MistakeInPassword(std::string_view password);

class PasswordHasher {
 public:
  // kLimitExceeded if too many want the same, here and below.
  base::Result<std::string> Hash(std::string_view password);
  // Takes as long where there is no hash (an empty one), which no password matches: so nobody learns from it
  // whether there is a user.
  base::Result<bool> Matches(const std::string& hash, std::string_view password);

 private:
  class Turn;
  bool Enter();
  void Leave();

  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0;  // GUARDED_BY(mutex_)
  int waiting_ = 0;  // GUARDED_BY(mutex_)
};

}  // namespace cairn::accounts
