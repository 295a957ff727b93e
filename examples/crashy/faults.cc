// Each fault sits below a few ordinary calls: a template, an inlined accessor, a callback through the shared
// library. The optimiser must not see through them: the functions are closed to it (noipa; noinline alone
// lets it move a load into the caller), and the values that lead to a fault come from volatile variables.
#include "faults.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "shapes.h"

namespace crashy {
namespace {

volatile int g_zero = 0;
volatile std::uintptr_t g_wild_address = 0x5a5a00000010;

struct Account {
  std::uint64_t id;
  std::int64_t balance;
};

class Ledger {
 public:
  explicit Ledger(const Account* account) : account_(account) {}
  // Inlined into its callers: the stack must show it as an inline frame.
  [[gnu::always_inline]] std::int64_t balance() const { return account_->balance; }

 private:
  const Account* account_;
};

template <typename T>
class Cell {
 public:
  explicit Cell(std::uintptr_t address) : target_(reinterpret_cast<T*>(address)) {}
  [[gnu::noipa]] void Store(T value) const {
    *target_ = value;
    asm volatile("" ::: "memory");
  }

 private:
  T* target_;
};

[[gnu::noipa]] std::int64_t ReadBalance(const Ledger& ledger) {
  const std::int64_t balance = ledger.balance();
  asm volatile("" ::: "memory");
  return balance;
}

[[gnu::noipa]] void NullRead() {
  const Ledger ledger(reinterpret_cast<const Account*>(static_cast<std::uintptr_t>(g_zero)));
  shapes::ForEachIndex(1, [&](std::size_t) { g_zero = static_cast<int>(ReadBalance(ledger)); });
}

[[gnu::noipa]] void WildWrite() {
  const Cell<std::uint32_t> cell(g_wild_address);
  cell.Store(42);
  asm volatile("" ::: "memory");
}

[[gnu::noipa]] void CheckInvariant(bool holds) {
  if (!holds) std::abort();
}

[[gnu::noipa]] void Abort() {
  CheckInvariant(g_zero != 0);
  asm volatile("" ::: "memory");
}

[[gnu::noipa]] int ParsePort(const std::string& text) {
  if (text.empty()) throw std::invalid_argument("port is empty");
  return std::stoi(text);
}

[[gnu::noipa]] void UncaughtException() {
  g_zero = ParsePort(std::string(static_cast<std::size_t>(g_zero), 'x'));
}

[[gnu::noipa]] int Average(int sum, int count) {
  const int average = sum / count;
  asm volatile("" ::: "memory");
  return average;
}

[[gnu::noipa]] void DivideByZero() { g_zero = Average(100, g_zero); }

// Not a tail call: the buffer is used after the call, so every level keeps its frame. The condition always
// holds, which the compiler cannot know: it would warn of the endless recursion that is wanted here.
[[gnu::noipa]] int Descend(int depth) {
  std::array<volatile char, 512> buffer;
  buffer[0] = static_cast<char>(depth);
  const int below = g_zero == 0 ? Descend(depth + 1) : 0;
  return below + buffer[0];
}

[[gnu::noipa]] void StackOverflow() { g_zero = Descend(0); }

[[gnu::noipa]] void ExecuteUndefined() { asm volatile("ud2"); }

[[gnu::noipa]] void IllegalInstruction() {
  ExecuteUndefined();
  asm volatile("" ::: "memory");
}

[[gnu::noipa]] void ProcessJob(const Account* account) {
  g_zero = static_cast<int>(account->balance);
  asm volatile("" ::: "memory");
}

[[gnu::noipa]] void WorkerThread() {
  std::thread worker(
      [] { ProcessJob(reinterpret_cast<const Account*>(static_cast<std::uintptr_t>(g_zero))); });
  worker.join();
}

[[gnu::noipa]] void NullInLibrary() {
  const shapes::Square square(2);
  g_zero = static_cast<int>(shapes::TotalArea({&square, nullptr}));
}

[[gnu::noipa]] unsigned char ReadMappedRecord(const volatile unsigned char* record) {
  const unsigned char first = record[0];
  asm volatile("" ::: "memory");
  return first;
}

// A mapping of an empty file: its pages are beyond the end, so reading them is SIGBUS and not SIGSEGV.
[[gnu::noipa]] void BusError() {
  std::string path = "/tmp/crashy-XXXXXX";
  const int fd = mkstemp(path.data());
  unlink(path.c_str());
  const void* const mapping = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0);
  g_zero = ReadMappedRecord(static_cast<const volatile unsigned char*>(mapping));
}

constexpr Fault kFaults[] = {
    {"null-read", "reads through a null pointer, in an inlined accessor, below a callback", NullRead},
    {"wild-write", "writes to an address that is not mapped, in a template", WildWrite},
    {"abort", "calls abort()", Abort},
    {"uncaught-exception", "throws what nobody catches", UncaughtException},
    {"divide-by-zero", "divides an integer by zero", DivideByZero},
    {"stack-overflow", "recurses without end", StackOverflow},
    {"illegal-instruction", "executes an undefined instruction", IllegalInstruction},
    {"worker-thread", "reads through a null pointer on a second thread", WorkerThread},
    {"null-in-library", "calls through a null pointer inside the shared library", NullInLibrary},
    {"bus-error", "reads a mapped file beyond its end", BusError},
};

}  // namespace

std::span<const Fault> Faults() { return kFaults; }

}  // namespace crashy
