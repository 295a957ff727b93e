// StoredInput is a signature input as the index has it, with what it is called today, for whoever signs all
// of history again; InputReader goes through them.
//
// Its stacks borrow from the reader: frames that many stacks share are there once.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/deadline.h"
#include "server/search/query.h"
#include "server/search/raw_stack.h"
#include "server/search/signature_input.h"

namespace cairn::search {

inline constexpr std::size_t kMaxInputsPerPage = 20'000;  // Of forty frames each, some 200 MB.

inline constexpr std::size_t kMaxAddressesPerPage = 20'000;

using BorrowedStack = std::vector<const StackFrame*>;  // Innermost first.

struct StoredInput {
  std::int64_t id = 0;
  BorrowedStack stack;                     // Of the crashing thread.
  std::vector<BorrowedStack> more_stacks;  // As in SignatureInput::Parts.
  std::string platform;
  std::string reason;
  std::string annotations_json;  // An object of texts.
  Signature signature;
  std::uint64_t crashes = 0;  // That have it; 0 if they were not asked for, or are all gone.
  std::string example;        // The id of one of them.
};

struct InputQuestion {
  std::optional<std::int64_t> after;  // Begin behind the input with this id.
  bool with_crashes = false;          // Count them, and name one: takes a pass over all crashes.
  std::vector<std::int64_t> only;     // Not empty: the inputs with these ids alone.
  Deadline deadline = {};             // Of all pages together.
};

// Where an address is among those of a module's build.
struct AddressPlace {
  std::uint64_t module_offset = 0;
  std::string module;  // Some builds go by several names.

  friend auto operator<=>(const AddressPlace&, const AddressPlace&) = default;
};

struct AddressQuestion {
  std::string debug_id;
  std::optional<AddressPlace> after;  // Begin behind it.
  std::size_t addresses_max = kMaxAddressesPerPage;
};

// Whose like are looked for.
struct AlikeQuestion {
  std::string signature;
  // Only inputs of crashes that some of these queries finds; their windows and clauses alone matter. Absent:
  // all inputs.
  std::optional<std::vector<Query>> seen = {};
  Deadline deadline = {};
};

// Inputs to look for like crashes in, by their ids.
struct AlikeInputs {
  std::vector<std::int64_t> of_signature;
  std::vector<std::int64_t> of_others;  // Those that share most rare frames first; a few of each signature.
};
inline constexpr std::size_t kMaxInputsOfSignature = 5;
inline constexpr std::size_t kMaxAlikeInputs = 200;

// One thread at a time. What is added or named meanwhile may or may not be seen; counts are those of the
// beginning.
class InputReader {
 public:
  virtual ~InputReader() = default;

  // The next inputs in the order of their ids, with their signatures of this moment; none at the end.
  // At most `inputs_max`, which is cut to kMaxInputsPerPage. Valid until the next call.
  virtual base::Result<std::span<const StoredInput>> Next(std::size_t inputs_max) = 0;
};

}  // namespace cairn::search
