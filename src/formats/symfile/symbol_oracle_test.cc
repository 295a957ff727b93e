// Compares the compiled cache with answers taken straight from the records, by the rules of
// docs/formats/symbol-cache.md ("What the compiler decides") and without any table in between.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "formats/symfile/cfi_rules.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_header.h"
#include "formats/symfile/symbol_text.h"
#include "model/limits.h"

namespace cairn::symfile {
namespace {

struct Interval {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

bool Covers(const Interval& interval, std::uint64_t address) {
  return interval.start <= address && address < interval.end;
}

struct Line {
  Interval where;
  LineRecord record;
};

struct Inline {
  Interval where;
  InlineRecord record;
};

struct Function {
  FunctionRecord record;
  std::vector<Line> lines;
  std::map<std::uint64_t, std::vector<Inline>> inlines;  // By depth, in the order of the file.
};

struct Label {
  std::string_view name;
  std::uint32_t parameter_bytes = 0;
  bool is_label = false;  // A PUBLIC or a FUNC without a size, which reaches to the next symbol.
};

struct CfiRange {
  Interval where;
  std::string_view rules;
  std::vector<CfiDeltaRecord> deltas;
};

// Everything that a symbol file says, in the order of the file.
class Reference {
 public:
  explicit Reference(base::Bytes text) {
    const auto header = ReadSymbolFileHeader(text);
    table_ = model::FindRegisterTable(CpuOfArch(header->arch));
    is_arm_ = CpuOfArch(header->arch) == model::Cpu::kArm;
    SymbolTextReader reader(text);
    while (reader.Next()) {
      std::visit([&](const auto& record) { Take(record); }, reader.record());
    }
    for (std::size_t i = 0; i < functions_.size(); ++i) by_start_.push_back(i);
    std::ranges::stable_sort(by_start_, {}, [&](std::size_t i) { return functions_[i].record.address; });
    for (std::size_t i = 0; i < cfi_.size(); ++i) cfi_by_start_.push_back(i);
    std::ranges::stable_sort(cfi_by_start_, {}, [&](std::size_t i) { return cfi_[i].where.start; });
  }

  std::string Describe(std::uint64_t address) const {
    if (const Function* function = FunctionAt(address)) return DescribeFunction(*function, address);
    const auto after = labels_.upper_bound(address);
    if (after == labels_.begin()) return "(none)";
    const auto& [start, label] = *std::prev(after);
    constexpr std::uint64_t kReach = 16 * 1024 * 1024;
    if (!label.is_label || address - start >= kReach) return "(none)";
    return std::string(label.name) + " " + std::to_string(start) + " " +
           std::to_string(label.parameter_bytes) + " :0";
  }

  std::optional<model::UnwindRow> UnwindAt(std::uint64_t address) const {
    const CfiRange* best = nullptr;
    for (const std::size_t i : cfi_by_start_) {
      const CfiRange& range = cfi_[i];
      if (range.where.start > address) break;
      if (!Covers(range.where, address)) continue;
      if (best == nullptr || Smaller(range.where, best->where) ||
          (Same(range.where, best->where) && &range < best)) {
        best = &range;
      }
    }
    if (best == nullptr || table_ == nullptr) return std::nullopt;
    std::vector<CfiDeltaRecord> deltas = best->deltas;
    std::ranges::stable_sort(deltas, {}, &CfiDeltaRecord::address);
    std::optional<model::Rule> cfa;
    std::optional<model::Rule> return_address;
    std::map<model::RegisterIndex, model::Rule> registers;
    const auto apply = [&](std::string_view text) {
      const auto rules = ParseCfiRules(text, *table_);
      for (const CfiRule& rule : *rules) {
        if (rule.target == RuleTarget::kCfa) cfa = rule.rule;
        if (rule.target == RuleTarget::kReturnAddress) return_address = rule.rule;
        if (rule.target == RuleTarget::kRegister) registers[rule.index] = rule.rule.value_or(model::Rule{});
      }
    };
    apply(best->rules);
    for (const CfiDeltaRecord& delta : deltas) {
      if (delta.address <= address) apply(delta.rules);
    }
    if (!cfa || cfa->empty() || !return_address) return std::nullopt;
    model::UnwindRow row{*cfa, *return_address, {}};
    for (const auto& [index, rule] : registers) row.registers.push_back({index, rule});
    return row;
  }

