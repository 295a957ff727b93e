// The strongest oracle there is: real code runs instruction by instruction, and at each one the row must give
// back the registers that the function was entered with.
//
// clang and lld make a Windows DLL and macOS libraries of one C source that needs nothing of either system.
// The library's image is copied to executable memory and its function called with the CPU's trap flag set, so
// that a signal handler sees every instruction. Code for macOS is made without shrink-wrapping:
// compact unwind cannot say that a part of a function runs without its frame.
#if defined(__x86_64__)

#include <sys/mman.h>
#include <ucontext.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "formats/native_unwind/binary_symbols.h"
#include "formats/object/macho_file.h"
#include "formats/object/pe_file.h"

namespace cairn::native {
namespace {

using model::RuleOp;

constexpr const char* kSource = R"(
volatile int sink;
#define CALLED __attribute__((noinline))
CALLED static int leaf(int a) { return a * 3 + 1; }
CALLED int many(int a, int b, int c, int d, int e, int f) {
  int x = leaf(a), y = leaf(b), z = leaf(c), w = leaf(d), v = leaf(e), u = leaf(f);
  for (int i = 0; i < (a & 3) + 1; ++i) { x += leaf(y); z ^= leaf(w + i); v -= leaf(u); }
  return x + y * z + w - v + u;
}
CALLED int big(int a) {
  volatile char buffer[20000];
  buffer[a] = 1;
  sink = leaf(buffer[a]);
  return buffer[a] + many(a, a, a, a, a, a);
}
CALLED int medium(int a) {
  volatile char buffer[600];
  buffer[a] = 1;
  sink = many(a, buffer[a], 3, 4, 5, 6);
  return buffer[a] + a;
}
CALLED int dynamic(int n) {
  volatile char* p = __builtin_alloca((n & 31) + 16);
  p[0] = 1;
  sink = many(p[0], n, 1, 2, 3, 4);
  return p[0] + leaf(n);
}
CALLED int tail(int a) { sink = leaf(a); return many(a, a + 1, a + 2, a + 3, a + 4, a + 5); }
CALLED double floats(double a, double b, double c) {
  double r = a;
  for (int i = 0; i < 3; ++i) { r = r * b + leaf(i); c += leaf((int)r); }
  return r + c + a;
}
CALLED int recurse(int n) {
  if (n <= 0) return leaf(n);
  const int r = recurse(n - 1);
  return r + dynamic(n) * r;
}
CALLED int early(int a) {
  if (a < 3) return a;
  const int r = many(a, a, a, a, a, a);
  if (r == 7) return 1;
  return medium(r & 15) + r;
}
#ifdef _WIN32
int _fltused;
__attribute__((naked)) void __chkstk(void) { __asm__("ret"); }
__declspec(dllexport)
#endif
int entry(int n) {
  int r = 0;
  for (int i = 0; i < n; ++i) {
    r += tail(i) + medium(i) + big(i) + dynamic(i) + (int)floats(i, 2, 3) + recurse(i) + early(i) + early(r & 7);
  }
  return r;
}
)";

constexpr std::array<model::RegisterIndex, 6> kPreserved = {model::kRbx, model::kRbp, model::kR12,
                                                            model::kR13, model::kR14, model::kR15};

using Machine = std::array<std::uint64_t, 17>;  // By DWARF number.

Machine MachineOf(const ucontext_t& context) {
  static constexpr std::array<int, 17> kPlaces = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                                  REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                                  REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  Machine machine{};
  for (std::size_t i = 0; i < machine.size(); ++i) {
    machine[i] = static_cast<std::uint64_t>(context.uc_mcontext.gregs[kPlaces[i]]);
  }
  return machine;
}

// Enough of an evaluator for the rules that these tables give. The memory is our own.
std::uint64_t Value(const model::Rule& rule, const Machine& machine, std::uint64_t cfa) {
  std::vector<std::uint64_t> stack;
  for (const model::RuleToken& token : rule) {
    switch (token.op) {
      case RuleOp::kConstant: stack.push_back(static_cast<std::uint64_t>(token.value)); break;
      case RuleOp::kRegister: stack.push_back(machine.at(static_cast<std::size_t>(token.value))); break;
      case RuleOp::kCfa: stack.push_back(cfa); break;
      case RuleOp::kDereference: {
        std::uint64_t value = 0;
        std::memcpy(&value, reinterpret_cast<const void*>(stack.back()), sizeof value);
        stack.back() = value;
        break;
      }
      default: {
        const std::uint64_t right = stack.back();
        stack.pop_back();
        stack.back() = token.op == RuleOp::kAdd ? stack.back() + right : stack.back() - right;
      }
    }
  }
  return stack.at(0);
}

// Watches one run. A trap handler has no argument of ours, so there is one watcher at a time.
class Watcher {
 public:
  Watcher(const model::ModuleSymbols& tables, std::uint64_t base, std::uint64_t size)
      : tables_(tables), base_(base), size_(size) {}

