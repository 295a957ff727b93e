#include "analysis/symgen/dwarf_reader.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/DebugInfo/DWARF/DWARFCompileUnit.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/DebugInfo/DWARF/DWARFDie.h>
#include <llvm/Object/Decompressor.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "analysis/symgen/demangle.h"
#include "analysis/symgen/unit_lines.h"
#include "model/limits.h"

namespace cairn::symgen {

using llvm::DWARFContext;
using llvm::DWARFDie;
using llvm::DWARFUnit;

namespace {

// An LLVM context keeps the entries of all units that it has read, about three times their bytes. A new one
// is made after so many bytes of units, which bounds memory for binaries with gigabytes of .debug_info.
constexpr std::uint64_t kMaxUnitBytesPerContext = 64 << 20;

// What a compressed section may grow to: no linker writes 32-bit DWARF beyond it.
constexpr std::uint64_t kMaxSectionBytes = std::uint64_t{4} << 30;

// Lexical blocks and inlined calls within each other; bounds the recursion.
constexpr std::uint32_t kMaxEntryDepth = 1024;
// References from a function to what it was made from: concrete, abstract, declaration.
constexpr int kMaxReferences = 8;

// Functions around a lambda; broken references may lead around in a circle.
constexpr int kMaxFunctionNesting = 16;

constexpr const char* kNoName = "<name omitted>";

DWARFDie FollowOnce(const DWARFDie& die) {
  DWARFDie next = die.getAttributeValueAsReferencedDie(llvm::dwarf::DW_AT_abstract_origin);
  return next ? next : die.getAttributeValueAsReferencedDie(llvm::dwarf::DW_AT_specification);
}

// The entry that declares the function, which stands in its namespace or class.
DWARFDie FindDeclaration(DWARFDie die) {
  for (int i = 0; i < kMaxReferences; ++i) {
    const DWARFDie next = FollowOnce(die);
    if (!next) break;
    die = next;
  }
  return die;
}

std::string QualifiedName(const DWARFDie& function, int nesting = 0);

std::string FunctionName(const DWARFDie& function, int nesting) {
  const char* linkage_name = function.getLinkageName();
  return linkage_name != nullptr ? Demangle(linkage_name) : QualifiedName(function, nesting);
}

// "a::B::f" of a function without a linkage name. GCC gives none to lambdas, whose class has no name either
// and stands in a function: those are "a::f()::{lambda}::operator()", or all lambdas of a program would have
// one name.
std::string QualifiedName(const DWARFDie& function, int nesting) {
  const char* short_name = function.getShortName();
  if (short_name == nullptr) return kNoName;
  std::string name = short_name;
  DWARFDie scope = FindDeclaration(function).getParent();
  for (std::uint32_t depth = 0; scope && depth < kMaxEntryDepth; ++depth, scope = scope.getParent()) {
    switch (scope.getTag()) {
      case llvm::dwarf::DW_TAG_namespace: {
        const char* text = scope.getShortName();
        name = std::string(text != nullptr ? text : "(anonymous namespace)") + "::" + name;
        break;
      }
      case llvm::dwarf::DW_TAG_class_type:
      case llvm::dwarf::DW_TAG_structure_type:
      case llvm::dwarf::DW_TAG_union_type:
      case llvm::dwarf::DW_TAG_enumeration_type:
        if (const char* text = scope.getShortName()) {
          name = std::string(text) + "::" + name;
        } else if (name.starts_with("operator()")) {
          name = "{lambda}::" + name;
        }
        break;
      case llvm::dwarf::DW_TAG_lexical_block: break;
      case llvm::dwarf::DW_TAG_subprogram:
        // The function around may be declared elsewhere again, so its name is made in the same way.
        return nesting == kMaxFunctionNesting ? name : FunctionName(scope, nesting + 1) + "::" + name;
      default: return name;
    }
  }
  return name;
}

// Sorts, and joins what touches.
void JoinRanges(std::vector<AddressRange>& ranges) {
  std::ranges::sort(ranges, {}, &AddressRange::start);
  std::vector<AddressRange> joined;
  for (const AddressRange& range : ranges) {
    if (joined.empty() || range.start.value > joined.back().end()) {
      joined.push_back(range);
    } else {
      joined.back().size = std::max(joined.back().end(), range.end()) - joined.back().start.value;
    }
  }
  ranges = std::move(joined);
}

std::vector<AddressRange> Intersect(const std::vector<AddressRange>& ranges, const AddressRange& with) {
  std::vector<AddressRange> common;
  for (const AddressRange& range : ranges) {
    const std::uint64_t start = std::max(range.start.value, with.start.value);
    const std::uint64_t end = std::min(range.end(), with.end());
    if (start < end) common.push_back({{start}, end - start});
  }
  return common;
}

// The sections of debug information by name without the dot, inflated once for all contexts.
class DebugSections {
 public:
  DebugSections(DebugSections&&) = default;  // No copies: contents_ may point into inflated_.