  // Every address at which an answer may change.
  const std::set<std::uint64_t>& boundaries() const { return boundaries_; }

 private:
  void Take(const FileRecord& record) { files_[record.id] = record.name; }
  void Take(const InlineOriginRecord& record) { origins_[record.id] = record.name; }
  void Take(const FunctionRecord& record) {
    in_function_ = record.address + record.size >= record.address;
    if (!in_function_) return;
    Bound(record.address, record.size);
    if (record.size == 0) {
      AddLabel(record.address, {record.name, record.parameter_bytes, true});
      skipped_.emplace_back();
      open_ = &skipped_.back();
      return;
    }
    labels_[record.address] = {};  // A label ends where a function begins, and says nothing there.
    functions_.push_back({record, {}, {}});
    open_ = nullptr;
  }
  void Take(PublicRecord record) {
    if (is_arm_) record.address &= ~std::uint64_t{1};
    Bound(record.address, 0x1000000);
    AddLabel(record.address, {record.name, record.parameter_bytes, true});
  }
  void Take(const LineRecord& record) {
    if (!in_function_ || open_ != nullptr || functions_.empty()) return;
    Bound(record.address, record.size);
    functions_.back().lines.push_back({Clip(record.address, record.size), record});
  }
  void Take(const InlineRecord& record) {
    if (!in_function_ || open_ != nullptr || functions_.empty() || record.depth >= model::kMaxInlineDepth)
      return;
    std::string_view ranges = record.ranges;
    while (const auto range = TakeRange(ranges)) {
      Bound(range->address, range->size);
      functions_.back().inlines[record.depth].push_back({Clip(range->address, range->size), record});
    }
  }
  void Take(const CfiInitRecord& record) {
    in_cfi_ = record.size > 0 && record.address + record.size >= record.address &&
              (table_ == nullptr || ParseCfiRules(record.rules, *table_).has_value());
    if (!in_cfi_) return;
    Bound(record.address, record.size);
    cfi_.push_back({{record.address, record.address + record.size}, record.rules, {}});
  }
  void Take(const CfiDeltaRecord& record) {
    if (!in_cfi_ || !Covers(cfi_.back().where, record.address)) return;
    if (table_ != nullptr && !ParseCfiRules(record.rules, *table_)) return;
    boundaries_.insert(record.address);
    cfi_.back().deltas.push_back(record);
  }
  void Take(const BadRecord& record) {
    if (record.is_function) in_function_ = false;
  }
  void Take(const StackWinRecord&) {}
  void Take(const UnusedStackWinRecord&) {}
  void Take(const OtherRecord&) {}

  void Bound(std::uint64_t address, std::uint64_t size) {
    boundaries_.insert(address);
    boundaries_.insert(address + size);
  }
  void AddLabel(std::uint64_t address, const Label& label) { labels_.try_emplace(address, label); }

  // What lies in the function that was read last.
  Interval Clip(std::uint64_t address, std::uint64_t size) const {
    const FunctionRecord& function = functions_.back().record;
    const std::uint64_t end = address + size < address ? ~std::uint64_t{0} : address + size;
    return {std::max(address, function.address), std::min(end, function.address + function.size)};
  }

  static bool Smaller(const Interval& a, const Interval& b) { return a.end - a.start < b.end - b.start; }
  static bool Same(const Interval& a, const Interval& b) { return a.end - a.start == b.end - b.start; }

  const Function* FunctionAt(std::uint64_t address) const {
    const Function* best = nullptr;
    for (const std::size_t i : by_start_) {
      const Function& function = functions_[i];
      if (function.record.address > address) break;
      if (address - function.record.address >= function.record.size) continue;
      if (best == nullptr || function.record.size < best->record.size ||
          (function.record.size == best->record.size && &function < best)) {
        best = &function;
      }
    }
    return best;
  }

