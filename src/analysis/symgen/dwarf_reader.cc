#include "analysis/symgen/dwarf_reader.h"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analysis/symgen/demangle.h"
#include "analysis/symgen/split_units.h"
#include "analysis/symgen/unit_functions.h"
#include "base/parallel.h"

namespace cairn::symgen {
namespace {

// Units are read in batches of about so many bytes: enough to find most names of a batch once, and few enough
// that no thread waits long for the others in the end.
constexpr std::uint64_t kBatchBytes = 2 << 20;

// Half-open, of units.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Span> MakeBatches(const std::vector<dwarf::UnitHeader>& units) {
  std::vector<Span> batches;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (batches.empty() || bytes >= kBatchBytes) {
      batches.push_back({i, i});
      bytes = 0;
    }
    batches.back().end = i + 1;
    bytes += units[i].end - units[i].offset;
  }
  return batches;
}

// Puts batches together in their order, so that numbers do not depend on which was ready first.
class Merger {
 public:
  void Add(UnitBatch& batch) {
    std::vector<std::uint32_t> files;
    files.reserve(batch.files.texts().size());
    for (const std::string& path : batch.files.texts()) files.push_back(info_.files.Add(path));
    std::vector<std::uint32_t> names;
    names.reserve(batch.names.size());
    for (EntryName& name : batch.names) names.push_back(AddName(std::move(name)));
    for (FunctionRecord& function : batch.functions) {
      function.name = names[function.name];
      for (LineRecord& line : function.lines) line.file = files[line.file];
      for (InlineRecord& call : function.inlines) {
        call.call_file = files[call.call_file];
        call.origin = names[call.origin];
      }
      info_.functions.push_back(std::move(function));
    }
    info_.complaints += batch.complaints;
    batch = UnitBatch();
  }

  DebugInfo Finish(unsigned threads) && {
    std::vector<std::string> texts(names_.size());
    base::RunParallel(names_.size(), threads, [&] {
      return [&](std::size_t i) {
        texts[i] = names_[i]->second ? Demangle(names_[i]->first) : names_[i]->first;
      };
    });
    names_.clear();
    numbers_.clear();
    std::vector<std::uint32_t> numbers;
    numbers.reserve(texts.size());
    for (std::string& text : texts) {
      numbers.push_back(info_.names.Add(text));
      text = std::string();
    }
    for (FunctionRecord& function : info_.functions) {
      function.name = numbers[function.name];
      for (InlineRecord& call : function.inlines) call.origin = numbers[call.origin];
    }
    SortFunctions(info_);
    return std::move(info_);
  }

 private:
  // A name and whether it is a linkage name.
  using Key = std::pair<std::string, bool>;
  struct Hash {
    std::size_t operator()(const Key& key) const { return std::hash<std::string>()(key.first); }
  };

  std::uint32_t AddName(EntryName name) {
    const auto number = static_cast<std::uint32_t>(names_.size());
    const auto [found, added] = numbers_.try_emplace({std::move(name.text), name.is_linkage_name}, number);
    if (added) names_.push_back(&found->first);
    return found->second;
  }

  DebugInfo info_;
  std::unordered_map<Key, std::uint32_t, Hash> numbers_;
  std::vector<const Key*> names_;  // Into numbers_, whose nodes stay where they are.
};

// What the units of one span say: those in the file itself, then each that was split off.
struct SpanBatches {
  std::vector<UnitBatch> batches;
  std::size_t missing_units = 0;
};

SpanBatches ReadSpan(const DwarfInput& input, const Span& span, UnitStore& store, const CodeMap& code) {
  SpanBatches read;
  BatchWork work;
  BatchReader reader(store, code, work);
  for (std::size_t i = span.begin; i < span.end; ++i) {
    const dwarf::DebugUnit& unit = store.OwnUnit(i);
    std::optional<UnitBatch> split;
    if (unit.is_skeleton()) {
      split = ReadSplitUnit(input, unit, code, work);
      if (!split) ++read.missing_units;
    }
    if (split) {
      read.batches.push_back(*std::move(split));
    } else {
      reader.ReadUnit(unit, unit);
    }
  }
  read.batches.push_back(std::move(reader).Take());
  return read;
}

}  // namespace

DebugInfo ReadDwarf(DwarfInput input, const CodeMap& code, unsigned threads) {
  std::vector<SpanBatches> spans_read;
  std::size_t bad_units = 0;
  {
    const DwarfUnits units(input);
    const std::vector<Span> spans = MakeBatches(units.own.units);
    spans_read.resize(spans.size());
    base::RunParallel(spans.size(), threads, [&] {
      return [&, store = std::make_shared<UnitStore>(input, units)](std::size_t i) {
        spans_read[i] = ReadSpan(input, spans[i], *store, code);
      };
    });
    bad_units = units.own.bad_units + units.alternate.bad_units;
  }
  input = DwarfInput();
  Merger merger;
  std::size_t missing_units = 0;
  for (SpanBatches& span : spans_read) {
    for (UnitBatch& batch : span.batches) merger.Add(batch);
    missing_units += span.missing_units;
  }
  DebugInfo info = std::move(merger).Finish(threads);
  info.missing_units = missing_units;
  info.complaints += bad_units;
  return info;
}

}  // namespace cairn::symgen
