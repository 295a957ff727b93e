#include "formats/native_unwind/arm64_unwind_info.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace cairn::native {

using base::ByteReader;
using base::Code;
using base::Error;
using base::Result;
using model::RegisterIndex;
using Kind = Arm64Step::Kind;

namespace {

constexpr RegisterIndex kFirstSaved = 19;  // x19
constexpr std::uint32_t kInstructionBytes = 4;

std::uint32_t Bits(std::uint32_t value, unsigned shift, unsigned width) {
  return value >> shift & ((1u << width) - 1);
}

RegisterIndex Saved(std::uint32_t number) { return static_cast<RegisterIndex>(kFirstSaved + number); }

// One row of Microsoft's table of unwind codes: codes whose first byte, but for `operand_bits`, is `prefix`.
struct CodeRow {
  std::uint8_t prefix = 0;
  std::uint8_t operand_bits = 0;
  std::uint8_t bytes = 1;
  // The step of the code's operand, which is all its bits behind the prefix.
  Arm64Step (*step)(std::uint32_t operand) = nullptr;
};

Arm64Step Nothing(std::uint32_t) { return {}; }
Arm64Step Allocate16(std::uint32_t operand) { return {.kind = Kind::kAllocate, .amount = operand * 16}; }

constexpr std::uint8_t kEnd = 0xe4;
constexpr std::uint8_t kEndOfPart = 0xe5;

constexpr std::array kCodes = {
    CodeRow{0x00, 5, 1, Allocate16},  // alloc_s
    CodeRow{0x20, 5, 1,               // save_r19r20_x
            [](std::uint32_t z) { return Arm64Step{Kind::kPush, kFirstSaved, Saved(1), z * 8}; }},
    CodeRow{0x40, 6, 1,  // save_fplr
            [](std::uint32_t z) { return Arm64Step{Kind::kSave, model::kArm64Fp, model::kArm64Lr, z * 8}; }},
    CodeRow{0x80, 6, 1,  // save_fplr_x
            [](std::uint32_t z) {
              return Arm64Step{Kind::kPush, model::kArm64Fp, model::kArm64Lr, (z + 1) * 8};
            }},
    CodeRow{0xc0, 3, 2, Allocate16},  // alloc_m
    CodeRow{0xc8, 2, 2,               // save_regp
            [](std::uint32_t xz) {
              return Arm64Step{Kind::kSave, Saved(xz >> 6), Saved((xz >> 6) + 1), (xz & 63) * 8};
            }},
    CodeRow{0xcc, 2, 2,  // save_regp_x
            [](std::uint32_t xz) {
              return Arm64Step{Kind::kPush, Saved(xz >> 6), Saved((xz >> 6) + 1), ((xz & 63) + 1) * 8};
            }},
    CodeRow{0xd0, 2, 2,  // save_reg
            [](std::uint32_t xz) {
              return Arm64Step{Kind::kSave, Saved(xz >> 6), model::kNoRegister, (xz & 63) * 8};
            }},
    CodeRow{0xd4, 1, 2,  // save_reg_x
            [](std::uint32_t xz) {
              return Arm64Step{Kind::kPush, Saved(xz >> 5), model::kNoRegister, ((xz & 31) + 1) * 8};
            }},
    CodeRow{0xd6, 1, 2,  // save_lrpair
            [](std::uint32_t xz) {
              return Arm64Step{Kind::kSave, Saved((xz >> 6) * 2), model::kArm64Lr, (xz & 63) * 8};
            }},
    CodeRow{0xd8, 1, 2, Nothing},  // save_fregp
    CodeRow{
        0xda, 1, 2,  // save_fregp_x
        [](std::uint32_t xz) { return Arm64Step{.kind = Kind::kAllocate, .amount = ((xz & 63) + 1) * 8}; }},
    CodeRow{0xdc, 1, 2, Nothing},  // save_freg
    CodeRow{
        0xde, 0, 2,  // save_freg_x
        [](std::uint32_t xz) { return Arm64Step{.kind = Kind::kAllocate, .amount = ((xz & 31) + 1) * 8}; }},
    CodeRow{0xe0, 0, 4, Allocate16},                                                        // alloc_l
    CodeRow{0xe1, 0, 1, [](std::uint32_t) { return Arm64Step{.kind = Kind::kSetFrame}; }},  // set_fp
    CodeRow{0xe2, 0, 2,                                                                     // add_fp
            [](std::uint32_t x) { return Arm64Step{.kind = Kind::kSetFrame, .amount = x * 8}; }},
    CodeRow{0xe3, 0, 1, Nothing},                                                           // nop
    CodeRow{0xe6, 0, 1, [](std::uint32_t) { return Arm64Step{.kind = Kind::kSaveNext}; }},  // save_next
    CodeRow{0xfc, 0, 1, Nothing},                                                           // pac_sign_lr
};

struct ReadSteps {
  std::vector<Arm64Step> steps;
  std::size_t before_end_of_part = 0;  // How many stand before the first end of either kind.
};

// The steps from `index` to the end code. Nothing for an unknown code and for codes without an end.
std::optional<ReadSteps> ReadCodes(base::Bytes codes, std::uint64_t index) {
  ByteReader reader(codes);
  reader.Seek(index);
  ReadSteps result;
  bool part_ended = false;
  while (reader.remaining() > 0 && reader.ok()) {
    const std::uint32_t first = reader.Read<std::uint8_t>();
    if (!part_ended && (first == kEnd || first == kEndOfPart)) {
      result.before_end_of_part = result.steps.size();
      part_ended = true;
    }
    if (first == kEnd) return result;
    if (first == kEndOfPart) continue;  // What follows is the prologue of the function's first part.
    const auto row = std::ranges::find_if(kCodes, [first](const CodeRow& candidate) {
      return first >> candidate.operand_bits << candidate.operand_bits == candidate.prefix;
    });
    if (row == kCodes.end()) return std::nullopt;
    std::uint32_t operand = Bits(first, 0, row->operand_bits);
    for (int i = 1; i < row->bytes; ++i) operand = operand << 8 | reader.Read<std::uint8_t>();
    result.steps.push_back(row->step(operand));
  }
  return std::nullopt;
}

// Makes the canonical prologue that packed rows stand for, first instruction first.
class CanonicalPrologue {
 public:
  explicit CanonicalPrologue(std::uint32_t packed)
      : float_pairs_(Bits(packed, 13, 3)),
        integers_(Bits(packed, 16, 4)),
        homes_parameters_(Bits(packed, 20, 1) != 0),
        chain_(Bits(packed, 21, 2)) {
    const std::uint32_t integer_bytes = (integers_ + (chain_ == kSavesLink ? 1 : 0)) * 8;
    const std::uint32_t float_bytes = float_pairs_ == 0 ? 0 : (float_pairs_ + 1) * 8;
    save_bytes_ = (integer_bytes + float_bytes + (homes_parameters_ ? 64 : 0) + 15) / 16 * 16;
    const std::uint32_t frame_bytes = Bits(packed, 23, 9) * 16;
    local_bytes_ = frame_bytes > save_bytes_ ? frame_bytes - save_bytes_ : 0;
  }

