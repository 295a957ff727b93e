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

// A module of Windows has one of each.
constexpr std::string_view kImageMagic = "MZ";
constexpr std::string_view kPdbMagic = "Microsoft C/C++ MSF 7.00";

// What the files of the kinds that cairn-symgen reads begin with.
constexpr std::array<std::string_view, 7> kMagics = {
    "\x7f"
    "ELF",
    kImageMagic,
    kPdbMagic,
    "\xce\xfa\xed\xfe",
    "\xcf\xfa\xed\xfe",
    "\xfe\xed\xfa\xce",
    "\xfe\xed\xfa\xcf"};

// Which of kMagics it is; empty: none.
std::string_view MagicOf(int fd) {
  const auto mapped = os::MappedFile::FromDescriptor(fd);
  if (!mapped) return {};
  const auto found = std::ranges::find_if(
      kMagics, [&](std::string_view magic) { return base::AsText(mapped->bytes()).starts_with(magic); });
  return found == kMagics.end() ? std::string_view() : *found;
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
  std::string_view magic;  // Of `file`, as it was asked for; empty: of no kind that symbols are made of.
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
  inputs.magic = MagicOf(inputs.file.get());
  // An image may lie beside its PDB, under the PDB's name.
  inputs.name = inputs.magic == kImageMagic ? record.symbol_file : NameOfModule(record);
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

// Where the other file of a Windows module would be, by the name of the symbol file that one of them gave:
// both give the same. The PDB has that name; the image is known from the symbol file that it gave before.
base::Result<std::vector<SymbolName>> WindowsPartnerNames(const store::SymbolRecords& records,
                                                          SymbolClass symbol_class, const SymbolName& text,
                                                          std::string_view magic) {
  std::vector<std::optional<SymbolName>> names;
  if (magic == kImageMagic) {
    names.push_back(MakeSymbolName(text.debug_file, text.debug_id, text.debug_file));
  } else if (magic == kPdbMagic) {
    ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> there,
                     records.FindSymbolFile(SymbolKey(symbol_class, text)));
    if (there) {
      names.push_back(MakeSymbolName(there->code_file, there->code_id, there->code_file));
      names.push_back(MakeSymbolName(text.debug_file, text.debug_id, there->code_file));
    }
  }
  std::vector<SymbolName> usable;
  for (std::optional<SymbolName>& name : names) {
    if (name) usable.push_back(*std::move(name));
  }
  return usable;
}

// The image and the PDB of a module of Windows, if `inputs` is one of them and the other is there too.
base::Result<std::optional<Inputs>> OpenWithWindowsPartner(SymbolIntake& intake, SymbolClass symbol_class,
                                                           const SymbolName& text, const Inputs& inputs) {
  ASSIGN_OR_RETURN(const std::vector<SymbolName> names,
                   WindowsPartnerNames(intake.records(), symbol_class, text, inputs.magic));
  const std::string_view wanted = inputs.magic == kImageMagic ? kPdbMagic : kImageMagic;
  for (const SymbolName& name : names) {
    base::Result<StoredFile> stored = intake.store().OpenFile(symbol_class, name);
    if (!stored && stored.error().code != Code::kNotFound) return stored.error();
    if (!stored || MagicOf(stored->file.get()) != wanted) continue;
    Inputs both;
    ASSIGN_OR_RETURN(both.file, os::Duplicate(inputs.file.get()));
    both.debug_file = std::move(stored->file);
    both.name = inputs.name;
    both.magic = kImageMagic;
    if (wanted == kImageMagic) {
      std::swap(both.file, both.debug_file);
      both.name = name.symbol_file;
    }
    return std::optional(std::move(both));
  }
  return std::optional<Inputs>();
}

struct Made {
  os::FileDescriptor text;
  SymbolName name;
};

// Has cairn-symgen read the files. Nothing if it refuses them, with `why`.
base::Result<std::optional<Made>> MakeText(const ConversionParts& parts, const Inputs& inputs,
                                           std::string& why) {
  Made made;
  ASSIGN_OR_RETURN(made.text, os::CreateNameless(parts.intake.store().spool_folder()));
  const base::Status converted = ConvertFile(parts.program,
                                             {.name = inputs.name,
                                              .file = inputs.file.get(),
                                              .debug_file = inputs.debug_file.get(),
                                              .text = made.text.get()},
                                             why);
  if (!converted && why.empty()) return converted.error();
  if (!converted) return std::optional<Made>();
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(made.text.get()));
  std::optional<SymbolName> name = NameInHead(base::AsText(mapped.bytes()).substr(0, kMaxHeadBytes));
  if (!name) {
    why = "its symbol file would have no usable name";
    return std::optional<Made>();
  }
  made.name = *std::move(name);
  return std::optional(std::move(made));
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
  const SymbolClass symbol_class = ordered->first;
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> record,
                   parts_.intake.records().FindSymbolFile(SymbolKey(symbol_class, ordered->second)));
  if (!record) return Outcome::kNotThere;
  const base::Result<Inputs> inputs = OpenInputs(parts_.intake, *record);
  if (!inputs && inputs.error().code == Code::kNotFound) return Outcome::kNothingToDo;
  if (!inputs) return inputs.error();
  if (inputs->magic.empty()) return Outcome::kNothingToDo;
  ASSIGN_OR_RETURN(std::optional<Made> made, MakeText(parts_, *inputs, why));
  if (!made) return Outcome::kRefused;
  ASSIGN_OR_RETURN(const std::optional<Inputs> both,
                   OpenWithWindowsPartner(parts_.intake, symbol_class, made->name, *inputs));
  if (both) {
    std::string why_not;  // They may be of two builds, in spite of their names.
    ASSIGN_OR_RETURN(std::optional<Made> together, MakeText(parts_, *both, why_not));
    if (together) made = std::move(together);
  }
  return Keep(made->text.get(), made->name, *record, why);
}

base::Result<Conversions::Outcome> Conversions::Keep(int text_fd, const SymbolName& name,
                                                     const SymbolFileRecord& raw, std::string& why) {
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> there,
                   parts_.intake.records().FindSymbolFile(SymbolKey(raw.symbol_class, name)));
  if (there && !there->generator.starts_with(kConvertedGenerator)) return Outcome::kNothingToDo;
  const Arrival arrival{.name = name,
                        .symbol_class = raw.symbol_class,
                        .product = raw.product,
                        .upload_id = raw.upload_id,
                        .announced = {}};
  const base::Result<Added> added = parts_.intake.Add(arrival, text_fd, why);
  if (added) return Outcome::kConverted;
  return why.empty() ? base::Result<Outcome>(added.error()) : base::Result<Outcome>(Outcome::kRefused);
}

}  // namespace cairn::symbol_store