  std::string FileOf(std::uint64_t id) const {
    const auto found = files_.find(id);
    return found == files_.end() ? std::string() : std::string(found->second);
  }

  // "name start parameters file:line < file:line inlined < ..." from the outside in, as PlacesOf writes it.
  std::string DescribeFunction(const Function& function, std::uint64_t address) const {
    std::string text = std::string(function.record.name) + " " + std::to_string(function.record.address) +
                       " " + std::to_string(function.record.parameter_bytes) + " ";
    std::string inlined;
    for (std::uint64_t depth = 0; function.inlines.contains(depth); ++depth) {
      const Inline* const call = InlineAt(function.inlines.at(depth), address);
      if (call == nullptr) break;
      text += (call->record.call_file ? FileOf(*call->record.call_file) : "") + ":" +
              std::to_string(call->record.call_line) + inlined + " < ";
      const auto origin = origins_.find(call->record.origin);
      inlined = " " + (origin == origins_.end() ? std::string() : std::string(origin->second));
    }
    const Line* best = nullptr;
    for (const Line& line : function.lines) {
      if (!Covers(line.where, address)) continue;
      if (best == nullptr || line.record.size < best->record.size) best = &line;
    }
    const std::string file = best == nullptr ? "" : FileOf(best->record.file);
    return text + file + ":" + std::to_string(file.empty() ? 0 : best->record.line) + inlined;
  }

  // Within a depth a range begins where an overlapping one before it ends.
  static const Inline* InlineAt(const std::vector<Inline>& calls, std::uint64_t address) {
    std::vector<const Inline*> sorted;
    for (const Inline& call : calls) {
      if (call.where.start < call.where.end) sorted.push_back(&call);
    }
    std::ranges::stable_sort(sorted, {}, [](const Inline* call) { return call->where.start; });
    std::uint64_t end = 0;
    for (const Inline* call : sorted) {
      const Interval where{std::max(call->where.start, end), call->where.end};
      if (where.start >= where.end) continue;
      if (Covers(where, address)) return call;
      end = where.end;
    }
    return nullptr;
  }

