#include "formats/native_unwind/arm64_unwind_table.h"

#include <algorithm>
#include <array>
#include <span>

#include "formats/native_unwind/rule_building.h"

namespace cairn::native {

using model::ModuleOffset;
using model::RegisterIndex;
using model::UnwindRow;

namespace {

constexpr std::int64_t kWordBytes = 8;

struct Place {
  RegisterIndex base = model::kArm64Sp;
  std::int64_t displacement = 0;
};

// Takes steps back one by one; it finds where registers lie, not their values.
class StepUndoer {
 public:
  void Undo(const Arm64Step& step) {
    if (step.kind == Arm64Step::Kind::kSaveNext) {
      ++next_pairs_;
      return;
    }
    UndoMove(step);
    next_pairs_ = 0;  // They may have been of vector registers.
  }

  UnwindRow Row() const {
    UnwindRow row;
    row.cfa = RegisterPlus(stack_.base, stack_.displacement);
    const auto& link = saved_[model::kArm64Lr];
    row.return_address = link ? LoadAt(*link) : RegisterPlus(model::kArm64Lr, 0);
    for (std::size_t i = 0; i < saved_.size(); ++i) {
      if (!saved_.at(i) || i == model::kArm64Lr) continue;
      row.registers.push_back({static_cast<RegisterIndex>(i), LoadAt(*saved_.at(i))});
    }
    return row;
  }

 private:
  void UndoMove(const Arm64Step& step) {
    switch (step.kind) {
      case Arm64Step::Kind::kNothing:
      case Arm64Step::Kind::kSaveNext: return;
      case Arm64Step::Kind::kAllocate: stack_.displacement += step.amount; return;
      case Arm64Step::Kind::kSetFrame: stack_ = {model::kArm64Fp, -std::int64_t{step.amount}}; return;
      case Arm64Step::Kind::kSave: TakeSaved(step, step.amount); return;
      case Arm64Step::Kind::kPush:
        TakeSaved(step, 0);
        stack_.displacement += step.amount;
        return;
    }
  }

  void TakeSaved(const Arm64Step& step, std::int64_t offset) {
    const std::int64_t place = stack_.displacement + offset;
    Take(step.first, place);
    if (step.second != model::kNoRegister) Take(step.second, place + kWordBytes);
    for (std::int64_t pair = 1; pair <= next_pairs_; ++pair) {
      Take(static_cast<RegisterIndex>(step.first + pair * 2), place + pair * 2 * kWordBytes);
      Take(static_cast<RegisterIndex>(step.first + pair * 2 + 1), place + (pair * 2 + 1) * kWordBytes);
    }
  }
  void Take(RegisterIndex index, std::int64_t displacement) {
    if (index < saved_.size()) saved_.at(index) = Place{stack_.base, displacement};
  }
  model::Rule LoadAt(const Place& place) const {
    if (place.base != stack_.base) return LoadFrom(RegisterPlus(place.base, place.displacement));
    return LoadFrom(CfaPlus(place.displacement - stack_.displacement));
  }

