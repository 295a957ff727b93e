// Diagnostics record what was lost on the way, so that a crash with a broken part is still a crash, and says
// so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::model {

enum class Stage : std::uint8_t { kCapture, kMinidump, kUnwind, kSymbols, kSignature, kPing, kProcess };

std::string_view StageName(Stage stage);

struct Diagnostic {
  Stage stage = Stage::kMinidump;
  base::Code code = base::Code::kBadValue;
  std::uint64_t offset = 0;
  std::string what;  // The field or step in words; never what a user sent.
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

class Diagnostics {
 public:
  // More than this many are counted, not kept: a hostile dump must not fill a report with complaints.
  static constexpr std::size_t kMaxKept = 100;

  void Add(Stage stage, const base::Error& error) {
    Add({stage, error.code, error.offset, std::string(error.what)});
  }
  void Add(Diagnostic diagnostic) {
    if (kept_.size() < kMaxKept) {
      kept_.push_back(std::move(diagnostic));
    } else {
      ++dropped_;
    }
  }

  const std::vector<Diagnostic>& kept() const { return kept_; }
  std::size_t dropped() const { return dropped_; }

 private:
  std::vector<Diagnostic> kept_;
  std::size_t dropped_ = 0;
};

}  // namespace cairn::model