  const model::RegisterTable* table_ = nullptr;
  bool is_arm_ = false;
  bool in_function_ = false;
  bool in_cfi_ = false;
  const Function* open_ = nullptr;
  std::vector<Function> functions_;
  std::vector<Function> skipped_;
  std::vector<std::size_t> by_start_;
  std::map<std::uint64_t, Label> labels_;
  std::map<std::uint64_t, std::string_view> files_;
  std::map<std::uint64_t, std::string_view> origins_;
  std::vector<CfiRange> cfi_;
  std::vector<std::size_t> cfi_by_start_;
  std::set<std::uint64_t> boundaries_;
};

std::string PlacesOf(const std::optional<model::SymbolizedAddress>& found) {
  if (!found) return "(none)";
  std::string text = found->location.function + " " + std::to_string(found->function_start.value) + " " +
                     std::to_string(found->parameter_bytes) + " " + found->location.file + ":" +
                     std::to_string(found->location.line);
  for (auto inlined = found->inlines.rbegin(); inlined != found->inlines.rend(); ++inlined) {
    text += " < " + inlined->file + ":" + std::to_string(inlined->line) + " " + inlined->function;
  }
  return text;
}

// Compares around up to `max_boundaries` boundaries.
void Compare(const std::string& text, std::size_t max_boundaries) {
  const auto compiled = CompileSymbolCache(base::AsBytes(text));
  ASSERT_TRUE(compiled.has_value());
  const auto cache = SymbolCache::Open(compiled->cache);
  ASSERT_TRUE(cache.has_value());
  const Reference reference(base::AsBytes(text));
  const std::size_t step = reference.boundaries().size() / max_boundaries + 1;
  std::vector<model::ModuleOffset> asked;
  std::size_t index = 0;
  for (const std::uint64_t boundary : reference.boundaries()) {
    if (index++ % step != 0) continue;
    for (const std::uint64_t address : {boundary - 1, boundary, boundary + 1}) {
      asked.push_back({address});
      ASSERT_EQ(PlacesOf(cache->Symbolize({address})), reference.Describe(address)) << std::hex << address;
      std::optional<model::UnwindRow> row = cache->FindUnwindRow({address});
      const std::optional<model::UnwindRow> expected = reference.UnwindAt(address);
      if (row) row->is_signal_frame = false;  // Made of the row, by the reader.
      ASSERT_EQ(row.has_value(), expected.has_value()) << std::hex << address;
      ASSERT_TRUE(row == expected) << std::hex << address;
    }
  }
  std::vector<SymbolIds> found(asked.size());
  cache->FindIds(asked, found);
  for (std::size_t i = 0; i < asked.size(); ++i) ASSERT_EQ(found[i], cache->FindIds(asked[i]));
}

// A symbol file of some functions that overlap, with lines and inlined calls that do as well.
std::string RandomSymbols(unsigned seed) {
  std::mt19937 random(seed);
  const auto up_to = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  std::string text = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";
  char line[200];
  const auto put = [&](const char* format, auto... values) {
    std::snprintf(line, sizeof(line), format, values...);
    text += line;
  };
  for (unsigned i = 0; i < 4; ++i) put("FILE %u file%u.c\nINLINE_ORIGIN %u inlined%u()\n", i, i, i, i);
  const unsigned functions = 1 + up_to(12);
  for (unsigned i = 0; i < functions; ++i) {
    const unsigned start = 0x1000 + up_to(0x400);
    const unsigned size = up_to(8) == 0 ? 0 : up_to(0x100);
    put("FUNC %x %x %x function%u\n", start, size, up_to(3) * 4, i);
    for (unsigned k = up_to(6); k > 0; --k) {
      put("INLINE %u %u %u %u %x %x %x %x\n", up_to(4), up_to(90), up_to(5), up_to(5), start + up_to(0x100),
          up_to(0x80), start + up_to(0x100), up_to(0x20));
    }
    unsigned address = start;
    const bool overlapping = up_to(2) == 0;
    for (unsigned k = up_to(20); k > 0; --k) {
      const unsigned length = up_to(0x20);
      put("%x %x %u %u\n", address, length, up_to(50), up_to(5));
      address = overlapping ? start + up_to(0x100) : address + length + up_to(2) * up_to(8);
    }
    if (up_to(3) == 0) put("PUBLIC %x %x public%u\n", 0x1000 + up_to(0x600), up_to(3) * 4, i);
    if (up_to(2) != 0) continue;
    const unsigned cfi = 0x1000 + up_to(0x400);
    put("STACK CFI INIT %x %x .cfa: $rsp 8 + .ra: .cfa -8 + ^\n", cfi, up_to(0x100));
    for (unsigned k = up_to(6); k > 0; --k) {
      const char* const rules[] = {".cfa: $rsp %u +", "$rbx: .cfa %u - ^", "$rbp: .undef .cfa: $rbp %u +",
                                   ".ra: .undef $rbx: .cfa %u - ^"};
      char changed[80];
      std::snprintf(changed, sizeof(changed), rules[up_to(4)], 8 * up_to(20));
      put("STACK CFI %x %s\n", cfi + up_to(0x100), changed);
    }
  }
  return text;
}

TEST(SymbolOracle, RandomFilesAnswerAsTheirRecordsSay) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Compare(RandomSymbols(seed), 60);
    if (HasFatalFailure()) return;
  }
}

TEST(SymbolOracle, FixturesAnswerAsTheirRecordsSay) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: no real symbol files to read";
  constexpr std::uintmax_t kMaxBytes = 2'000'000;  // The reference looks at every record for every address.
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures)) {
    if (entry.path().extension() != ".sym" || entry.file_size() > kMaxBytes) continue;
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    Compare({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}, 40);
    if (HasFatalFailure()) return;
    ++files;
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace cairn::symfile