  void Step(const Machine& now) {
    const std::uint64_t pc = now[model::kRip];
    const bool inside = pc - base_ < size_;
    if (inside) {
      if (!was_inside_ || LastWasCall()) entries_.push_back(now);
      if (was_inside_ && LastWasReturn()) entries_.pop_back();
      Check(now);
    } else if (was_inside_) {
      entries_.clear();
    }
    was_inside_ = inside;
    last_pc_ = pc;
  }

  std::size_t steps() const { return steps_; }
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  std::uint8_t LastByte(std::size_t i) const { return reinterpret_cast<const std::uint8_t*>(last_pc_)[i]; }
  bool LastWasCall() const {
    const std::size_t prefix = LastByte(0) == 0x41 ? 1 : 0;
    return LastByte(0) == 0xe8 || (LastByte(prefix) == 0xff && (LastByte(prefix + 1) >> 3 & 7) == 2);
  }
  bool LastWasReturn() const { return LastByte(0) == 0xc3; }

  void Check(const Machine& now) {
    ++steps_;
    const Machine& entry = entries_.back();
    const std::uint64_t offset = now[model::kRip] - base_;
    const auto row = tables_.FindUnwindRow({offset});
    if (!row) return Fault(offset, "no row");
    const std::uint64_t cfa = Value(row->cfa, now, 0);
    if (cfa != entry[model::kRsp] + 8) return Fault(offset, "CFA");
    if (Value(row->return_address, now, cfa) != *reinterpret_cast<const std::uint64_t*>(entry[model::kRsp])) {
      return Fault(offset, "return address");
    }
    Machine caller = now;
    for (const model::RegisterRule& rule : row->registers) caller[rule.index] = Value(rule.rule, now, cfa);
    for (const model::RegisterIndex index : kPreserved) {
      if (caller[index] != entry[index]) return Fault(offset, "register " + std::to_string(index));
    }
  }

  void Fault(std::uint64_t offset, const std::string& what) {
    char text[32];
    snprintf(text, sizeof text, "0x%lx: ", offset);
    faults_.push_back(text + what);
  }

  const model::ModuleSymbols& tables_;
  std::uint64_t base_;
  std::uint64_t size_;
  std::uint64_t last_pc_ = 0;
  bool was_inside_ = false;
  std::vector<Machine> entries_;  // The registers at the first instruction of every function that runs.
  std::size_t steps_ = 0;
  std::vector<std::string> faults_;
};

Watcher* watcher = nullptr;

void OnTrap(int, siginfo_t*, void* context) { watcher->Step(MachineOf(*static_cast<ucontext_t*>(context))); }

template <typename Function>
void RunStepped(Watcher& with, Function function) {
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_sigaction = OnTrap;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, &before);
  watcher = &with;
  asm volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
  function(3);
  asm volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
  sigaction(SIGTRAP, &before, nullptr);
}

struct Image {
  std::vector<std::byte> memory;
  std::uint64_t entry = 0;
};

void Put(Image& image, std::uint64_t offset, base::Bytes bytes) {
  if (image.memory.size() < offset + bytes.size()) image.memory.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), image.memory.begin() + static_cast<std::ptrdiff_t>(offset));
}

Image MapPe(base::Bytes bytes) {
  const auto file = object::PeFile::Open(bytes);
  Image image;
  image.memory.resize(file->image_size());
  for (const object::PeSection& section : file->sections())
    Put(image, section.start.value, file->BytesAt(section.start));
  for (const object::PeExport& symbol : file->Exports()) {
    if (symbol.name == "entry") image.entry = symbol.offset.value;
  }
  return image;
}

