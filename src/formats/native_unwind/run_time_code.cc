#include "formats/native_unwind/run_time_code.h"

#include <algorithm>

namespace cairn::native {

using model::ModuleOffset;

namespace {

// The bytes of a row, or 0 for a CPU that has no such tables here.
std::size_t RowBytes(model::Cpu cpu) {
  if (cpu == model::Cpu::kAmd64) return kX64FunctionBytes;
  return cpu == model::Cpu::kArm64 ? kArm64FunctionBytes : 0;
}

// What rows are sorted by: the start of their function, their first field on either CPU.
std::uint32_t StartOf(base::Bytes row) { return base::ByteReader(row).Read<std::uint32_t>(); }

// The rows by start, or nothing if they are so already. RtlAddFunctionTable takes them in any order.
std::vector<std::byte> SortRows(base::Bytes rows, std::size_t row_bytes) {
  const std::size_t count = rows.size() / row_bytes;
  const auto row = [&](std::size_t index) { return rows.subspan(index * row_bytes, row_bytes); };
  std::size_t sorted_count = 1;
  while (sorted_count < count && StartOf(row(sorted_count - 1)) <= StartOf(row(sorted_count))) ++sorted_count;
  if (sorted_count >= count) return {};
  std::vector<base::Bytes> order;
  for (std::size_t i = 0; i < count; ++i) order.push_back(row(i));
  std::ranges::stable_sort(order, {}, StartOf);
  std::vector<std::byte> sorted;
  sorted.reserve(rows.size());
  for (const base::Bytes one : order) sorted.insert(sorted.end(), one.begin(), one.end());
  return sorted;
}

}  // namespace

RunTimeCode::RunTimeCode(model::Cpu cpu, std::span<const RunTimeTable> tables,
                         std::span<const model::MemoryView> memory)
    : memory_(memory) {
  for (const RunTimeTable& table : tables) {
    if (RowBytes(cpu) != 0 && table.entry_bytes == RowBytes(cpu)) tables_.push_back(Make(cpu, table, memory));
  }
  std::ranges::stable_sort(tables_, {}, [](const Table& table) { return table.range.start; });
}

RunTimeCode::Table RunTimeCode::Make(model::Cpu cpu, const RunTimeTable& table,
                                     std::span<const model::MemoryView> memory) {
  Table made{.range = table.range,
             .sorted = SortRows(table.entries, RowBytes(cpu)),
             .x64 = std::nullopt,
             .arm64 = std::nullopt};
  const base::Bytes rows = made.sorted.empty() ? table.entries : base::Bytes(made.sorted);
  auto image = std::make_unique<MemoryImage>(table.range, memory);
  if (cpu == model::Cpu::kAmd64) {
    made.x64.emplace(std::move(image), rows);
  } else {
    made.arm64.emplace(std::move(image), rows);
  }
  return made;
}

const RunTimeCode::Table* RunTimeCode::Find(model::ProcessAddress address) const {
  const auto start = [](const Table& table) { return table.range.start; };
  const auto next = std::ranges::upper_bound(tables_, address, {}, start);
  if (next == tables_.begin()) return nullptr;
  const Table& table = *std::prev(next);
  return address < table.range.end ? &table : nullptr;
}

std::optional<model::UnwindRow> RunTimeCode::FindUnwindRow(ModuleOffset address) const {
  const Table* const table = Find({address.value});
  if (table == nullptr || FindCode(address) != model::CodeAt::kFunction) return std::nullopt;
  const ModuleOffset offset{address.value - table->range.base.value};
  return table->x64 ? table->x64->FindRow(offset) : table->arm64->FindRow(offset);
}

std::optional<model::SymbolizedAddress> RunTimeCode::Symbolize(ModuleOffset) const { return std::nullopt; }

model::CodeAt RunTimeCode::FindCode(ModuleOffset address) const {
  const Table* const table = Find({address.value});
  if (table == nullptr) return model::CodeAt::kUnknown;
  const ModuleOffset offset{address.value - table->range.base.value};
  const bool is_function =
      table->x64 ? table->x64->FindFunction(offset).has_value() : table->arm64->FindStart(offset).has_value();
  return is_function ? model::CodeAt::kFunction : model::CodeAt::kUnknown;
}

base::Bytes RunTimeCode::ReadCode(ModuleOffset address, std::size_t count) const {
  const std::optional<model::MemoryView> view = model::FindMemory(memory_, {address.value});
  if (!view) return {};
  const base::Bytes bytes = view->From({address.value});
  return bytes.first(std::min(bytes.size(), count));
}

}  // namespace cairn::native
