#include "formats/symfile/text_index.h"

#include <algorithm>
#include <limits>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "base/checked_math.h"
#include "formats/symfile/cfi_rules.h"
#include "formats/symfile/symbol_text.h"
#include "formats/symfile/text_scan.h"

namespace cairn::symfile {
namespace {

// A thread costs some ten microseconds, and reads this much in two milliseconds.
constexpr std::size_t kMinBytesOfThread = std::size_t{4} * 1024 * 1024;

// Beyond this memory is the limit, and a machine that walks stacks has other work.
constexpr std::size_t kMaxThreads = 4;

// Tells whether the compiler can use the rules of a STACK CFI INIT. Most files have one or two texts of rules
// for all.
class RulesCheck {
 public:
  explicit RulesCheck(const model::RegisterTable* table) : table_(table) {}

  bool IsUsable(std::string_view rules) {
    if (table_ == nullptr || rules == last_usable_) return true;
    if (!ParseCfiRules(rules, *table_)) return false;
    last_usable_ = rules;
    return true;
  }

 private:
  const model::RegisterTable* table_;
  std::string_view last_usable_;
};

// What one thread finds, in the order of the text.
struct Finds {
  std::vector<RecordPlace> functions;
  std::vector<RecordPlace> publics;
  std::vector<RecordPlace> cfi_ranges;
  std::vector<RecordPlace> frame_data;
  std::vector<RecordPlace> fpo;
  std::vector<RecordPlace> files;
  std::vector<RecordPlace> origins;
  std::vector<LongSize> long_functions;
};

std::uint32_t Size32(std::uint64_t size) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(size, kLongSize));
}

class Finder {
 public:
  Finder(std::string_view text, const SymbolFileHeader& header)
      : text_(text),
        is_arm_(CpuOfArch(header.arch) == model::Cpu::kArm),
        rules_(model::FindRegisterTable(CpuOfArch(header.arch))) {}

  Finds Run(std::size_t begin, std::size_t end) {
    ForEachIndexedLine(text_, begin, end, [this](std::size_t offset) { Look(offset); });
    return std::move(finds_);
  }

 private:
  void Look(std::size_t offset) {
    if (IsCfiDelta(offset)) return;
    offset_ = static_cast<std::uint32_t>(offset);
    std::visit([this](const auto& record) { Take(record); }, ParseRecord(LineAt(text_, offset)));
  }

  // The commonest of the lines that are looked at, and of no use here.
  bool IsCfiDelta(std::size_t offset) const {
    constexpr std::string_view kStart = "STACK CFI ";
    const std::string_view line = text_.substr(offset, kStart.size() + 1);
    return line.size() > kStart.size() && line.starts_with(kStart) && line.back() > ' ' && line.back() != 'I';
  }

  void Take(const FunctionRecord& record) {
    if (!base::CheckedAdd(record.address, record.size)) return;
    finds_.functions.push_back({record.address, offset_, Size32(record.size)});
    if (record.size >= kLongSize) finds_.long_functions.push_back({offset_, record.size});
  }
  void Take(const PublicRecord& record) {
    finds_.publics.push_back({is_arm_ ? record.address & ~std::uint64_t{1} : record.address, offset_, 0});
  }
  void Take(const CfiInitRecord& record) {
    if (record.size == 0 || !base::CheckedAdd(record.address, record.size)) return;
    if (rules_.IsUsable(record.rules)) {
      finds_.cfi_ranges.push_back({record.address, offset_, Size32(record.size)});
    }
  }
  void Take(const StackWinRecord& record) {
    constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;
    if (record.address >= kAddressSpace || record.size > kAddressSpace - record.address) return;
    const bool has_program = record.kind == model::StackWinRow::Kind::kFrameData;
    (has_program ? finds_.frame_data : finds_.fpo).push_back({record.address, offset_, record.size});
  }
  void Take(const FileRecord& record) { finds_.files.push_back({record.id, offset_, 0}); }
  void Take(const InlineOriginRecord& record) { finds_.origins.push_back({record.id, offset_, 0}); }
  template <typename Other>
  void Take(const Other&) {}

  std::string_view text_;
  bool is_arm_;
  RulesCheck rules_;
  std::uint32_t offset_ = 0;
  Finds finds_;
};

template <typename Place>
void Append(std::vector<Place>& all, std::vector<Place>&& more) {
  if (all.empty()) {
    all = std::move(more);
  } else {
    all.insert(all.end(), more.begin(), more.end());
    std::vector<Place>().swap(more);
  }
}

void Append(Finds& all, Finds&& more) {
  Append(all.functions, std::move(more.functions));
  Append(all.publics, std::move(more.publics));
  Append(all.cfi_ranges, std::move(more.cfi_ranges));
  Append(all.frame_data, std::move(more.frame_data));
  Append(all.fpo, std::move(more.fpo));
  Append(all.files, std::move(more.files));
  Append(all.origins, std::move(more.origins));
  Append(all.long_functions, std::move(more.long_functions));
}

// One thread for each part; what can not be given to a thread the caller's reads.
std::vector<Finds> FindInParts(std::string_view text, const SymbolFileHeader& header, std::size_t parts) {
  std::vector<Finds> finds(parts);
  const std::size_t part_bytes = text.size() / parts + 1;
  const auto find = [&](std::size_t part) {
    const std::size_t begin = std::min(part * part_bytes, text.size());
    finds[part] = Finder(text, header).Run(begin, std::min(begin + part_bytes, text.size()));
  };
  std::vector<std::thread> threads;
  std::size_t part = 1;
  for (; part < parts; ++part) {
    try {
      threads.emplace_back(find, part);
    } catch (const std::system_error&) {
      break;  // The system has no more threads for us.
    }
  }
  for (; part < parts; ++part) find(part);
  find(0);
  for (std::thread& thread : threads) thread.join();
  return finds;
}

}  // namespace

TextIndex IndexSymbolText(base::Bytes bytes, const SymbolFileHeader& header, std::size_t parts) {
  std::vector<Finds> finds = FindInParts(base::AsText(bytes), header, parts);
  Finds all;
  for (Finds& find : finds) Append(all, std::move(find));
  Append(all.functions, std::move(all.publics));
  TextIndex index;
  // At the last address of all there is no room for a symbol without a size.
  index.has_symbols = std::ranges::any_of(all.functions, [](const RecordPlace& place) {
    return place.key != std::numeric_limits<std::uint64_t>::max();
  });
  index.symbols = PlaceIndex(std::move(all.functions), std::move(all.long_functions));
  index.cfi_ranges = PlaceIndex(std::move(all.cfi_ranges), {});
  const auto sorted = [](std::vector<RecordPlace>& places) {
    SortPlaces(places);
    return std::move(places);
  };
  index.frame_data = sorted(all.frame_data);
  index.fpo = sorted(all.fpo);
  index.files = sorted(all.files);
  index.origins = sorted(all.origins);
  return index;
}

TextIndex IndexSymbolText(base::Bytes text, const SymbolFileHeader& header) {
  const std::size_t processors = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  const std::size_t useful = std::min({text.size() / kMinBytesOfThread, processors, kMaxThreads});
  return IndexSymbolText(text, header, std::max<std::size_t>(useful, 1));
}

}  // namespace cairn::symfile
