// The table of routes over real stores, for its tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apps/server_routes.h"
#include "server/search/duckdb_index.h"
#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::apps {

class RouteTableTest : public ::testing::Test {
 protected:
  std::vector<http::Route> Table(bool is_public, bool anonymous_view = true) {
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
                           .directory = *directory_,
                           .accounts = accounts_,
                           .trackers = {},
                           .sql_program = "/nowhere",
                           .health = health_,
                           .metrics = [](http::Request&) { return http::Response(); },
                           .metrics_public = is_public,
                           .anonymous_view = anonymous_view});
  }

  // Of a new user.
  std::string MakeToken(const std::string& name, store::PermissionSet permissions,
                        const store::Grants& grants) {
    const auto user = directory_->AddUser(name, permissions);
    EXPECT_TRUE(directory_->SetGrants(user->id, grants));
    return directory_->CreateToken({.permissions = permissions, .user_id = user->id, .grants = grants})->text;
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
  accounts::Accounts accounts_{*directory_, nullptr, {}};
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

}  // namespace cairn::apps