  Place stack_;
  // Up to x30; indexes beyond are no register's that could be saved.
  std::array<std::optional<Place>, model::kArm64Lr + 1> saved_;
  int next_pairs_ = 0;
};

// The steps that are still to be taken back where a thread stands.
std::span<const Arm64Step> StepsAt(const Arm64UnwindInfo& info, std::uint64_t distance) {
  constexpr std::uint64_t kInstructionBytes = 4;
  const std::uint64_t instruction = distance / kInstructionBytes;
  const std::span<const Arm64Step> all = info.steps;
  if (instruction < info.prologue_steps)
    return all.subspan(static_cast<std::size_t>(info.prologue_steps - instruction));
  for (const Arm64Epilogue& epilogue : info.epilogues) {
    if (distance < epilogue.start) continue;
    const std::uint64_t done = (distance - epilogue.start) / kInstructionBytes;
    if (done <= epilogue.steps.size()) {
      return std::span<const Arm64Step>(epilogue.steps).subspan(static_cast<std::size_t>(done));
    }
  }
  return all;
}

}  // namespace

Arm64UnwindTable::Function Arm64UnwindTable::FunctionAt(std::size_t index) const {
  base::ByteReader reader(functions_);
  reader.Seek(std::uint64_t{index} * kArm64FunctionBytes);
  Function function;
  function.start = reader.Read<std::uint32_t>();
  function.unwind_data = reader.Read<std::uint32_t>();
  return function;
}

// The last row that starts at or before `offset`; its unwind data say whether it reaches there.
std::optional<Arm64UnwindTable::Function> Arm64UnwindTable::FindFunction(ModuleOffset offset) const {
  std::size_t first = 0;
  std::size_t count = functions_.size() / kArm64FunctionBytes;
  while (count > 0) {
    const std::size_t half = count / 2;
    if (FunctionAt(first + half).start <= offset.value) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first == 0 ? std::nullopt : std::optional(FunctionAt(first - 1));
}

std::optional<Arm64UnwindInfo> Arm64UnwindTable::ReadInfo(const Function& function) const {
  const auto info = (function.unwind_data & 3) != 0
                        ? ReadPackedArm64UnwindInfo(function.unwind_data)
                        : ReadArm64UnwindInfo(image_->BytesAt({function.unwind_data}));
  return info ? std::optional(*info) : std::nullopt;
}

std::optional<ModuleOffset> Arm64UnwindTable::FindStart(ModuleOffset offset) const {
  const std::optional<Function> function = FindFunction(offset);
  if (!function) return std::nullopt;
  const std::optional<Arm64UnwindInfo> info = ReadInfo(*function);
  if (!info || offset.value - function->start >= info->function_bytes) return std::nullopt;
  return ModuleOffset{function->start};
}

std::optional<UnwindRow> Arm64UnwindTable::FindRow(ModuleOffset offset) const {
  if (!image_->IsCode(offset)) return std::nullopt;
  StepUndoer undoer;
  const std::optional<Function> function = FindFunction(offset);
  if (!function) return undoer.Row();
  const std::optional<Arm64UnwindInfo> info = ReadInfo(*function);
  if (!info) return std::nullopt;
  const std::uint64_t distance = offset.value - function->start;
  if (distance >= info->function_bytes) return undoer.Row();
  for (const Arm64Step& step : StepsAt(*info, distance)) undoer.Undo(step);
  return undoer.Row();
}

std::vector<dwarf::FrameRow> Arm64UnwindTable::Rows(std::size_t index) const {
  constexpr std::uint64_t kInstructionBytes = 4;
  const Function function = FunctionAt(index);
  const std::optional<Arm64UnwindInfo> info = ReadInfo(function);
  std::vector<dwarf::FrameRow> rows;
  if (!info || info->function_bytes == 0 || !image_->IsCode({function.start})) return rows;
  // Where each instruction of the prologue and the epilogues stands, and what follows them.
  std::vector<std::uint64_t> distances = {0};
  for (std::uint64_t i = 1; i <= info->prologue_steps; ++i) distances.push_back(i * kInstructionBytes);
  for (const Arm64Epilogue& epilogue : info->epilogues) {
    for (std::uint64_t i = 0; i <= epilogue.steps.size() + 1; ++i)
      distances.push_back(epilogue.start + i * kInstructionBytes);
  }
  std::erase_if(distances, [&](std::uint64_t distance) { return distance >= info->function_bytes; });
  std::ranges::sort(distances);
  const auto repeated = std::ranges::unique(distances);
  distances.erase(repeated.begin(), repeated.end());
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const std::uint64_t end = i + 1 < distances.size() ? distances[i + 1] : info->function_bytes;
    StepUndoer undoer;
    for (const Arm64Step& step : StepsAt(*info, distances[i])) undoer.Undo(step);
    rows.push_back({{function.start + distances[i]}, end - distances[i], undoer.Row()});
  }
  return rows;
}

}  // namespace cairn::native
