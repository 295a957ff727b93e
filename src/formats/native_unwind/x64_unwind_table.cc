#include "formats/native_unwind/x64_unwind_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "formats/native_unwind/rule_building.h"
#include "formats/native_unwind/x64_epilogue.h"

namespace cairn::native {

using model::ModuleOffset;
using model::RegisterIndex;
using model::UnwindRow;

namespace {

constexpr std::int64_t kWordBytes = 8;

// Preserved by a call on Windows, besides those that the System V ABI preserves too and that need no rule to
// stay.
constexpr std::array<RegisterIndex, 2> kPreservedOnWindowsOnly = {model::kRsi, model::kRdi};

// A place in memory: a register of the callee plus a number.
struct Place {
  RegisterIndex base = model::kRsp;
  std::int64_t displacement = 0;
};

model::Rule LoadAt(const Place& place) { return LoadFrom(RegisterPlus(place.base, place.displacement)); }

// Takes the prologue back, one unwind code after the other. What it finds is where things lie, not their
// values.
class PrologueUndoer {
 public:
  // `frame` is the base from which saved registers are counted.
  explicit PrologueUndoer(const Place& frame) : frame_(frame) {}

  void Undo(const X64UnwindCode& code) {
    switch (code.operation) {
      case X64Operation::kPush:
        saved_[code.index] = stack_;
        stack_.displacement += kWordBytes;
        return;
      case X64Operation::kAllocate: stack_.displacement += code.amount; return;
      case X64Operation::kSetFrameRegister: stack_ = frame_; return;
      case X64Operation::kSave: saved_[code.index] = {frame_.base, frame_.displacement + code.amount}; return;
      case X64Operation::kMachineFrame:
        stack_.displacement += code.amount;
        interrupted_ = true;
        return;
    }
  }
  // Behind a machine frame is other code's stack.
  bool interrupted() const { return interrupted_; }

  UnwindRow Row() const {
    UnwindRow row;
    row.is_signal_frame = interrupted_;
    if (interrupted_) {  // rip, cs, eflags, rsp, ss
      row.cfa = LoadAt({stack_.base, stack_.displacement + 3 * kWordBytes});
      row.return_address = LoadAt(stack_);
    } else {
      row.cfa = RegisterPlus(stack_.base, stack_.displacement + kWordBytes);
      row.return_address = LoadFrom(CfaPlus(-kWordBytes));
    }
    for (std::size_t i = 0; i < saved_.size(); ++i) {
      const auto index = static_cast<RegisterIndex>(i);
      if (saved_[i] && index != model::kRsp) row.registers.push_back({index, RuleOf(*saved_[i])});
    }
    return row;
  }

 private:
  model::Rule RuleOf(const Place& place) const {
    if (interrupted_ || place.base != stack_.base) return LoadAt(place);
    return LoadFrom(CfaPlus(place.displacement - stack_.displacement - kWordBytes));
  }