  static base::Result<DebugSections> Read(const llvm::object::ObjectFile& object) {
    DebugSections sections;
    for (const llvm::object::SectionRef& section : object.sections()) {
      const std::optional<llvm::StringRef> name = Take(section.getName());
      if (!name || !name->starts_with(".debug_")) continue;
      std::optional<llvm::StringRef> contents = Take(section.getContents());
      if (!contents) continue;  // Without bytes in this file, or cut off.
      if (section.isCompressed()) {
        contents = sections.Inflate(*name, *contents, object);
        if (!contents)
          return base::Error{base::Code::kBadValue, 0, "compressed section of debug information"};
      }
      sections.contents_.emplace_back(name->drop_front(), *contents);
    }
    return sections;
  }

  std::unique_ptr<DWARFContext> MakeContext(std::uint8_t address_bytes,
                                            const std::function<void(llvm::Error)>& complain) const {
    llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> buffers;
    for (const auto& [name, contents] : contents_) {
      buffers[name] = llvm::MemoryBuffer::getMemBuffer(contents, name, false);
    }
    return DWARFContext::create(buffers, address_bytes, true, complain, complain);
  }

 private:
  DebugSections() = default;

  template <typename T>
  static std::optional<T> Take(llvm::Expected<T> expected) {
    if (expected) return *expected;
    llvm::consumeError(expected.takeError());
    return std::nullopt;
  }

  std::optional<llvm::StringRef> Inflate(llvm::StringRef name, llvm::StringRef contents,
                                         const llvm::object::ObjectFile& object) {
    std::optional<llvm::object::Decompressor> decompressor =
        Take(llvm::object::Decompressor::create(name, contents, true, object.is64Bit()));
    if (!decompressor || decompressor->getDecompressedSize() > kMaxSectionBytes) return std::nullopt;
    llvm::SmallVector<std::uint8_t, 0> bytes;
    if (llvm::Error error = decompressor->resizeAndDecompress(bytes)) {
      llvm::consumeError(std::move(error));
      return std::nullopt;
    }
    inflated_.push_back(std::move(bytes));
    return llvm::toStringRef(inflated_.back());
  }

  std::vector<std::pair<llvm::StringRef, llvm::StringRef>> contents_;
  std::deque<llvm::SmallVector<std::uint8_t, 0>> inflated_;
};

class Reader {
 public:
  Reader(std::vector<AddressRange> code, std::uint64_t load_base) : code_(std::move(code), load_base) {}

  void ReadFile(const DebugSections& sections, std::uint8_t address_bytes) {
    const auto complain = [this](llvm::Error error) {
      ++info_.complaints;
      llvm::consumeError(std::move(error));
    };
    std::unique_ptr<DWARFContext> context = sections.MakeContext(address_bytes, complain);
    std::uint64_t bytes = 0;
    const std::size_t count = context->getNumCompileUnits();
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes > kMaxUnitBytesPerContext) {
        context.reset();
        context = sections.MakeContext(address_bytes, complain);
        bytes = 0;
      }
      DWARFUnit* unit = context->getUnitAtIndex(static_cast<unsigned>(i));
      if (unit == nullptr || unit->isTypeUnit()) continue;
      bytes += unit->getLength();
      ReadUnit(*context, *unit);
    }
  }

  DebugInfo Finish() && {
    std::ranges::stable_sort(info_.functions, {}, [](const FunctionRecord& f) { return f.range.start; });
    std::vector<FunctionRecord> functions;
    functions.reserve(info_.functions.size());
    for (FunctionRecord& function : info_.functions) {
      if (!functions.empty() && functions.back().range.start == function.range.start) {
        AddName(functions.back(), function.name);
        continue;
      }
      functions.push_back(std::move(function));
    }
    info_.functions = std::move(functions);
    return std::move(info_);
  }

 private:
  // Assembler sources name one function several times, "kill" and "__kill": no folding, and the plain name is
  // taken.
  void AddName(FunctionRecord& function, std::uint32_t name) const {
    const auto plain = [this](std::uint32_t number) {
      const std::string_view text = info_.origins.texts()[number];
      return text.substr(std::min(text.find_first_not_of('_'), text.size()));
    };
    if (function.name == name) return;
    if (plain(function.name) != plain(name)) {
      function.folded = true;
    } else if (info_.origins.texts()[name].size() < info_.origins.texts()[function.name].size()) {
      function.name = name;
    }
  }

  void ReadUnit(DWARFContext& context, DWARFUnit& unit) {
    UnitLines lines(context, unit, code_, info_.files);
    for (const llvm::DWARFDebugInfoEntry& entry : unit.dies()) {
      if (entry.getTag() != llvm::dwarf::DW_TAG_subprogram) continue;
      ReadFunction(DWARFDie(&unit, &entry), lines);
    }
    context.clearLineTableForUnit(&unit);
  }

