// SymbolIntake takes files that were uploaded: it knows the same from the new, stores each whole or not at
// all, and keeps its record.
//
// Killed at any moment, a file is there whole or not at all, and sending it again completes what was left: a
// file without a record is taken as if it were new, and is given only to those with a token until then, for
// it may be of a product whose symbols are not public. Any number of threads may add; files are stored one
// after the other.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "os/clock.h"
#include "server/store/symbol_records.h"
#include "server/symbol_store/content_digest.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::symbol_store {

enum class Added { kNew, kSame };  // kSame: the very same file was there already.

// What its sender says of a file: size and MD5 of the unpacked bytes.
struct Announced {
  std::uint64_t size = 0;
  std::string md5;
};

struct Arrival {
  SymbolName name;
  store::SymbolClass symbol_class = store::SymbolClass::kRegular;
  std::string product;  // Empty: nobody's in particular.
  std::int64_t upload_id = 0;
  std::optional<Announced> announced;  // The file is refused if it is something else.
};

class SymbolIntake {
 public:
  // Called with each file that is no symbol text, before its record is: as with TextStored. Symbols may be
  // made of it.
  using RawFileStored = std::function<base::Status(const Arrival&)>;

  // Called with each symbol text that lookups can ask for, when it is stored and before its record is: if it
  // fails, the file is not taken, and sending it again calls it again.
  using TextStored = std::function<base::Status(const SymbolName&)>;

  // All must outlive this object.
  SymbolIntake(SymbolStore& store, store::SymbolRecords& records, RawFileStored raw_file_stored = {},
               TextStored text_stored = {})
      : store_(store),
        records_(records),
        raw_file_stored_(std::move(raw_file_stored)),
        text_stored_(std::move(text_stored)) {}

  // The file is read from its start. A symbol text may be packed by gzip. `why` is a sentence for the
  // uploader if the file is at fault (kBadValue, kTruncated, kLimitExceeded); any other error is this
  // machine's.
  base::Result<Added> Add(const Arrival& arrival, int fd, std::string& why);

  // Whether the very file is there, as far as its sender says.
  base::Result<bool> Has(const Arrival& arrival) const;

  // With its record.
  base::Status Remove(const store::SymbolFileRecord& file);

  // Makes records for files that have none, because an earlier version stored them or a kill came between;
  // they count as stored now, and do not tell whose they are. How many there were.
  base::Result<std::uint64_t> RecordUnknownFiles();

  SymbolStore& store() { return store_; }
  store::SymbolRecords& records() { return records_; }

 private:
  // A file on its way: as it came, as text where it came packed, and what it is.
  struct Incoming {
    os::FileDescriptor inflated;  // Valid if a symbol text came packed.
    Content content;
  };
  base::Result<Incoming> Read(const Arrival& arrival, int fd, std::string& why) const;
  base::Result<std::unique_ptr<store::StagedBlob>> Stage(const Arrival& arrival, int fd,
                                                         const Incoming& incoming,
                                                         std::uint64_t& stored_bytes) const;
  base::Status Inspect(int fd, store::SymbolFileRecord& record) const;
  base::Result<store::SymbolFileRecord> Store(const Arrival& arrival, int fd, const Incoming& incoming,
                                              std::string& why);

  SymbolStore& store_;
  store::SymbolRecords& records_;
  const RawFileStored raw_file_stored_;
  const TextStored text_stored_;
  std::mutex mutex_;  // Held while a file and its record are changed: they are of one upload.
};

}  // namespace cairn::symbol_store