  Place frame_;
  Place stack_;
  std::array<std::optional<Place>, 16> saved_;
  bool interrupted_ = false;
};

// What has no rule so far keeps its value.
void KeepPreserved(UnwindRow& row) {
  for (const RegisterIndex index : kPreservedOnWindowsOnly) {
    if (std::ranges::find(row.registers, index, &model::RegisterRule::index) != row.registers.end()) continue;
    row.registers.push_back({index, RegisterPlus(index, 0)});
  }
}

bool IsBehind(ModuleOffset offset, const X64Function& function, std::uint8_t prologue_offset) {
  return offset.value - function.begin >= prologue_offset;
}

// The frame register counts once the prologue has set it. A part of a function that is not the first starts
// with it.
Place FindFrame(ModuleOffset offset, const X64Function& function, const X64UnwindInfo& info) {
  if (info.frame_register == model::kNoRegister) return {};
  const Place frame = {info.frame_register, -static_cast<std::int64_t>(info.frame_offset)};
  if (info.is_chained || IsBehind(offset, function, info.prologue_size)) return frame;
  for (const X64UnwindCode& code : info.codes) {
    if (code.operation == X64Operation::kSetFrameRegister &&
        IsBehind(offset, function, code.prologue_offset)) {
      return frame;
    }
  }
  return {};
}

}  // namespace

X64Function X64UnwindTable::function(std::size_t index) const {
  base::ByteReader reader(functions_);
  reader.Seek(std::uint64_t{index} * kX64FunctionBytes);
  return ReadX64Function(reader);
}

std::optional<X64Function> X64UnwindTable::FindFunction(ModuleOffset offset) const {
  // Linkers sort the rows. In a broken image the search ends all the same, with another row or none.
  std::size_t first = 0;
  std::size_t count = function_count();
  while (count > 0) {
    const std::size_t half = count / 2;
    if (function(first + half).begin <= offset.value) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  if (first == 0) return std::nullopt;
  const X64Function found = function(first - 1);
  return found.Contains(offset) ? std::optional(found) : std::nullopt;
}

std::optional<UnwindRow> X64UnwindTable::FindRow(ModuleOffset offset) const {
  if (!image_->IsCode(offset)) return std::nullopt;
  const std::optional<X64Function> function = FindFunction(offset);
  std::optional<UnwindRow> row;
  if (!function) {
    row = PrologueUndoer({}).Row();
  } else if (std::optional<X64UnwindInfo> info = ReadInfo(*function)) {
    row = FindEpilogue(offset, *function, *info);
    if (!row) row = Simulate(offset, *function, *std::move(info));
  }
  if (row) KeepPreserved(*row);
  return row;
}

std::optional<X64UnwindInfo> X64UnwindTable::ReadInfo(const X64Function& function) const {
  const auto info = ReadX64UnwindInfo(image_->BytesAt({function.unwind_info}));
  return info ? std::optional(*info) : std::nullopt;
}

std::optional<UnwindRow> X64UnwindTable::FindEpilogue(ModuleOffset offset, const X64Function& function,
                                                      const X64UnwindInfo& info) const {
  base::Bytes code = image_->BytesAt(offset);
  code =
      code.first(std::min<std::size_t>(code.size(), function.end - static_cast<std::size_t>(offset.value)));
  const std::optional<X64Epilogue> epilogue = ReadX64Epilogue(code);
  if (!epilogue) return std::nullopt;
  if (!epilogue->jumps) return epilogue->row;
  if (info.version == 2) {
    const bool inside = std::ranges::any_of(info.epilogues, [&](std::uint32_t distance) {
      return distance <= function.end && offset.value >= function.end - distance &&
             offset.value - (function.end - distance) < info.epilogue_size;
    });
    return inside ? std::optional(epilogue->row) : std::nullopt;
  }
  if (epilogue->jump_distance &&
      !LeavesFunction(offset.value + static_cast<std::uint64_t>(*epilogue->jump_distance), function)) {
    return std::nullopt;
  }
  return epilogue->row;
}

// Whether a jump is a call in the place of a return: to the start of some function. Other parts of the same
// function are reached by jumps as well, with the frame still there.
bool X64UnwindTable::LeavesFunction(std::uint64_t target, const X64Function& function) const {
  if (function.Contains({target})) return target == function.begin;
  const std::optional<X64Function> other = FindFunction({target});
  if (!other) return true;
  const std::optional<X64UnwindInfo> info = ReadInfo(*other);
  return target == other->begin && info && !info->is_chained;
}

std::optional<UnwindRow> X64UnwindTable::Simulate(ModuleOffset offset, const X64Function& function,
                                                  X64UnwindInfo info) const {
  PrologueUndoer undoer(FindFrame(offset, function, info));
  for (const X64UnwindCode& code : info.codes) {
    if (IsBehind(offset, function, code.prologue_offset)) undoer.Undo(code);
  }
  // The rest of a chain has run to its end. Its length is bounded, which ends a chain that bites its tail
  // too.
  for (int depth = 0; info.is_chained && !undoer.interrupted(); ++depth) {
    if (depth == kMaxChain) return std::nullopt;
    std::optional<X64UnwindInfo> next = ReadInfo(info.chained);
    if (!next) return std::nullopt;
    info = *std::move(next);
    for (const X64UnwindCode& code : info.codes) undoer.Undo(code);
  }
  return undoer.Row();
}

std::vector<dwarf::FrameRow> X64UnwindTable::Rows(const X64Function& function) const {
  std::vector<dwarf::FrameRow> rows;
  if (function.begin >= function.end || !image_->IsCode({function.begin})) return rows;
  const std::optional<X64UnwindInfo> info = ReadInfo(function);
  if (!info) return rows;
  std::vector<std::uint64_t> starts = {function.begin};
  for (const X64UnwindCode& code : info->codes) {
    const std::uint64_t start = std::uint64_t{function.begin} + code.prologue_offset;
    if (start < function.end) starts.push_back(start);
  }
  std::ranges::sort(starts);
  const auto repeated = std::ranges::unique(starts);
  starts.erase(repeated.begin(), repeated.end());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::uint64_t end = i + 1 < starts.size() ? starts[i + 1] : function.end;
    std::optional<UnwindRow> row = Simulate({starts[i]}, function, *info);
    if (row) KeepPreserved(*row);
    rows.push_back({{starts[i]}, end - starts[i], std::move(row)});
  }
  return rows;
}

}  // namespace cairn::native
