#include "server/symbol_store/symbol_intake.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "formats/symfile/compile.h"
#include "server/symbol_store/gzip_file.h"

namespace cairn::symbol_store {
namespace {

using base::Code;
using base::Error;
using store::SymbolClass;
using store::SymbolFileRecord;

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::array kElfMagic = {std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
// 32 digits and an age. What is shorter is the id of a code file, which no lookup of a module asks for.
constexpr std::size_t kMinDebugIdDigits = 33;
constexpr std::size_t kKeysAtOnce = 10'000;

bool HasCache(const SymbolName& name) {
  return IsSymbolText(name) && name.debug_id.size() >= kMinDebugIdDigits;
}

bool IsElf(base::Bytes bytes) {
  return bytes.size() >= kElfMagic.size() && std::ranges::equal(bytes.first(kElfMagic.size()), kElfMagic);
}

SymbolFileRecord RecordOf(const Arrival& arrival) {
  SymbolFileRecord record;
  record.key = SymbolKey(arrival.symbol_class, arrival.name);
  record.symbol_class = arrival.symbol_class;
  record.debug_file = arrival.name.debug_file;
  record.debug_id = arrival.name.debug_id;
  record.symbol_file = arrival.name.symbol_file;
  record.is_symbol_text = IsSymbolText(arrival.name);
  record.product = arrival.product;
  record.upload_id = arrival.upload_id;
  record.stored_ms = os::UnixMillis();
  return record;
}

// The head of a symbol file is text that a user sent: what is no text for a record is left out.
std::string TextForRecord(const std::string& text) {
  const bool fits = text.size() <= store::kMaxSymbolTextLength && text.find('\0') == std::string::npos;
  return fits ? text : std::string();
}

}  // namespace

base::Result<SymbolIntake::Incoming> SymbolIntake::Read(const Arrival& arrival, int fd,
                                                        std::string& why) const {
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(fd));
  Incoming incoming;
  ContentDigest digest;
  if (IsSymbolText(arrival.name) && IsGzip(mapped.bytes())) {
    ASSIGN_OR_RETURN(incoming.inflated, os::CreateNameless(store_.spool_folder()));
    const base::Status inflated =
        Inflate(mapped.bytes(), symfile::kMaxSymbolFileBytes, [&](base::Bytes bytes) -> base::Status {
          digest.Add(bytes);
          return os::WriteAll(incoming.inflated.get(), bytes);
        });
    if (!inflated && inflated.error().code != Code::kIo) {
      why = arrival.name.Path() + ": its gzip: " + base::Describe(inflated.error());
    }
    if (!inflated) return inflated.error();
  } else {
    for (base::Bytes rest = mapped.bytes(); !rest.empty();) {
      const base::Bytes piece = rest.first(std::min(rest.size(), kPieceBytes));
      digest.Add(piece);
      rest = rest.subspan(piece.size());
    }
  }
  incoming.content = digest.Finish();
  const std::optional<Announced>& announced = arrival.announced;
  if (announced && (announced->size != incoming.content.size || announced->md5 != incoming.content.md5)) {
    why = arrival.name.Path() + ": it has " + std::to_string(incoming.content.size) + " bytes of MD5 " +
          incoming.content.md5 + ", announced were " + std::to_string(announced->size) + " bytes of MD5 " +
          announced->md5;
    return Error{Code::kBadValue, 0, "size or MD5 of a symbol file"};
  }
  return incoming;
}

// The file as it shall be kept.
base::Result<std::unique_ptr<store::StagedBlob>> SymbolIntake::Stage(const Arrival& arrival, int fd,
                                                                     const Incoming& incoming,
                                                                     std::uint64_t& stored_bytes) const {
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(fd));
  ASSIGN_OR_RETURN(std::unique_ptr<store::StagedBlob> staged, store_.blobs().Stage());
  const auto append = [&](base::Bytes bytes) {
    stored_bytes += bytes.size();
    return staged->Append(bytes);
  };
  const bool is_packed = incoming.inflated.valid() || !IsSymbolText(arrival.name);
  RETURN_IF_ERROR(is_packed ? append(mapped.bytes()) : Compress(mapped.bytes(), append));
  return staged;
}

