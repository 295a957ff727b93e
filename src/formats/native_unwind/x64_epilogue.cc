#include "formats/native_unwind/x64_epilogue.h"

#include <array>

#include "formats/native_unwind/rule_building.h"

namespace cairn::native {

using model::RegisterIndex;

namespace {

constexpr int kMaxPops = 16;
constexpr std::int64_t kWordBytes = 8;

// REX prefixes: W widens the operation to 64 bits, B extends the register in the opcode or r/m.
constexpr std::uint8_t kRexW = 0x48;
constexpr std::uint8_t kRexB = 0x41;
constexpr std::uint8_t kRexWB = 0x49;

struct SavedAt {
  RegisterIndex index = 0;
  std::int64_t displacement = 0;
};

// Where the stack pointer stands as the instructions run: a register's value at the first one, plus a number.
class EpilogueReader {
 public:
  explicit EpilogueReader(base::Bytes code) : code_(code) {}

  std::optional<X64Epilogue> Read() {
    ReadRelease();
    for (int i = 0; i < kMaxPops && ReadPop(); ++i) {
    }
    SkipVectorReset();
    X64Epilogue epilogue;
    if (!ReadReturn() && !ReadJump(epilogue)) return std::nullopt;
    epilogue.row.cfa = RegisterPlus(base_, displacement_ + kWordBytes);
    epilogue.row.return_address = LoadFrom(CfaPlus(-kWordBytes));
    for (const SavedAt& saved : saved_) {
      epilogue.row.registers.push_back(
          {saved.index, LoadFrom(CfaPlus(saved.displacement - displacement_ - kWordBytes))});
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

  // add rsp, n; lea rsp, [register + n]; mov rsp, rbp; leave
  void ReadRelease() {
    const bool is_add = At(0) == kRexW && At(2) == 0xc4;
    if (is_add && At(1) == 0x83) return Release(model::kRsp, NumberAt<std::int8_t>(3), 4);
    if (is_add && At(1) == 0x81) return Release(model::kRsp, NumberAt<std::int32_t>(3), 7);
    if (At(0) == kRexW && At(1) == 0x89 && At(2) == 0xec) return Release(model::kRbp, 0, 3);
    if (At(0) == 0xc9) {
      Release(model::kRbp, 0, 1);
      Pop(model::kRbp, 0);
      return;
    }
    // ModRM: rsp in reg, a base other than rsp or r12 (they need another byte) in r/m, a displacement.
    const std::uint8_t mode = At(2) >> 6;
    const unsigned base = At(2) & 7;
    if ((At(0) != kRexW && At(0) != kRexWB) || At(1) != 0x8d || (At(2) >> 3 & 7) != 4 || base == 4) return;
    const RegisterIndex index = X64Register(base | (At(0) == kRexWB ? 8u : 0u));
    if (mode == 1) Release(index, NumberAt<std::int8_t>(3), 4);
    if (mode == 2) Release(index, NumberAt<std::int32_t>(3), 7);
  }

  void Release(RegisterIndex base, std::optional<std::int64_t> displacement, std::size_t size) {
    if (!displacement) return;
    base_ = base;
    displacement_ = *displacement;
    offset_ += size;
  }

  bool ReadPop() {
    const bool extended = At(0) == kRexB;
    const std::uint8_t opcode = At(extended ? 1 : 0);
    if (opcode < 0x58 || opcode > 0x5f) return false;
    const RegisterIndex index = X64Register((opcode - 0x58u) | (extended ? 8u : 0u));
    if (index == model::kRsp) return false;
    Pop(index, extended ? 2 : 1);
    return true;
  }

  void Pop(RegisterIndex index, std::size_t size) {
    saved_.push_back({index, displacement_});
    displacement_ += kWordBytes;
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
    return (At(0) & 0xf8) == kRexW && At(1) == 0xff && (At(2) >> 3 & 7) == 4;
  }

  base::Bytes code_;
  std::size_t offset_ = 0;
  RegisterIndex base_ = model::kRsp;
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

std::optional<X64Epilogue> ReadX64Epilogue(base::Bytes code) { return EpilogueReader(code).Read(); }

}  // namespace cairn::native
