#include "apps/server_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/permissions.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {
namespace {

class RouteTableTest : public ::testing::Test {
 protected:
  std::vector<http::Route> Table(bool is_public) {
    return MakeRouteTable({.blobs = blobs_,
                           .queue = *queue_,
                           .index = *index_,
                           .symbols = {.intake = intake_,
                                       .directory = *directory_,
                                       .sessions = *sessions_,
                                       .public_by_default = is_public,
                                       .public_url = {},
                                       .fetch = {}},
                           .healing = healing_,
                           .symbol_lookup = symbol_lookup_,
                           .symbolicator = symbolicator_,
                           .missing_symbols = *missing_,
                           .registry = registry_,
                           .rules = *rules_,
                           .edge = {*spool_, *ledger_, {}, {}},
                           .spool_folder = folder_.Path(""),
                           .purge = {blobs_, *queue_, *directory_, *index_, *ledger_, *spool_, packs_},
                           .signing = *signing_,
                           .health = health_,
                           .metrics = [](http::Request&) { return http::Response(); },
                           .metrics_public = is_public});
  }

  Health health_{[] { return std::vector<HealthError>(); }};
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  std::unique_ptr<search::DuckDbIndex> index_ = *search::DuckDbIndex::Open(folder_.Path("index"));
  std::unique_ptr<signing::Signing> signing_ = *signing::Signing::Open({*index_, blobs_});
  registry::Registry registry_ = registry::Registry::BuiltIn();
  std::unique_ptr<collector::RuleSource> rules_ =
      collector::RuleSource::Open("general", blobs_, 0, [](const std::string&) {});
  std::unique_ptr<pings::Ledger> ledger_ = *pings::Ledger::Open(folder_.Path("pings.sqlite"));
  std::unique_ptr<pings::Spool> spool_ = *pings::Spool::Open(folder_.Path("pings"), {});
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  std::mutex packs_;
  symbolication::Symbolicator symbolicator_{{.caches_for_request = {}}};
  std::unique_ptr<missing_symbols::MissingSymbols> missing_ =
      *missing_symbols::MissingSymbols::Open(folder_.Path("missing"));
  symbol_store::SymbolStore symbols_{blobs_, {.program = "/nowhere", .spool_folder = folder_.Path("")}};
  symbol_store::SymbolIntake intake_{symbols_, directory_->symbol_records()};
  std::unique_ptr<symbols::UploadSessions> sessions_ =
      *symbols::UploadSessions::Open(folder_.Path("sessions"));
  symbol_lookup::SymbolLookup symbol_lookup_{symbols_, nullptr};
  healing::Healing healing_{
      {.queue = *queue_, .index = *index_, .signing = *signing_, .symbols = symbol_lookup_}};
};

// Whoever adds a route adds its line here, and so says on purpose who may use it.
TEST_F(RouteTableTest, EveryRouteSaysWhoMayUseIt) {
  std::vector<std::string> lines;
  for (const http::Route& route : Table(false)) {
    lines.push_back(route.method + " " + route.pattern + " " + route.permission);
  }
  EXPECT_THAT(lines,
              ::testing::UnorderedElementsAre(
                  "POST /submit anybody", "POST /minidump anybody", "POST /api/{project}/minidump anybody",
                  "POST /api/{project}/minidump/ anybody",
                  // When rules changed, and what they say.
                  "GET /api/RuleChanges/ anybody", "GET /api/RuleChanges anybody",
                  "GET /api/RuleSet/ administer", "GET /api/RuleSet administer",
                  "POST /submit/{namespace}/{*rest} anybody", "PUT /submit/{namespace}/{*rest} anybody",
                  "GET /api/PingRejects/ view_pings", "GET /api/PingRejects view_pings",
                  "POST /api/PingReplay/ reprocess_crashes", "POST /api/PingReplay reprocess_crashes",
                  // Both leave out, per crash and field, what the caller may not see: api tests.
                  "GET /api/SuperSearch/ anybody", "GET /api/SuperSearch anybody",
                  "GET /api/ProcessedCrash/ anybody", "GET /api/ProcessedCrash anybody",
                  "GET /api/DataDictionary/ anybody", "GET /api/DataDictionary anybody",
                  "POST /api/Reprocessing/ reprocess_crashes", "POST /api/Reprocessing reprocess_crashes",
                  "POST /api/CrashSignature/ anybody", "POST /api/CrashSignature anybody",
                  "POST /api/Purge/ purge_crashes", "POST /api/Purge purge_crashes",
                  "GET /api/SetAside/ reprocess_crashes", "GET /api/SetAside reprocess_crashes",
                  "GET /api/Healing/ upload_symbols", "GET /api/Healing upload_symbols",
                  "POST /api/Healing/ upload_symbols", "POST /api/Healing upload_symbols",
                  // Lists and rules may name what is not public; where a signature's crashes went, searches
                  // tell as well.
                  "GET /api/Signing/ administer", "GET /api/Signing administer",
                  "GET /api/Signing/history/ administer", "GET /api/Signing/history administer",
                  "POST /api/Signing/preview/ administer", "POST /api/Signing/preview administer",
                  "POST /api/Signing/save/ administer", "POST /api/Signing/save administer",
                  "POST /api/Signing/undo/ administer", "POST /api/Signing/undo administer",
                  "POST /api/Signing/merge/ administer", "POST /api/Signing/merge administer",
                  "POST /api/Signing/rename/ administer", "POST /api/Signing/rename administer",
                  "POST /api/Signing/split/ administer", "POST /api/Signing/split administer",
                  "GET /api/ResolveSignature/ anybody", "GET /api/ResolveSignature anybody",
                  "GET /api/SimilarSignatures/ anybody", "GET /api/SimilarSignatures anybody",
                  "POST /upload/ upload_symbols|upload_try_symbols",
                  "POST /upload/auth_info/ upload_symbols|upload_try_symbols",
                  "POST /upload/v2/ upload_symbols|upload_try_symbols",
                  "POST /upload/v2/{id}/complete upload_symbols|upload_try_symbols",
                  "POST /symupload upload_symbols|upload_try_symbols",
                  "GET /v1/symbols/{file}/{id}:checkStatus upload_symbols|upload_try_symbols",
                  "POST /v1/uploads:create upload_symbols|upload_try_symbols",
                  "POST /v1/uploads/{key}:complete upload_symbols|upload_try_symbols",
                  // Its URL holds a secret.
                  "PUT /upload/session/{session}/{index} anybody",
                  // Each answers by what a product's symbols are to the caller: tests of src/server/symbols.
                  "GET /api/syminfo/{file}/{id:hex} anybody", "GET /buildid/{id:hex}/debuginfo anybody",
                  "GET /buildid/{id:hex}/executable anybody", "GET /buildid/{id:hex}/source/{*path} anybody",
                  "GET /buildid/{id:hex}/section/{*name} anybody",
                  "GET /{file}/elf-buildid-sym-{id:hex}/{name} anybody",
                  "GET /{file}/elf-buildid-{id:hex}/{name} anybody",
                  "GET /try/{debug_file}/{debug_id:hex}/{symbols} anybody",
                  "GET /try/{debug_file}/{debug_id}/{symbols}.sym anybody",
                  "GET /{debug_file}/{debug_id:hex}/{symbols} anybody",
                  "GET /{debug_file}/{debug_id}/{symbols}.sym anybody",
                  // Of the caller's own uploads, or with view_all_uploads of all.
                  "GET /api/uploads/ anybody", "GET /api/uploads/upload/{id} anybody",
                  "GET /api/uploads/files/ anybody", "GET /api/uploads/files/file/{id} anybody",
                  "GET /api/uploads/usage/ anybody", "GET /api/uploads/duplicates/ anybody",
                  "GET /__heartbeat__ anybody", "GET /__lbheartbeat__ anybody", "GET /__version__ anybody",
                  // Names are what symbol files hold. A preflight says nothing.
                  "POST /symbolicate/v5 upload_symbols", "OPTIONS /symbolicate/v5 anybody",
                  "POST /symbolicate/v4 upload_symbols", "OPTIONS /symbolicate/v4 anybody",
                  "GET /api/MissingSymbols/ upload_symbols", "GET /api/MissingSymbols upload_symbols",
                  "GET /missingsymbols.csv upload_symbols", "GET /metrics view_metrics"));
}

TEST_F(RouteTableTest, EveryPermissionIsOneThatATokenCanCarry) {
  for (const http::Route& route : Table(false)) {
    std::string names = route.permission;
    std::ranges::replace(names, '|', ',');
    const bool known = names == http::kAnybody || store::PermissionSet::Parse(names).has_value();
    EXPECT_TRUE(known && !names.empty()) << route.pattern;
  }
}

TEST_F(RouteTableTest, NobodyGetsInWithoutThePermission) {
  const std::vector<http::Route> table = Table(false);
  const http::Router router(table, {});
  for (const http::Route& route : table) {
    if (route.permission == http::kAnybody) continue;
    http::Request request{.method = route.method};
    std::string path = route.pattern;  // A path that it takes: "{id}" is a name like any other.
    std::erase_if(path, [](char c) { return c == '{' || c == '}'; });
    request.segments = *http::SplitPath(path);
    const http::Router::Admission admission = router.Admit(request);
    ASSERT_TRUE(admission.refusal) << route.pattern;
    EXPECT_EQ(admission.refusal->status, 403) << route.pattern;
  }
}

TEST_F(RouteTableTest, WhatIsPublicOnLoopbackIsNamesOfAddressesAndMetrics) {
  const std::vector<http::Route> closed = Table(false);
  const std::vector<http::Route> open = Table(true);
  ASSERT_EQ(open.size(), closed.size());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const std::string& pattern = open[i].pattern;
    const bool is_open = pattern.starts_with("/symbolicate/") || pattern.starts_with("/api/MissingSymbols") ||
                         pattern == "/missingsymbols.csv" || pattern == "/metrics";
    EXPECT_EQ(open[i].permission, is_open ? std::string(http::kAnybody) : closed[i].permission)
        << open[i].pattern;
  }
}

}  // namespace
}  // namespace cairn::apps