base::Result<SymbolFileRecord> SymbolIntake::Store(const Arrival& arrival, int fd, const Incoming& incoming,
                                                   std::string& why) {
  SymbolFileRecord record = RecordOf(arrival);
  record.size = incoming.content.size;
  record.md5 = incoming.content.md5;
  record.sha256 = incoming.content.sha256;
  ASSIGN_OR_RETURN(std::unique_ptr<store::StagedBlob> staged,
                   Stage(arrival, fd, incoming, record.stored_bytes));
  CompiledText compiled;
  if (HasCache(arrival.name)) {
    const int text_fd = incoming.inflated.valid() ? incoming.inflated.get() : fd;
    ASSIGN_OR_RETURN(compiled, store_.CompileText(arrival.name, text_fd, why));
    record.code_file = TextForRecord(compiled.code_file);
    record.code_id = TextForRecord(compiled.code_id);
    record.generator = TextForRecord(compiled.generator);
  } else if (!record.is_symbol_text) {
    RETURN_IF_ERROR(Inspect(fd, record));
  }
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(records_.RemoveSymbolFile(record.key));
  RETURN_IF_ERROR(compiled.cache.valid()
                      ? store_.StoreText(arrival.symbol_class, arrival.name, compiled, std::move(staged))
                      : store_.StoreFile(arrival.symbol_class, arrival.name, std::move(staged)));
  if (compiled.cache.valid() && text_stored_) RETURN_IF_ERROR(text_stored_(arrival.name));
  if (!record.is_symbol_text && raw_file_stored_) RETURN_IF_ERROR(raw_file_stored_(arrival));
  RETURN_IF_ERROR(records_.PutSymbolFile(record));
  return record;
}

// What an ELF file holds; of other files nothing is known.
base::Status SymbolIntake::Inspect(int fd, SymbolFileRecord& record) const {
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(fd));
  if (!IsElf(mapped.bytes())) return {};
  const base::Result<worker::ObjectFacts> facts = store_.Inspect(fd);
  if (!facts) return facts.error().code == Code::kBadValue ? base::Status() : facts.error();
  record.build_id = facts->build_id;
  record.has_code = facts->has_code;
  record.has_debug_info = facts->has_debug_info;
  return {};
}

base::Result<Added> SymbolIntake::Add(const Arrival& arrival, int fd, std::string& why) {
  ASSIGN_OR_RETURN(const Incoming incoming, Read(arrival, fd, why));
  const std::string key = SymbolKey(arrival.symbol_class, arrival.name);
  {
    const std::lock_guard lock(mutex_);
    ASSIGN_OR_RETURN(std::optional<SymbolFileRecord> known, records_.FindSymbolFile(key));
    ASSIGN_OR_RETURN(const bool is_there, store_.blobs().Exists(key));
    if (known && is_there && known->sha256 == incoming.content.sha256) {
      if (arrival.product.empty() || known->product == arrival.product) return Added::kSame;
      known->product = arrival.product;  // Whoever brings the bytes may say whose they are.
      RETURN_IF_ERROR(records_.PutSymbolFile(*known));
      return Added::kSame;
    }
  }
  ASSIGN_OR_RETURN(const SymbolFileRecord record, Store(arrival, fd, incoming, why));
  return Added::kNew;
}

base::Result<bool> SymbolIntake::Has(const Arrival& arrival) const {
  const std::string key = SymbolKey(arrival.symbol_class, arrival.name);
  ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> known, records_.FindSymbolFile(key));
  if (!known) return false;
  if (arrival.announced && (known->size != arrival.announced->size || known->md5 != arrival.announced->md5)) {
    return false;
  }
  return store_.blobs().Exists(key);
}

base::Status SymbolIntake::Remove(const SymbolFileRecord& file) {
  const std::lock_guard lock(mutex_);
  const auto name = MakeSymbolName(file.debug_file, file.debug_id, file.symbol_file);
  if (name) RETURN_IF_ERROR(store_.Remove(file.symbol_class, *name));
  return records_.RemoveSymbolFile(file.key);
}

base::Result<std::uint64_t> SymbolIntake::RecordUnknownFiles() {
  std::uint64_t unknown = 0;
  for (const SymbolClass symbol_class : {SymbolClass::kRegular, SymbolClass::kTry}) {
    std::string last;
    for (;;) {
      ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                       store_.blobs().List(SymbolKeyPrefix(symbol_class), last, kKeysAtOnce));
      for (const std::string& key : keys) {
        const std::optional<SymbolName> name = NameInKey(key);
        if (!name) continue;
        const std::lock_guard lock(mutex_);
        ASSIGN_OR_RETURN(const std::optional<SymbolFileRecord> known, records_.FindSymbolFile(key));
        if (known) continue;
        Arrival arrival;
        arrival.name = *name;
        arrival.symbol_class = symbol_class;
        SymbolFileRecord record = RecordOf(arrival);
        record.key = key;
        RETURN_IF_ERROR(records_.PutSymbolFile(record));
        ++unknown;
      }
      if (keys.size() < kKeysAtOnce) break;
      last = keys.back();
    }
  }
  return unknown;
}

}  // namespace cairn::symbol_store
