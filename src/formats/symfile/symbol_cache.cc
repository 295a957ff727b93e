#include "formats/symfile/symbol_cache.h"

#include <algorithm>

#include "formats/symfile/symbol_header.h"
#include "model/limits.h"

namespace cairn::symfile {
namespace {

using base::Bytes;
using base::Code;
using base::Error;

constexpr std::size_t kTableEnd = kHeaderBytes + kSectionCount * kSectionEntryBytes;

}  // namespace

base::Result<SymbolCache> SymbolCache::Open(Bytes bytes, const CacheSource* source) {
  if (bytes.size() < kTableEnd) return Error{Code::kTruncated, bytes.size(), "symbol cache: header"};
  if (ReadAt<std::uint64_t>(bytes, kMagicOffset) != kCacheMagic) {
    return Error{Code::kBadMagic, kMagicOffset, "symbol cache: magic"};
  }
  if (ReadAt<std::uint32_t>(bytes, kVersionOffset) != kSymbolCacheVersion ||
      ReadAt<std::uint32_t>(bytes, kSectionCountOffset) != kSectionCount) {
    return Error{Code::kUnsupported, kVersionOffset, "symbol cache: version"};
  }
  if (ReadAt<std::uint64_t>(bytes, kFileSizeOffset) != bytes.size()) {
    return Error{Code::kTruncated, kFileSizeOffset, "symbol cache: file size"};
  }
  if (ReadAt<std::uint64_t>(bytes, kTableChecksumOffset) !=
      Checksum(bytes.subspan(kHeaderBytes, kTableEnd - kHeaderBytes))) {
    return Error{Code::kBadValue, kTableChecksumOffset, "symbol cache: checksum of the section table"};
  }
  SymbolCache cache;
  cache.cache_ = bytes;
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    const std::size_t entry = kHeaderBytes + i * kSectionEntryBytes;
    const auto section =
        base::Slice(bytes, ReadAt<std::uint64_t>(bytes, entry), ReadAt<std::uint64_t>(bytes, entry + 8));
    if (!section) return Error{Code::kTruncated, entry, "symbol cache: section"};
    cache.sections_[i] = *section;
  }
  cache.cpu_ = CpuOfArch(cache.arch());
  cache.rows_ =
      AddressRows(cache.SectionBytes(Section::kSegments), cache.SectionBytes(Section::kBuckets),
                  cache.SectionBytes(Section::kChunkIndex), cache.ScatteredBytes(Section::kChunks, source));
  cache.spans_ = PackedTable<1>(cache.SectionBytes(Section::kSpans));
  cache.symbols_ = PackedTable<5>(cache.SectionBytes(Section::kSymbols));
  cache.inline_nodes_ = PackedTable<4>(cache.ScatteredBytes(Section::kInlineNodes, source));
  cache.files_ = PackedTable<1>(cache.SectionBytes(Section::kFiles));
  cache.origins_ = PackedTable<1>(cache.SectionBytes(Section::kOrigins));
  cache.cfi_ranges_ = PackedTable<6>(cache.SectionBytes(Section::kCfiRanges));
  cache.cfi_rows_ = PackedTable<2>(cache.SectionBytes(Section::kCfiRows));
  cache.frame_data_ = PackedTable<3>(cache.SectionBytes(Section::kStackWinFrameData));
  cache.fpo_ = PackedTable<3>(cache.SectionBytes(Section::kStackWinFpo));
  cache.strings_ = std::make_shared<const StringBlocks>(cache.SectionBytes(Section::kStrings),
                                                        cache.SectionBytes(Section::kStringBlocks),
                                                        cache.ScatteredBytes(Section::kStringBytes, source));
  return cache;
}

CacheBytes SymbolCache::ScatteredBytes(Section section, const CacheSource* source) const {
  const Bytes bytes = SectionBytes(section);
  if (source == nullptr) return bytes;
  const std::size_t entry = kHeaderBytes + static_cast<std::size_t>(section) * kSectionEntryBytes;
  // Empty where the source ends before.
  return CacheBytes(*source).Slice(ReadAt<std::uint64_t>(cache_, entry), bytes.size()).value_or(CacheBytes());
}

bool SymbolCache::ChecksumMatches() const {
  return ReadAt<std::uint64_t>(cache_, kBodyChecksumOffset) == Checksum(cache_.subspan(kTableEnd));
}

std::string_view SymbolCache::HeadText(HeadField field) const {
  const Bytes head = SectionBytes(Section::kHead);
  const std::size_t index = static_cast<std::size_t>(field);
  const std::uint64_t texts = kHeadFieldCount * sizeof(std::uint32_t);
  const std::uint64_t begin =
      index == 0 ? 0 : ReadAt<std::uint32_t>(head, (index - 1) * sizeof(std::uint32_t));
  const std::uint64_t end = ReadAt<std::uint32_t>(head, index * sizeof(std::uint32_t));
  if (end < begin) return {};
  const auto text = base::Slice(head, texts + begin, end - begin);
  return text ? base::AsText(*text) : std::string_view{};
}

