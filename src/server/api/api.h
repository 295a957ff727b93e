// The JSON interface for the site and for scripts: docs/api/openapi.yaml says what each route takes and
// gives.
//
// Permissions: what a caller may not see is left out of search altogether (pings without view_pings) or
// refused (one ping by its id), and of documents only what is public goes out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include "os/clock.h"
#include "server/api/crash_signature.h"
#include "server/api/late_names.h"
#include "server/api/product_answers.h"
#include "server/api/search_limits.h"
#include "server/http/router.h"
#include "server/registry/registry.h"
#include "server/search/crash_index.h"
#include "server/store/audit_log.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::api {

// How long a request waits for a document that is not made yet, and how many wait at once.
inline constexpr auto kAwaitDocument = std::chrono::milliseconds(1000);
inline constexpr int kMaxDocumentWaiters = 4;

// Of one export. An export reads the index for as long as some hundred searches take.
inline constexpr std::uint64_t kMaxExportRows = 1'000'000;                // A spreadsheet has 1,048,576.
inline constexpr std::uint64_t kMaxExportBytes = std::uint64_t{1} << 30;  // A Parquet file lies on the disk.
// A page lies in memory, and a row may have 32 KiB of a text: the first is small, so that it is there at
// once, and tells how many rows make about kExportPageBytes.
inline constexpr std::uint32_t kFirstExportPageRows = 500;
inline constexpr std::uint32_t kExportPageRows = 10'000;
inline constexpr std::uint64_t kExportPageBytes = 4 << 20;
// Of all exports together.
inline constexpr int kMaxExportsAtOnce = 16;        // Each holds a page in memory while its client reads.
inline constexpr int kMaxExportsOfStrangers = 8;    // Of callers who are not known.
inline constexpr int kMaxParquetExportsAtOnce = 2;  // Each holds a thread that answers searches.

struct ExportLimits {
  std::uint64_t rows = kMaxExportRows;
  std::uint64_t bytes = kMaxExportBytes;  // May be passed by one page.
  std::uint32_t first_page_rows = kFirstExportPageRows;
  std::uint32_t page_rows = kExportPageRows;
  std::uint64_t page_bytes = kExportPageBytes;
};

struct ExportTurns {
  std::counting_semaphore<> all{kMaxExportsAtOnce};
  std::counting_semaphore<> of_strangers{kMaxExportsOfStrangers};
  std::counting_semaphore<> parquet{kMaxParquetExportsAtOnce};
};

// All borrowed; they must outlive the routes. Handlers run on any thread.
struct ApiParts {
  const search::CrashIndex& index;
  const store::BlobStore& blobs;
  store::Queue& queue;
  const registry::Registry& registry;
  std::function<void()> arrived;  // Called when there is something to process. May be empty.
  std::function<std::int64_t()> clock = os::UnixMillis;
  store::AuditLog* audit = nullptr;  // Told of protected reads and of changes. Null: nobody is.
  FindNames find_names;              // Of symbols that are here now. Empty: documents have what they have.
  RulesInForce rules;                // By which signatures are made of what callers send. Empty: Cairn's own.
  std::shared_ptr<std::counting_semaphore<>> waiters =
      std::make_shared<std::counting_semaphore<>>(kMaxDocumentWaiters);
  // Products whose crashes are not for everybody; nothing: they cannot be known now. Empty: there are none.
  std::function<std::optional<std::vector<std::string>>()> products_by_token = {};
  // Whether the directory has a product of that name. Empty: a search may name any.
  std::function<base::Result<bool>(const std::string& product)> knows_product = {};
  std::shared_ptr<ProductAnswers> product_answers = std::make_shared<ProductAnswers>();
  // What came before is gone by its age, whatever it was. `asked_ms` is how far back somebody asks: where
  // that is kept anyhow the answer need not be exact. Empty: nothing goes.
  std::function<std::int64_t(search::CrashKind kind, std::int64_t asked_ms)> kept_since_ms = {};
  std::string spool_folder = ".";  // For files that become answers.
  SearchLimits search_limits = {};
  ExportLimits export_limits = {};
  // Shared with exports that are being sent, which may outlive the routes.
  std::shared_ptr<ExportTurns> export_turns = std::make_shared<ExportTurns>();
  // Names of graphics adapters, of Debian's package pci.ids; need not be there.
  std::string pci_ids_path = "/usr/share/misc/pci.ids";
};

std::vector<http::Route> MakeRoutes(const ApiParts& parts);

http::Response ProcessedCrash(const ApiParts& parts, const http::Request& request);

// Notes that the caller did something; a refusal to do it if that cannot be noted.
std::optional<http::Response> NoteInAudit(const ApiParts& parts, const http::Request& request,
                                          std::string_view action, std::string_view object);

// "bp-" taken off and in lower case; nothing if the rest is not 8-4-4-4-12 hex digits.
std::optional<std::string> ParseCrashId(std::string_view text);

}  // namespace cairn::api