  // The epilogue does the same backwards, but neither sets x29 nor stores parameters.
  std::vector<Arm64Step> Steps(bool of_epilogue) {
    if (chain_ == kChainedAndSigned) Add({});
    SaveIntegers();
    for (std::uint32_t i = 0; float_pairs_ != 0 && i < float_pairs_ + 1; i += 2) Save({});
    for (int i = 0; homes_parameters_ && i < 4; ++i) {
      // In an epilogue one instruction frees what the first store has allocated.
      if (!of_epilogue || !allocated_) Save({});
    }
    AllocateLocals();
    if (IsChained() && !of_epilogue) Add({.kind = Kind::kSetFrame});
    std::ranges::reverse(steps_);
    return std::move(steps_);
  }

 private:
  // CR
  static constexpr std::uint32_t kSavesLink = 1;
  static constexpr std::uint32_t kChainedAndSigned = 2;
  static constexpr std::uint32_t kChained = 3;
  static constexpr std::uint32_t kMaxPushedLocals = 512;       // What "stp x29, lr, [sp, #-n]!" can take.
  static constexpr std::uint32_t kMaxSubtractedAtOnce = 4080;  // More takes two instructions.

  bool IsChained() const { return chain_ == kChained || chain_ == kChainedAndSigned; }
  void Add(const Arm64Step& step) { steps_.push_back(step); }
  void Allocate(std::uint32_t bytes) { Add({.kind = Kind::kAllocate, .amount = bytes}); }

  // The first save of all allocates the whole area.
  void Save(Arm64Step step) {
    const bool saves = step.first != model::kNoRegister;
    if (!allocated_) {
      step.kind = saves ? Kind::kPush : Kind::kAllocate;
      step.amount = save_bytes_;
    } else if (saves) {
      step.kind = Kind::kSave;
    }
    allocated_ = true;
    Add(step);
  }

  void SaveIntegers() {
    for (std::uint32_t i = 0; i < integers_; i += 2) {
      Arm64Step step = {.first = Saved(i), .amount = i * 8};
      if (i + 1 < integers_) {
        step.second = Saved(i + 1);
      } else if (chain_ == kSavesLink) {
        step.second = model::kArm64Lr;
        // This pair has no code that allocates as well.
        if (!allocated_) Allocate(save_bytes_);
        allocated_ = true;
      }
      Save(step);
    }
    if (chain_ == kSavesLink && integers_ % 2 == 0) Save({.first = model::kArm64Lr, .amount = integers_ * 8});
  }