  void ReadFunction(const DWARFDie& die, UnitLines& lines) {
    const std::vector<AddressRange> ranges = RangesOf(die);
    if (ranges.empty()) return;  // A declaration, or dropped by the linker.
    std::vector<InlineRecord> inlines;
    CollectInlines(die, 0, 0, lines, inlines);
    const Name name = NameOf(die);
    for (const AddressRange& range : ranges) {
      FunctionRecord function;
      function.range = range;
      function.name = name.number;
      function.has_linkage_name = name.from_linkage;
      function.lines = lines.Slice(range);
      for (const InlineRecord& call : inlines) {
        InlineRecord piece = {call.depth, call.call_line, call.call_file, call.origin,
                              Intersect(call.ranges, range)};
        if (!piece.ranges.empty()) function.inlines.push_back(std::move(piece));
      }
      info_.functions.push_back(std::move(function));
    }
  }

  void CollectInlines(const DWARFDie& parent, std::uint32_t depth, std::uint32_t entry_depth,
                      UnitLines& lines, std::vector<InlineRecord>& inlines) {
    if (depth == model::kMaxInlineDepth || entry_depth == kMaxEntryDepth) return;
    for (DWARFDie child = parent.getFirstChild(); child; child = child.getSibling()) {
      switch (child.getTag()) {
        case llvm::dwarf::DW_TAG_inlined_subroutine: {
          AddInline(child, depth, lines, inlines);
          CollectInlines(child, depth + 1, entry_depth + 1, lines, inlines);
          break;
        }
        case llvm::dwarf::DW_TAG_lexical_block:
        case llvm::dwarf::DW_TAG_try_block:
        case llvm::dwarf::DW_TAG_catch_block:
          CollectInlines(child, depth, entry_depth + 1, lines, inlines);
          break;
        default: break;
      }
    }
  }

  void AddInline(const DWARFDie& die, std::uint32_t depth, UnitLines& lines,
                 std::vector<InlineRecord>& inlines) {
    InlineRecord call;
    call.ranges = RangesOf(die);
    if (call.ranges.empty()) return;
    std::uint32_t file = 0;
    std::uint32_t column = 0;
    std::uint32_t discriminator = 0;
    die.getCallerFrame(file, call.call_line, column, discriminator);
    call.depth = depth;
    call.call_file = lines.FileOf(file);
    call.origin = NameOf(die).number;
    inlines.push_back(std::move(call));
  }

  std::vector<AddressRange> RangesOf(const DWARFDie& die) {
    std::vector<AddressRange> ranges;
    llvm::Expected<llvm::DWARFAddressRangesVector> found = die.getAddressRanges();
    if (!found) {
      ++info_.complaints;
      llvm::consumeError(found.takeError());
      return ranges;
    }
    for (const llvm::DWARFAddressRange& range : *found) {
      if (const auto code = code_.Find(range.LowPC, range.HighPC)) ranges.push_back(*code);
    }
    JoinRanges(ranges);
    return ranges;
  }

  struct Name {
    std::uint32_t number = 0;
    bool from_linkage = false;
  };

  // All copies of an inlined function refer to one entry, so most names are found by its place.
  Name NameOf(const DWARFDie& die) {
    const DWARFDie shared = FollowOnce(die);
    const std::uint64_t key = (shared ? shared : die).getOffset();
    const auto [found, added] = names_.try_emplace(key);
    if (added) {
      const char* linkage_name = die.getLinkageName();
      found->second.from_linkage = linkage_name != nullptr;
      found->second.number =
          info_.origins.Add(linkage_name != nullptr ? Demangle(linkage_name) : QualifiedName(die));
    }
    return found->second;
  }

  CodeMap code_;
  DebugInfo info_;
  std::unordered_map<std::uint64_t, Name> names_;
};

}  // namespace

base::Result<DebugInfo> ReadDebugInfo(base::Bytes elf, std::vector<AddressRange> code,
                                      std::uint64_t load_base) {
  const std::string_view text = base::AsText(elf);
  const llvm::MemoryBufferRef buffer(llvm::StringRef(text.data(), text.size()), "");
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> object =
      llvm::object::ObjectFile::createObjectFile(buffer);
  if (!object) {
    llvm::consumeError(object.takeError());
    return base::Error{base::Code::kBadValue, 0, "ELF file as LLVM reads it"};
  }
  ASSIGN_OR_RETURN(const DebugSections sections, DebugSections::Read(**object));
  Reader reader(std::move(code), load_base);
  reader.ReadFile(sections, (*object)->getBytesInAddress());
  return std::move(reader).Finish();
}

}  // namespace cairn::symgen