Image MapMachO(base::Bytes bytes) {
  const auto file = object::MachOFile::Open(bytes);
  Image image;
  for (const object::MachOSegment& segment : file->segments()) {
    const model::ModuleOffset start = file->OffsetOf(segment.address);
    if (segment.name != "__LINKEDIT") Put(image, start.value, file->BytesAt(start));
    image.memory.resize(std::max<std::size_t>(image.memory.size(), start.value + segment.memory_size));
  }
  for (const object::MachOSymbol& symbol : file->Symbols()) {
    if (symbol.name == "_entry") image.entry = symbol.offset.value;
  }
  return image;
}

struct Recipe {
  const char* name;
  const char* compile;
  const char* link;  // With "{}" for the object file; the output comes last.
  bool windows = false;
};

class ExecutionOracle : public ::testing::TestWithParam<Recipe> {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "cairn-oracle-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool Make() {
    std::ofstream(folder_ / "source.c") << kSource;
    const std::string common = " -fno-builtin -fno-stack-protector -c source.c -o source.o 2>/dev/null && ";
    const std::string command = "cd " + folder_.string() + " && clang-19 " + GetParam().compile + common +
                                GetParam().link + "library source.o >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) return false;
    std::ifstream stream(folder_ / "library", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    return true;
  }

  std::filesystem::path folder_;
  std::string bytes_;
};

TEST_P(ExecutionOracle, EveryInstructionUnwindsToItsCaller) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the trap handler looks tables up and allocates: it is synchronous, which the sanitizer "
                  "can not know";
#endif
  if (!Make()) GTEST_SKIP() << "clang-19 or lld-19 cannot make the library here: nothing to run";
  const base::Bytes bytes = base::AsBytes(bytes_);
  const auto tables = OpenBinary(bytes);
  ASSERT_TRUE(tables) << base::Describe(tables.error());
  const Image image = GetParam().windows ? MapPe(bytes) : MapMachO(bytes);
  ASSERT_NE(image.entry, 0u);
  void* memory = mmap(nullptr, image.memory.size(), PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) GTEST_SKIP() << "the system refuses writable code: nothing to run";
  std::memcpy(memory, image.memory.data(), image.memory.size());

  const auto base = reinterpret_cast<std::uint64_t>(memory);
  Watcher with(**tables, base, image.memory.size());
  if (GetParam().windows) {
    RunStepped(with, reinterpret_cast<int(__attribute__((ms_abi))*)(int)>(base + image.entry));
  } else {
    RunStepped(with, reinterpret_cast<int (*)(int)>(base + image.entry));
  }
  munmap(memory, image.memory.size());
  EXPECT_GT(with.steps(), 1000u);
  EXPECT_TRUE(with.faults().empty()) << with.faults().size() << " of " << with.steps()
                                     << " instructions, the first at " << with.faults()[0];
  for (std::size_t i = 1; i < std::min<std::size_t>(with.faults().size(), 10); ++i)
    ADD_FAILURE() << with.faults()[i];
}

constexpr const char* kLinkWindows = "lld-link-19 /dll /noentry /nodefaultlib /out:";
constexpr const char* kLinkMac = "ld64.lld-19 -dylib -arch x86_64 -platform_version macos 11 11 -o ";

INSTANTIATE_TEST_SUITE_P(
    Libraries, ExecutionOracle,
    ::testing::Values(
        Recipe{"WindowsO0", "-target x86_64-pc-windows-msvc -O0", kLinkWindows, true},
        Recipe{"WindowsO2", "-target x86_64-pc-windows-msvc -O2", kLinkWindows, true},
        Recipe{"WindowsOs", "-target x86_64-pc-windows-msvc -Os", kLinkWindows, true},
        Recipe{"MacO0", "-target x86_64-apple-macos11 -mllvm -enable-shrink-wrap=false -O0", kLinkMac},
        Recipe{"MacO2", "-target x86_64-apple-macos11 -mllvm -enable-shrink-wrap=false -O2", kLinkMac},
        Recipe{"MacFramelessO2",
               "-target x86_64-apple-macos11 -mllvm -enable-shrink-wrap=false -O2 -fomit-frame-pointer",
               kLinkMac},
        Recipe{"MacFramelessOs",
               "-target x86_64-apple-macos11 -mllvm -enable-shrink-wrap=false -Os -fomit-frame-pointer",
               kLinkMac}),
    [](const ::testing::TestParamInfo<Recipe>& recipe) { return std::string(recipe.param.name); });

}  // namespace
}  // namespace cairn::native

#endif
