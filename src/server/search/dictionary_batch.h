// DictionaryBatch is what one batch of rows adds to the dictionary: noted in memory first, then written in
// one transaction, and known to the dictionary only once that is committed.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/number_pool.h"
#include "server/search/raw_stack.h"
#include "server/search/signature_input.h"
#include "server/search/signature_numbers.h"

namespace cairn::search {

template <typename T>
using HashTable = boost::unordered_flat_map<std::int64_t, T>;

// What the dictionary holds, by content hash, so that adding rows reads nothing from disk.
struct KnownContent {
  struct Address {
    std::int64_t id = 0;
    std::int64_t names_hash = 0;  // 0: no names.
  };
  struct Stack {
    std::int64_t number = 0;
    // Of the names that it was last given with; kNotCompared if this process has not seen it yet.
    std::int64_t names_hash = 0;
  };
  struct Input {
    std::int64_t number = 0;
    std::int64_t signature_hash = 0;
  };
  std::int64_t next_frame_id = 0;
  std::int64_t next_address_id = 0;
  NumberPool stack_numbers;
  NumberPool input_numbers;
  NumberPool signature_numbers;
  HashTable<std::int64_t> frames;  // To the id.
  HashTable<Address> addresses;
  HashTable<Stack> stacks;
  HashTable<Input> inputs;
  HashTable<std::int64_t> signatures;  // To the number.

  static constexpr std::int64_t kNotCompared = 0;
};

class DictionaryBatch {
 public:
  explicit DictionaryBatch(const KnownContent& known) : known_(known) {
    fresh_.next_frame_id = known.next_frame_id;
    fresh_.next_address_id = known.next_address_id;
  }

  // What they note must live until Write.
  void NoteInput(const SignatureInput& input);
  void NoteStack(const RawStack& stack);
  // New names of an address; nothing happens if the dictionary does not know the address.
  void NoteNames(const StackFrame& frame);
  // A new signature of an input that is there.
  void NoteSignature(std::int64_t input_id, const Signature& signature);

  // Whether the file has to change.
  bool empty() const { return inputs_.empty() && signatures_.empty() && stacks_.empty() && names_.empty(); }

  // Within a transaction of the caller.
  base::Status Write(DuckConnection& connection, const std::string& catalog) const;

  // Makes what was noted known, once it is committed (or if there was nothing to write).
  void MergeInto(KnownContent& known) const;

  // What inputs are called that were noted with a new signature, by numbers.
  std::vector<SignatureNumbers::Entry> NewSignatures() const;

 private:
  struct Frame {
    std::int64_t id;
    std::int64_t hash;
    const std::string* module;
    const NamedFrame* name;
  };
  struct NewAddress {
    std::int64_t id;
    std::int64_t hash;
    const StackFrame* frame;
  };
  struct Name {
    std::int64_t frame_id;
    std::uint32_t line;
  };
  struct NewStack {
    std::int64_t id;
    std::int64_t number;
    std::vector<std::int64_t> address_ids;
  };

  std::int64_t NoteAddress(const StackFrame& frame);
  void NoteNamesOf(const StackFrame& frame, std::int64_t address_hash, const KnownContent::Address& address);
  std::int64_t NoteFrame(const NamedFrame& name, const std::string& module);
  void NoteText(const std::string& signature);
  const KnownContent::Input& InputOf(std::int64_t input_id) const;
  base::Status WriteNames(DuckConnection& connection, const std::string& catalog) const;
  base::Status WriteStacks(DuckConnection& connection, const std::string& catalog) const;
  base::Status WriteSignatures(DuckConnection& connection, const std::string& catalog) const;

  const KnownContent& known_;
  KnownContent fresh_;  // What is new, or has changed.
  std::vector<Frame> frames_;
  std::vector<NewAddress> addresses_;
  std::map<std::int64_t, std::vector<Name>> names_;  // By address id: all, in place of what was there.
  std::vector<std::int64_t> renamed_;                // Address ids that had names before.
  std::vector<NewStack> stacks_;
  std::vector<const SignatureInput*> inputs_;
  std::map<std::int64_t, const Signature*> signatures_;  // By input id.
  std::vector<const std::string*> texts_;                // Signatures that no input had.
};

}  // namespace cairn::search
