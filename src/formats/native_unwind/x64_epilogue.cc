#include "formats/native_unwind/x64_epilogue.h"

#include <array>

#include "formats/native_unwind/rule_building.h"

namespace cairn::native {

using model::RegisterIndex;

namespace {

constexpr int kMaxPops = 16;

// REX prefixes: W widens the operation to 64 bits, B extends the register in the opcode or r/m.
constexpr std::uint8_t kRexW = 0x48;
constexpr std::uint8_t kRexB = 0x41;
constexpr std::uint8_t kRexWB = 0x49;

// How instructions number the stack and the frame pointer.
constexpr unsigned kMachineSp = 4;
constexpr unsigned kMachineBp = 5;

struct SavedAt {
  RegisterIndex index = 0;
  std::int64_t displacement = 0;
};

// Where the stack pointer stands as the instructions run: a register's value at the first one, plus a number.
class EpilogueReader {
 public:
  EpilogueReader(model::Cpu cpu, base::Bytes code) : is_wide_(cpu == model::Cpu::kAmd64), code_(code) {}

  std::optional<X64Epilogue> Read() {
    ReadRelease();
    for (int i = 0; i < kMaxPops && ReadPop(); ++i) {
    }
    SkipVectorReset();
    X64Epilogue epilogue;
    if (!ReadReturn() && !ReadJump(epilogue)) return std::nullopt;
    epilogue.row.cfa = RegisterPlus(base_, displacement_ + word_bytes_);
    epilogue.row.return_address = LoadFrom(CfaPlus(-word_bytes_));
    for (const SavedAt& saved : saved_) {
      epilogue.row.registers.push_back(
          {saved.index, LoadFrom(CfaPlus(saved.displacement - displacement_ - word_bytes_))});
    }
    return epilogue;
  }

 private:
  std::uint8_t At(std::size_t distance) const {
    return offset_ + distance < code_.size() ? static_cast<std::uint8_t>(code_[offset_ + distance]) : 0;
  }
  template <typename T>
  std::optional<std::int64_t> NumberAt(std::size_t distance) const {
    base::ByteReader reader(code_);
    reader.Seek(offset_ + distance);
    const T value = reader.Read<T>();
    return reader.ok() ? std::optional<std::int64_t>(value) : std::nullopt;
  }

  // add rsp, n; lea rsp, [register + n]; mov rsp, rbp; leave. The same of 32 bits, without the prefix.
  void ReadRelease() {
    if (At(0) == 0xc9) {
      Release(Register(kMachineBp), 0, 1);
      Pop(Register(kMachineBp), 0);
      return;
    }
    const std::size_t prefix = is_wide_ ? 1 : 0;
    const bool has_prefix = !is_wide_ || At(0) == kRexW;
    const std::uint8_t opcode = At(prefix);
    const std::uint8_t operands = At(prefix + 1);
    const std::size_t number = prefix + 2;
    const bool is_add = has_prefix && operands == 0xc4;
    if (is_add && opcode == 0x83)
      return Release(Register(kMachineSp), NumberAt<std::int8_t>(number), number + 1);
    if (is_add && opcode == 0x81)
      return Release(Register(kMachineSp), NumberAt<std::int32_t>(number), number + 4);
    if (has_prefix && opcode == 0x89 && operands == 0xec) return Release(Register(kMachineBp), 0, number);
    // ModRM: rsp in reg, a base other than rsp or r12 (they need another byte) in r/m, a displacement.
    const std::uint8_t mode = operands >> 6;
    const unsigned base = operands & 7;
    const bool is_extended = is_wide_ && At(0) == kRexWB;
    if ((!has_prefix && !is_extended) || opcode != 0x8d || (operands >> 3 & 7) != 4 || base == 4) return;
    const RegisterIndex index = Register(base | (is_extended ? 8u : 0u));
    if (mode == 1) Release(index, NumberAt<std::int8_t>(number), number + 1);
    if (mode == 2) Release(index, NumberAt<std::int32_t>(number), number + 4);
  }

  // On x86 the numbers of instructions are those of DWARF.
  RegisterIndex Register(unsigned machine_number) const {
    return is_wide_ ? X64Register(machine_number) : static_cast<RegisterIndex>(machine_number);
  }

  void Release(RegisterIndex base, std::optional<std::int64_t> displacement, std::size_t size) {
    if (!displacement) return;
    base_ = base;
    displacement_ = *displacement;
    offset_ += size;
  }

  bool ReadPop() {
    const bool extended = is_wide_ && At(0) == kRexB;
    const std::uint8_t opcode = At(extended ? 1 : 0);
    if (opcode < 0x58 || opcode > 0x5f) return false;
    const unsigned number = (opcode - 0x58u) | (extended ? 8u : 0u);
    if (number == kMachineSp) return false;
    const RegisterIndex index = Register(number);
    Pop(index, extended ? 2 : 1);
    return true;
  }

  void Pop(RegisterIndex index, std::size_t size) {
    saved_.push_back({index, displacement_});
    displacement_ += word_bytes_;
    offset_ += size;
  }

  // vzeroupper stands before the return of functions that use AVX.
  void SkipVectorReset() {
    if (At(0) == 0xc5 && At(1) == 0xf8 && At(2) == 0x77) offset_ += 3;
  }

  // ret; ret n; rep ret
  bool ReadReturn() const { return At(0) == 0xc3 || At(0) == 0xc2 || (At(0) == 0xf3 && At(1) == 0xc3); }

  // jmp near or short; jmp [rip + n]; any other jump with the REX.W that marks it as the end of a function,
  // which the jumps of switch tables lack.
  bool ReadJump(X64Epilogue& epilogue) const {
    epilogue.jumps = true;
    std::optional<std::int64_t> distance;
    if (At(0) == 0xeb) distance = NumberAt<std::int8_t>(1);
    if (At(0) == 0xe9) distance = NumberAt<std::int32_t>(1);
    if (distance) {
      const std::int64_t size = At(0) == 0xeb ? 2 : 5;
      epilogue.jump_distance = static_cast<std::int64_t>(offset_) + size + *distance;
      return true;
    }
    if (At(0) == 0xff && At(1) == 0x25) return true;
    return is_wide_ && (At(0) & 0xf8) == kRexW && At(1) == 0xff && (At(2) >> 3 & 7) == 4;
  }

  bool is_wide_;
  std::int64_t word_bytes_ = is_wide_ ? 8 : 4;
  base::Bytes code_;
  std::size_t offset_ = 0;
  RegisterIndex base_ = Register(kMachineSp);
  std::int64_t displacement_ = 0;
  std::vector<SavedAt> saved_;
};

}  // namespace

RegisterIndex X64Register(unsigned machine_number) {
  // Intel's manual, table 2-2 of volume 2: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, then r8 to r15.
  static constexpr std::array<RegisterIndex, 8> kFirst = {model::kRax, model::kRcx, model::kRdx, model::kRbx,
                                                          model::kRsp, model::kRbp, model::kRsi, model::kRdi};
  const unsigned number = machine_number & 15;
  return number < kFirst.size() ? kFirst.at(number) : static_cast<RegisterIndex>(number);
}

std::optional<X64Epilogue> ReadX64Epilogue(base::Bytes code) {
  return EpilogueReader(model::Cpu::kAmd64, code).Read();
}

std::optional<X64Epilogue> ReadX86Epilogue(base::Bytes code) {
  return EpilogueReader(model::Cpu::kX86, code).Read();
}

}  // namespace cairn::native
