#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>

#include "client/cairn.h"

namespace cairn {
namespace {

// The kernel's signal frame alone is over 11 KB where AMX registers are saved (AT_MINSIGSTKSZ); the crash
// path needs a few KB more, and a chained handler may need much more.
constexpr std::size_t kAlternateStackBytes = 65536;
// A stack that somebody else installed is good enough from here on.
constexpr std::size_t kGoodEnoughBytes = 32768;

// A stack with an inaccessible page below it, taken back when its thread ends.
class AlternateStack {
 public:
  bool Install() {
    stack_t current{};
    if (sigaltstack(nullptr, &current) == 0 && (current.ss_flags & SS_DISABLE) == 0 &&
        current.ss_size >= kGoodEnoughBytes) {
      return true;
    }
    const auto guard_size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t size = guard_size + kAlternateStackBytes;
    void* const memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return false;
    stack_t stack{};
    stack.ss_sp = static_cast<std::byte*>(memory) + guard_size;
    stack.ss_size = kAlternateStackBytes;
    if (mprotect(stack.ss_sp, stack.ss_size, PROT_READ | PROT_WRITE) != 0 ||
        sigaltstack(&stack, nullptr) != 0) {
      munmap(memory, size);
      return false;
    }
    memory_ = memory;
    size_ = size;
    return true;
  }

  ~AlternateStack() {
    if (memory_ == nullptr) return;
    stack_t current{};
    if (sigaltstack(nullptr, &current) != 0) return;
    // Another one that somebody has installed since stays.
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    const bool is_ours = current.ss_sp == static_cast<std::byte*>(memory_) + (size_ - kAlternateStackBytes);
    // A thread that ends on its alternate stack cannot give it back.
    if (!is_ours || sigaltstack(&none, nullptr) == 0) munmap(memory_, size_);
  }

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace

bool InstallAlternateStack() {
  thread_local AlternateStack stack;
  return stack.Install();
}

}  // namespace cairn
