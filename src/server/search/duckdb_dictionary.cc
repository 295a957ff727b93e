#include "server/search/duckdb_dictionary.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "server/search/content_hash.h"

namespace cairn::search {

const SignatureInput& InputOf(const CrashRow& row) {
  static const SignatureInput empty({});
  return row.input == nullptr ? empty : *row.input;
}

base::Result<DuckDbDictionary> DuckDbDictionary::Load(DuckConnection& connection, DuckDbFileRef file,
                                                      SignatureNumbers& signatures) {
  DuckDbDictionary dictionary(connection, std::move(file), signatures);
  RETURN_IF_ERROR(dictionary.ReadKnown());
  return dictionary;
}

base::Status DuckDbDictionary::SwitchTo(DuckDbFileRef file) {
  file_ = std::move(file);
  return ReadKnown();
}

base::Status DuckDbDictionary::ReadKnown() {
  known_ = {};
  RETURN_IF_ERROR(ReadNames());
  RETURN_IF_ERROR(ReadStacks());
  return ReadSignatures();
}

base::Status DuckDbDictionary::ReadNames() {
  const std::string& catalog = file_->catalog;
  ASSIGN_OR_RETURN(DuckRows frames, connection_->Query("SELECT hash, id FROM " + catalog + ".frames"));
  while (frames.Next()) {
    known_.frames[frames.Integer(0)] = frames.Integer(1);
    known_.next_frame_id = std::max(known_.next_frame_id, frames.Integer(1) + 1);
  }
  HashTable<std::int64_t> hash_of_address;
  ASSIGN_OR_RETURN(DuckRows addresses, connection_->Query("SELECT hash, id FROM " + catalog + ".addresses"));
  while (addresses.Next()) {
    known_.addresses[addresses.Integer(0)] = {.id = addresses.Integer(1)};
    hash_of_address[addresses.Integer(1)] = addresses.Integer(0);
    known_.next_address_id = std::max(known_.next_address_id, addresses.Integer(1) + 1);
  }
  // The hash of an address's names is made again from its frames' hashes, in their order.
  ASSIGN_OR_RETURN(
      DuckRows names,
      connection_->Query("SELECT address_id, f.hash, line FROM " + catalog + ".address_frames JOIN " +
                         catalog + ".frames f ON f.id = frame_id ORDER BY address_id, position"));
  std::optional<std::int64_t> address_id;
  ContentHash hash;
  const auto keep = [&] {
    if (address_id) known_.addresses[hash_of_address[*address_id]].names_hash = hash.Finish();
    hash = ContentHash();
  };
  while (names.Next()) {
    if (address_id != names.Integer(0)) keep();
    address_id = names.Integer(0);
    hash.Add(static_cast<std::uint64_t>(names.Integer(1))).Add(static_cast<std::uint64_t>(names.Integer(2)));
  }
  keep();
  return {};
}

base::Status DuckDbDictionary::ReadStacks() {
  ASSIGN_OR_RETURN(DuckRows stacks,
                   connection_->Query("SELECT id, number FROM " + file_->catalog + ".stacks"));
  std::vector<std::int64_t> used;
  while (stacks.Next()) {
    known_.stacks[stacks.Integer(0)] = {stacks.Integer(1), KnownContent::kNotCompared};
    used.push_back(stacks.Integer(1));
  }
  known_.stack_numbers.Reset(std::move(used));
  return {};
}

base::Status DuckDbDictionary::ReadSignatures() {
  const std::string& catalog = file_->catalog;
  std::vector<std::int64_t> used;
  ASSIGN_OR_RETURN(DuckRows texts,
                   connection_->Query("SELECT number, signature FROM " + catalog + ".signature_texts"));
  while (texts.Next()) {
    known_.signatures[TextHashOf(texts.Text(1))] = texts.Integer(0);
    used.push_back(texts.Integer(0));
  }
  known_.signature_numbers.Reset(std::exchange(used, {}));
  std::vector<SignatureNumbers::Entry> entries;
  ASSIGN_OR_RETURN(DuckRows signatures,
                   connection_->Query("SELECT input_id, input_number, signature, proto_signature, "
                                      "signature_group FROM " +
                                      catalog + ".signatures"));
  while (signatures.Next()) {
    const Signature signature{signatures.Text(2), signatures.Text(3), signatures.Text(4)};
    const std::int64_t number = signatures.Integer(1);
    known_.inputs[signatures.Integer(0)] = {number, HashOf(signature)};
    used.push_back(number);
    const auto text = known_.signatures.find(TextHashOf(signature.signature));
    entries.emplace_back(number, text == known_.signatures.end() ? SignatureNumbers::kNone : text->second);
  }
  known_.input_numbers.Reset(std::move(used));
  signatures_->Reset(entries);
  return {};
}

base::Status DuckDbDictionary::Commit(const DictionaryBatch& batch) {
  if (!batch.empty()) {
    RETURN_IF_ERROR(connection_->InTransaction([&] { return batch.Write(*connection_, file_->catalog); }));
  }
  batch.MergeInto(known_);
  signatures_->Set(batch.NewSignatures());
  return {};
}

base::Status DuckDbDictionary::Add(std::span<const CrashRow> rows) {
  DictionaryBatch batch(known_);
  for (const CrashRow& row : rows) {
    batch.NoteInput(InputOf(row));
    for (const SharedStack& stack : row.other_threads) batch.NoteStack(*stack);
  }
  return Commit(batch);
}

base::Status DuckDbDictionary::SetNames(std::span<const StackFrame> frames) {
  DictionaryBatch batch(known_);
  for (const StackFrame& frame : frames) batch.NoteNames(frame);
  return Commit(batch);
}

base::Status DuckDbDictionary::SetSignatures(std::span<const SignatureOf> signatures) {
  DictionaryBatch batch(known_);
  for (const auto& [input_id, signature] : signatures) batch.NoteSignature(input_id, signature);
  return Commit(batch);
}

}  // namespace cairn::search
