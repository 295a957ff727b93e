#include "server/symbol_store/conversions.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "formats/symfile/symbol_header.h"
#include "server/symbol_store/convert_file.h"

namespace cairn::symbol_store {
namespace {

using base::Code;
using base::Error;
using store::SymbolClass;
using store::SymbolFileRecord;

constexpr std::int64_t kLeaseMs = kConversionTimeoutMs + 60'000;
// An order is given before the file's record is written; a file without one was removed, or never whole.
constexpr int kTriesForRecord = 5;
constexpr std::int64_t kRecordWaitMs = 2000;
constexpr std::size_t kMaxHeadBytes = 4 << 10;  // A MODULE line is within them.
constexpr std::string_view kDebugEnding = ".debug";

// What the files of the kinds that cairn-symgen reads begin with.
constexpr std::array<std::string_view, 7> kMagics = {
    "\x7f"
    "ELF",
    "MZ",
    "Microsoft C/C++ MSF 7.00",
    "\xce\xfa\xed\xfe",
    "\xcf\xfa\xed\xfe",
    "\xfe\xed\xfa\xce",
    "\xfe\xed\xfa\xcf"};

bool IsOfAKind(int fd) {
  const auto mapped = os::MappedFile::FromDescriptor(fd);
  return mapped && std::ranges::any_of(kMagics, [&](std::string_view magic) {
           return base::AsText(mapped->bytes()).starts_with(magic);
         });
}

std::optional<std::pair<SymbolClass, SymbolName>> ReadId(std::string_view id) {
  for (const SymbolClass symbol_class : {SymbolClass::kRegular, SymbolClass::kTry}) {
    const std::string prefix = std::string(store::SymbolClassName(symbol_class)) + "/";
    if (!id.starts_with(prefix)) continue;
    if (auto name = ParseSymbolPath(id.substr(prefix.size()))) return {{symbol_class, *std::move(name)}};
  }
  return std::nullopt;
}

std::optional<SymbolName> NameInHead(std::string_view text) {
  const auto header = symfile::ReadSymbolFileHeader(base::AsBytes(text));
  return header ? NameOfText(header->debug_file, header->debug_id.text) : std::nullopt;
}

// The files that one conversion reads.
struct Inputs {
  os::FileDescriptor file;
  os::FileDescriptor debug_file;  // Invalid: there is none.
  std::string name;
};

// The stored file of a record.
base::Result<os::FileDescriptor> OpenRecorded(SymbolStore& symbols, const SymbolFileRecord& record) {
  const auto name = MakeSymbolName(record.debug_file, record.debug_id, record.symbol_file);
  if (!name) return Error{Code::kNotFound, 0, "debug file"};
  ASSIGN_OR_RETURN(StoredFile stored, symbols.OpenFile(record.symbol_class, *name));
  return std::move(stored.file);
}

// The other file of the build, where one has the code and the other the debug information.
base::Result<std::optional<SymbolFileRecord>> PartnerOf(const store::SymbolRecords& records,
                                                        const SymbolFileRecord& record) {
  if (record.build_id.empty() || record.has_code == record.has_debug_info)
    return std::optional<SymbolFileRecord>();
  return records.FindElfFile(record.build_id, !record.has_debug_info);
}

std::string NameOfModule(const SymbolFileRecord& record) {
  std::string name = record.debug_file;
  if (!record.has_code && name.size() > kDebugEnding.size() && name.ends_with(kDebugEnding))
    name.resize(name.size() - kDebugEnding.size());
  return name;
}

base::Result<Inputs> OpenInputs(SymbolIntake& intake, const SymbolFileRecord& record) {
  Inputs inputs;
  ASSIGN_OR_RETURN(inputs.file, OpenRecorded(intake.store(), record));
  inputs.name = NameOfModule(record);
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> partner, PartnerOf(intake.records(), record));
  if (!partner || partner->key == record.key) return inputs;
  base::Result<os::FileDescriptor> other = OpenRecorded(intake.store(), *partner);
  if (!other && other.error().code == Code::kNotFound) return inputs;
  if (!other) return other.error();
  inputs.debug_file = *std::move(other);
  if (record.has_debug_info) {
    std::swap(inputs.file, inputs.debug_file);
    inputs.name = NameOfModule(*partner);
  }
  return inputs;
}

}  // namespace

