// The one table of what cairn-server answers: the routes of all roles, each with its permission.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/health.h"
#include "server/accounts/accounts.h"
#include "server/api/search_limits.h"
#include "server/bugs/tracker.h"
#include "server/collector/collector_metrics.h"
#include "server/collector/rule_source.h"
#include "server/healing/healing.h"
#include "server/http/router.h"
#include "server/missing_symbols/missing_symbols.h"
#include "server/pings/pings.h"
#include "server/registry/registry.h"
#include "server/retention/policy.h"
#include "server/retention/purge.h"
#include "server/search/crash_index.h"
#include "server/signing/signing.h"
#include "server/sql/sql_routes.h"
#include "server/store/audit_log.h"
#include "server/store/blob_store.h"
#include "server/store/directory.h"
#include "server/store/queue.h"
#include "server/symbol_lookup/symbol_lookup.h"
#include "server/symbolication/symbolicator.h"
#include "server/symbols/symbol_routes.h"

namespace cairn::apps {

// What the routes work on. All borrowed; it must outlive them.
struct RouteParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  search::CrashIndex& index;
  symbols::SymbolRoutesParts symbols;
  healing::Healing& healing;
  symbol_lookup::SymbolLookup& symbol_lookup;
  symbolication::Symbolicator& symbolicator;
  missing_symbols::MissingSymbols& missing_symbols;
  const registry::Registry& registry;
  collector::RuleSource& rules;
  pings::EdgeParts edge;
  std::function<void()> arrived;  // Called when there is something to process.
  std::string spool_folder;
  api::SearchLimits search_limits = {};
  collector::CollectorMetrics* collector_metrics = nullptr;  // May be null.
  store::AuditLog* audit = nullptr;                          // Null: nothing is audited.
  retention::PurgeParts purge;
  signing::Signing& signing;
  store::Directory& directory;
  accounts::Accounts& accounts;
  std::vector<bugs::Tracker> trackers;
  std::string sql_program;  // Path of cairn-sql.
  sql::SqlOptions sql = {};
  Health& health;
  http::Handler metrics;        // What answers GET /metrics.
  bool metrics_public = false;  // Whether anybody may read them.
  // Whether anybody may see what is public; else only who is known. Reports, pings and symbols come and go as
  // before.
  bool anonymous_view = true;
  retention::Policy retention_policy = {};  // What searches say of what is gone.
};

std::vector<http::Route> MakeRouteTable(const RouteParts& parts);

}  // namespace cairn::apps