std::string SymbolCache::SlotText(const PackedTable<1>& slots, std::uint32_t slot) const {
  const std::uint32_t stored = slots.At(slot)[0];
  return stored == 0 ? std::string() : strings_->At(stored - 1);
}

std::string SymbolCache::FileName(std::uint32_t file) const { return SlotText(files_, file); }
std::string SymbolCache::OriginName(std::uint32_t origin) const { return SlotText(origins_, origin); }

std::string SymbolCache::SymbolName(std::uint32_t symbol) const {
  return symbol < symbols_.rows() ? strings_->At(symbols_.At(symbol)[2]) : std::string();
}

SymbolRange SymbolCache::SymbolAt(std::uint32_t symbol) const {
  const PackedTable<5>::Row row = symbols_.At(symbol);
  return {.start = {std::uint64_t{row[1]} << 32 | row[0]}, .parameter_bytes = row[3]};
}

InlineIds SymbolCache::InlineAt(std::uint32_t inline_call) const {
  if (inline_call >= inline_nodes_.rows()) return {};
  const auto [origin, call_file, call_line, distance] = inline_nodes_.At(inline_call);
  // A node stands behind the one around it, so a chain of them ends.
  const bool has_outer = distance != 0 && distance <= inline_call;
  return {origin, call_file - 1, call_line, has_outer ? inline_call - distance : kNone};
}

SymbolIds SymbolCache::IdsOf(const AddressRow& row) const {
  const std::uint32_t stored = spans_.At(row.span)[0];
  if (stored == 0) return {};
  return {stored - 1, row.file, row.line, row.inline_node};
}

SymbolIds SymbolCache::FindIds(model::ModuleOffset offset) const { return IdsOf(rows_.Find(offset.value)); }

void SymbolCache::FindIds(std::span<const model::ModuleOffset> offsets, std::span<SymbolIds> found) const {
  // While the rows of one group are read, those of the next are on their way from memory.
  constexpr std::size_t kGroup = 16;
  std::array<AddressRows::Place, kGroup> places;
  const std::size_t count = std::min(offsets.size(), found.size());
  for (std::size_t first = 0; first < count; first += kGroup) {
    const std::size_t size = std::min(kGroup, count - first);
    for (std::size_t i = 0; i < size; ++i) {
      places[i] = rows_.FindChunk(offsets[first + i].value);
      rows_.Prefetch(places[i]);
    }
    for (std::size_t i = 0; i < size; ++i) found[first + i] = IdsOf(rows_.FindRow(places[i]));
  }
}

std::optional<model::SymbolizedAddress> SymbolCache::Symbolize(model::ModuleOffset address) const {
  const SymbolIds ids = FindIds(address);
  if (ids.symbol >= symbols_.rows()) return std::nullopt;
  const SymbolRange symbol = SymbolAt(ids.symbol);
  if (symbol.start > address) return std::nullopt;
  model::SymbolizedAddress result;
  result.location.function = SymbolName(ids.symbol);
  result.function_start = symbol.start;
  result.parameter_bytes = symbol.parameter_bytes;

  // From the inside out: the line row is the innermost function's place, and each call happens at a place in
  // the function around it.
  model::SourceLocation place;
  place.file = FileName(ids.file);
  // A line number says nothing without its file; Breakpad and rust-minidump print neither.
  place.line = place.file.empty() ? 0 : ids.line;
  std::uint32_t next = ids.inline_call;
  while (next < inline_nodes_.rows() && result.inlines.size() < model::kMaxInlineDepth) {
    const InlineIds call = InlineAt(next);
    place.function = OriginName(call.origin);
    result.inlines.push_back(std::move(place));
    place = {.function = {}, .file = FileName(call.call_file), .line = call.call_line};
    next = call.outer;
  }
  result.location.file = std::move(place.file);
  result.location.line = place.line;
  return result;
}

model::CodeAt SymbolCache::FindCode(model::ModuleOffset address) const {
  if (!rows_.empty()) {
    const SymbolIds ids = FindIds(address);
    const bool is_function = ids.symbol < symbols_.rows() && SymbolAt(ids.symbol).start <= address;
    return is_function ? model::CodeAt::kFunction : model::CodeAt::kNothing;
  }
  // Symbols of a stripped module hold only STACK CFI: what that covers is code.
  if (cfi_ranges_.rows() > 0) {
    return FindCfiRange(address.value) ? model::CodeAt::kFunction : model::CodeAt::kNothing;
  }
  return model::CodeAt::kUnknown;
}

}  // namespace cairn::symfile