  void AllocateLocals() {
    if (IsChained() && local_bytes_ <= kMaxPushedLocals) {
      Add({Kind::kPush, model::kArm64Fp, model::kArm64Lr, local_bytes_});
      return;
    }
    const std::uint32_t first = std::min(local_bytes_, kMaxSubtractedAtOnce);
    if (first != 0) Allocate(first);
    if (local_bytes_ > first) Allocate(local_bytes_ - first);
    if (IsChained()) Add({Kind::kSave, model::kArm64Fp, model::kArm64Lr, 0});
  }

  std::uint32_t float_pairs_;  // One less than the registers from d8 on, or 0 for none.
  std::uint32_t integers_;     // Registers from x19 on.
  bool homes_parameters_;
  std::uint32_t chain_;
  std::uint32_t save_bytes_ = 0;
  std::uint32_t local_bytes_ = 0;
  bool allocated_ = false;
  std::vector<Arm64Step> steps_;
};

}  // namespace

Result<Arm64UnwindInfo> ReadPackedArm64UnwindInfo(std::uint32_t packed) {
  constexpr std::uint32_t kWholeFunction = 1;
  constexpr std::uint32_t kFragment = 2;  // Neither prologue nor epilogue of its own.
  const std::uint32_t flag = Bits(packed, 0, 2);
  if (flag != kWholeFunction && flag != kFragment) return Error{Code::kUnsupported, 0, "packed unwind data"};
  Arm64UnwindInfo info;
  info.function_bytes = Bits(packed, 2, 11) * kInstructionBytes;
  info.steps = CanonicalPrologue(packed).Steps(false);
  if (flag == kFragment) return info;
  info.prologue_steps = static_cast<std::uint32_t>(info.steps.size());
  Arm64Epilogue epilogue;
  epilogue.steps = CanonicalPrologue(packed).Steps(true);
  const auto bytes = static_cast<std::uint32_t>((epilogue.steps.size() + 1) * kInstructionBytes);
  if (bytes <= info.function_bytes) {
    epilogue.start = info.function_bytes - bytes;
    info.epilogues.push_back(std::move(epilogue));
  }
  return info;
}

Result<Arm64UnwindInfo> ReadArm64UnwindInfo(base::Bytes bytes) {
  ByteReader reader(bytes);
  const auto header = reader.Read<std::uint32_t>();
  Arm64UnwindInfo info;
  info.function_bytes = Bits(header, 0, 18) * kInstructionBytes;
  if (Bits(header, 18, 2) != 0) return Error{Code::kUnsupported, 0, "version of .xdata"};
  const bool one_epilogue = Bits(header, 21, 1) != 0;
  std::uint32_t epilogue_count = Bits(header, 22, 5);
  std::uint32_t code_words = Bits(header, 27, 5);
  if (epilogue_count == 0 && code_words == 0) {  // The numbers need more bits.
    const auto extension = reader.Read<std::uint32_t>();
    epilogue_count = Bits(extension, 0, 16);
    code_words = Bits(extension, 16, 8);
  }
  ByteReader scopes(reader.ReadBytes(one_epilogue ? 0 : std::uint64_t{epilogue_count} * 4));
  const base::Bytes codes = reader.ReadBytes(std::uint64_t{code_words} * 4);
  if (!reader.ok()) return Error{Code::kTruncated, 0, ".xdata"};

  std::optional<ReadSteps> prologue = ReadCodes(codes, 0);
  if (!prologue) return Error{Code::kUnsupported, 0, "unwind codes"};
  info.prologue_steps = static_cast<std::uint32_t>(prologue->before_end_of_part);
  info.steps = std::move(prologue->steps);
  if (one_epilogue) {  // It ends the function, and its count is the index of its first code.
    std::optional<ReadSteps> steps = ReadCodes(codes, epilogue_count);
    if (!steps) return info;
    const auto epilogue_bytes = static_cast<std::uint32_t>((steps->steps.size() + 1) * kInstructionBytes);
    if (epilogue_bytes > info.function_bytes) return info;
    info.epilogues.push_back({info.function_bytes - epilogue_bytes, std::move(steps->steps)});
    return info;
  }
  while (scopes.remaining() > 0) {
    const auto scope = scopes.Read<std::uint32_t>();
    std::optional<ReadSteps> steps = ReadCodes(codes, Bits(scope, 22, 10));
    if (steps) info.epilogues.push_back({Bits(scope, 0, 18) * kInstructionBytes, std::move(steps->steps)});
  }
  return info;
}

}  // namespace cairn::native
