#include "formats/symfile/text_index.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include "base/checked_math.h"
#include "formats/symfile/cfi_rules.h"
#include "formats/symfile/start_thread.h"
#include "formats/symfile/symbol_text.h"
#include "formats/symfile/text_pieces.h"
#include "formats/symfile/text_scan.h"

namespace cairn::symfile {
namespace {

// A thread costs some ten microseconds, and reads this much in two milliseconds.
constexpr std::size_t kMinBytesOfThread = std::size_t{4} * 1024 * 1024;

// Beyond this memory is the limit, and a machine that walks stacks has other work.
constexpr std::size_t kMaxThreads = 4;

std::size_t UsefulThreads(std::uint64_t text_bytes) {
  const std::size_t processors = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  const auto useful = static_cast<std::size_t>(text_bytes / kMinBytesOfThread);
  return std::clamp<std::size_t>(useful, 1, std::min(processors, kMaxThreads));
}

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
  std::string last_usable_;
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
  Finder(const TextSource& text, const SymbolFileHeader& header)
      : text_(text),
        is_arm_(CpuOfArch(header.arch) == model::Cpu::kArm),
        rules_(model::FindRegisterTable(CpuOfArch(header.arch))) {}

  // False if the lines of the part can not be read.
  bool Run(TextPart part, std::size_t piece_bytes) {
    TextPieces pieces(text_, part, piece_bytes);
    while (pieces.Next()) {
      const std::string_view lines = pieces.lines();
      const auto look = [&](std::size_t position) {
        Look(lines.substr(position), pieces.offset() + position);
      };
      if (MayBeIndexed(lines, 0)) look(0);
      ForEachIndexedLine(lines, 0, lines.size(), look);
    }
    return !pieces.failed();
  }

  Finds Take() && { return std::move(finds_); }

 private:
  void Look(std::string_view text, std::uint64_t offset) {
    if (IsCfiDelta(text)) return;
    offset_ = static_cast<std::uint32_t>(offset);
    std::visit([this](const auto& record) { Take(record); }, ParseRecord(LineAt(text, 0)));
  }

  // The commonest of the lines that are looked at, and of no use here.
  static bool IsCfiDelta(std::string_view text) {
    constexpr std::string_view kStart = "STACK CFI ";
    if (text.size() <= kStart.size() || !text.starts_with(kStart)) return false;
    return text[kStart.size()] > ' ' && text[kStart.size()] != 'I';
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

  const TextSource& text_;
  bool is_arm_;
  RulesCheck rules_;
  std::uint32_t offset_ = 0;  // Of the line that is looked at.
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

// One thread for each part; what can not be given to a thread the caller's reads. Nothing if the text can not
// be read.
std::optional<std::vector<Finds>> FindInParts(const TextSource& text, const SymbolFileHeader& header,
                                              const TextIndexOptions& options) {
  const std::size_t parts = options.threads > 0 ? options.threads : UsefulThreads(text.size());
  std::vector<Finds> finds(parts);
  const std::uint64_t part_bytes = text.size() / parts + 1;
  std::atomic<bool> is_read = true;
  const auto find = [&](std::size_t part) {
    Finder finder(text, header);
    const std::uint64_t begin = std::min(part * part_bytes, text.size());
    if (!finder.Run({begin, std::min(begin + part_bytes, text.size())}, options.piece_bytes)) is_read = false;
    finds[part] = std::move(finder).Take();
  };
  std::vector<std::thread> threads;
  std::size_t part = 1;
  for (; part < parts; ++part) {
    std::thread thread = StartThreadIfAny([&find, part] { find(part); });
    if (!thread.joinable()) break;
    threads.push_back(std::move(thread));
  }
  for (; part < parts; ++part) find(part);
  find(0);
  for (std::thread& thread : threads) thread.join();
  if (!is_read) return std::nullopt;
  return finds;
}

}  // namespace

base::Result<TextIndex> IndexSymbolText(const TextSource& text, const SymbolFileHeader& header,
                                        const TextIndexOptions& options) {
  std::optional<std::vector<Finds>> finds = FindInParts(text, header, options);
  if (!finds) return base::Error{base::Code::kIo, 0, "symbol file: its text"};
  Finds all;
  for (Finds& find : *finds) Append(all, std::move(find));
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

}  // namespace cairn::symfile
