// SignatureInput is all that the signature rules read of a crash, and the signature that they make of it
// today.
//
// Its id is a content hash of what the rules read: the signature itself, late symbols and new rules never
// change it. A crash row keeps this id and no signature, so that rewriting the map from id to signature mends
// all crashes, old ones too. Made once and never changed; crashes share it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/search/raw_stack.h"

namespace cairn::search {

// What an input is called. Texts are empty where nothing is known.
struct Signature {
  std::string signature;
  std::string proto_signature;
  std::string
      group;  // Under the signature: crashes that their frames tell apart (analysis/signature/group.h).

  friend bool operator==(const Signature&, const Signature&) = default;
};

std::int64_t HashOf(const Signature& signature);
// Of the signature's text alone.
std::int64_t TextHashOf(const std::string& signature);

class SignatureInput {
 public:
  struct Parts {
    SharedStack stack;                     // Of the crashing thread. Null: none, as an empty one.
    std::vector<SharedStack> more_stacks;  // Of the other threads that the rules read, in their order.
    std::string platform;                  // "Linux", "Windows NT", "Mac OS X", "Android".
    std::string reason;
    std::map<std::string, std::string> annotations;  // Those that the rules name.
    Signature signature;
  };

  // Text that is not UTF-8 is mended.
  explicit SignatureInput(Parts parts);

  std::int64_t id() const { return id_; }
  // Differs when the signature, proto signature or group differs.
  std::int64_t signature_hash() const { return signature_hash_; }
  const Parts& parts() const { return parts_; }
  // The annotations as a JSON object, by which they are kept.
  const std::string& annotations_json() const { return annotations_json_; }

 private:
  Parts parts_;
  std::string annotations_json_;
  std::int64_t id_;
  std::int64_t signature_hash_;
};

// Shared: see RawStack.
using SharedInput = std::shared_ptr<const SignatureInput>;

SharedInput MakeInput(SignatureInput::Parts parts);

}  // namespace cairn::search
