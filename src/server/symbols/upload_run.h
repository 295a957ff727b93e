// UploadRun is one upload from its record's beginning to the answer: the files that it brings go into the
// store one by one, each whole or not at all.
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "server/http/message.h"
#include "server/store/symbol_records.h"
#include "server/symbol_store/symbol_intake.h"

namespace cairn::symbols {

// What an uploader may say of an upload beside its files: try=<anything>, product=<name>.
struct UploadWishes {
  bool is_try = false;
  std::string product;
};

// By what the token allows and the uploader asks for: who may upload nothing but try symbols uploads these.
store::SymbolClass ClassFor(const http::Caller& caller, bool wants_try);

class UploadRun {
 public:
  // Makes the record of the upload; `record.created_ms` is now.
  static base::Result<UploadRun> Begin(symbol_store::SymbolIntake& intake, store::UploadRecord record);

  // kBadValue and the like if the file is at fault; then why() has the sentence for the uploader.
  base::Status Add(const symbol_store::SymbolName& name, int fd);

  // Notes the end. The files that were added stay whether or not it is called.
  base::Status Complete();

  const store::UploadRecord& record() const { return record_; }
  const std::string& why() const { return why_; }
  const std::vector<std::string>& stored_keys() const { return stored_keys_; }

 private:
  UploadRun(symbol_store::SymbolIntake& intake, store::UploadRecord record)
      : intake_(&intake), record_(std::move(record)) {}

  symbol_store::SymbolIntake* intake_;
  store::UploadRecord record_;
  std::string why_;
  std::vector<std::string> stored_keys_;
};

// The members of an upload, as Tecken writes them, inside an object that is open; "product" is added.
void WriteUpload(base::JsonWriter& json, const store::UploadRecord& upload);

// For an upload that failed: 400 or 413 with `why` if its files are at fault, else 503.
http::Response RefuseUpload(const base::Error& error, const std::string& why);

}  // namespace cairn::symbols