Conversions::Conversions(ConversionParts parts)
    : parts_(std::move(parts)),
      thread_(parts_.queue, {.kind = std::string(kConvertKind), .lease_ms = kLeaseMs, .name = "conversion"},
              [this](const store::ClaimedItem& claim, const std::atomic<bool>&) { FollowOrder(claim); }) {}

base::Status Conversions::Order(SymbolClass symbol_class, const SymbolName& name) {
  return thread_.Order(std::string(store::SymbolClassName(symbol_class)) + "/" + name.Path());
}

void Conversions::FollowOrder(const store::ClaimedItem& claim) {
  std::string why;
  const base::Result<Outcome> outcome = Convert(claim.item.id, why);
  if (!outcome) {
    metrics_.failed.Add();
    parts_.trouble(outcome.error());
    (void)parts_.queue.Postpone(claim, base::Describe(outcome.error()));
  } else if (*outcome == Outcome::kRefused) {
    metrics_.refused.Add();
    (void)parts_.queue.SetAside(claim, why);
  } else if (*outcome == Outcome::kNotThere && claim.attempts < kTriesForRecord) {
    (void)parts_.queue.Extend(claim, kRecordWaitMs);
  } else {
    if (*outcome == Outcome::kConverted) metrics_.converted.Add();
    (void)parts_.queue.Ack(claim);
  }
}

base::Result<Conversions::Outcome> Conversions::Convert(const std::string& id, std::string& why) {
  const auto ordered = ReadId(id);
  if (!ordered) return Outcome::kNothingToDo;
  store::SymbolRecords& records = parts_.intake.records();
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> record,
                   records.FindSymbolFile(SymbolKey(ordered->first, ordered->second)));
  if (!record) return Outcome::kNotThere;
  base::Result<Inputs> inputs = OpenInputs(parts_.intake, *record);
  if (!inputs && inputs.error().code == Code::kNotFound) return Outcome::kNothingToDo;
  if (!inputs) return inputs.error();
  if (!IsOfAKind(inputs->file.get())) return Outcome::kNothingToDo;

  ASSIGN_OR_RETURN(const os::FileDescriptor text, os::CreateNameless(parts_.intake.store().spool_folder()));
  const base::Status converted = ConvertFile(parts_.program,
                                             {.name = inputs->name,
                                              .file = inputs->file.get(),
                                              .debug_file = inputs->debug_file.get(),
                                              .text = text.get()},
                                             why);
  if (!converted && why.empty()) return converted.error();
  if (!converted) return Outcome::kRefused;
  ASSIGN_OR_RETURN(const os::MappedFile made, os::MappedFile::FromDescriptor(text.get()));
  const std::optional<SymbolName> name = NameInHead(base::AsText(made.bytes()).substr(0, kMaxHeadBytes));
  if (!name) {
    why = "its symbol file would have no usable name";
    return Outcome::kRefused;
  }
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> there,
                   records.FindSymbolFile(SymbolKey(ordered->first, *name)));
  if (there && !there->generator.starts_with(kConvertedGenerator)) return Outcome::kNothingToDo;
  const Arrival arrival{.name = *name,
                        .symbol_class = ordered->first,
                        .product = record->product,
                        .upload_id = record->upload_id,
                        .announced = {}};
  const base::Result<Added> added = parts_.intake.Add(arrival, text.get(), why);
  if (added) return Outcome::kConverted;
  return why.empty() ? base::Result<Outcome>(added.error()) : base::Result<Outcome>(Outcome::kRefused);
}

}  // namespace cairn::symbol_store
