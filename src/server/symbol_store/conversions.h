// Conversions makes symbol files of debug files that were uploaded raw: ELF, PE, PDB and Mach-O.
//
// Each is an order in the queue, so that a kill forgets none. One thread takes them in turn and has
// cairn-symgen read the file (convert_file.h). Of an ELF file and its debug file, and of a PE file and its
// PDB, whichever comes second is read with the first. A symbol file that somebody uploaded is never replaced.
// What cannot be converted is set aside in the queue with its reason. Any thread may call any method.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/metrics/metrics.h"
#include "server/store/queue.h"
#include "server/store/queue_thread.h"
#include "server/symbol_store/symbol_intake.h"

namespace cairn::symbol_store {

// Of the queue. An id is "<class>/<debug file>/<id>/<file>".
inline constexpr std::string_view kConvertKind = "debug-file";

// Borrowed; all must outlive the Conversions.
struct ConversionParts {
  store::Queue& queue;
  SymbolIntake& intake;
  std::string program;  // The path of cairn-symgen.
  std::function<void(const base::Error&)> trouble = [](const base::Error&) {};
};

struct ConversionMetrics {
  metrics::Counter converted;
  metrics::Counter refused;  // No symbols can be made of them.
  metrics::Counter failed;   // Tries that will be made again.
};

class Conversions {
 public:
  explicit Conversions(ConversionParts parts);

  // A raw file was stored; durable when it returns. What is of no such kind is passed over when its turn
  // comes.
  base::Status Order(store::SymbolClass symbol_class, const SymbolName& name);

  const ConversionMetrics& metrics() const { return metrics_; }

 private:
  enum class Outcome : std::uint8_t { kConverted, kNothingToDo, kRefused, kNotThere };

  void FollowOrder(const store::ClaimedItem& claim);
  // `why` is a sentence if it is refused.
  base::Result<Outcome> Convert(const std::string& id, std::string& why);
  // Stores the text that was made, in place of what was made before of fewer files.
  base::Result<Outcome> Keep(int text_fd, const SymbolName& name, const store::SymbolFileRecord& raw,
                             std::string& why);

  const ConversionParts parts_;
  ConversionMetrics metrics_;
  store::QueueThread thread_;  // Last: it uses all of the above. It ends after the file that it is at.
};

}  // namespace cairn::symbol_store
