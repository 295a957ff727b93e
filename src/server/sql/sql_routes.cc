#include "server/sql/sql_routes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "base/time_units.h"
#include "base/utf8.h"
#include "os/file.h"
#include "server/http/noted.h"
#include "server/store/permissions.h"
#include "server/worker/spawn.h"

namespace cairn::sql {
namespace {

using http::ErrorResponse;
using http::Response;
using search::CrashKind;

constexpr std::int64_t kMinuteMs = 60'000;
using base::kDayMs;
constexpr std::size_t kMaxBodyBytes = 2 * kMaxStatementBytes;  // Escapes.

bool MayViewPings(const http::Request& request) {
  return request.caller.Has(store::NameOf(store::Permission::kViewPings));
}

struct Order {
  std::string statement;
  StatementLimits limits;
  int seconds = 0;
};

std::variant<Order, Response> ReadOrder(const SqlParts& parts, const http::Request& request) {
  Order order{.limits = parts.options.limits, .seconds = parts.options.seconds};
  simdjson::dom::parser parser;
  const auto body = base::ParseJson(parser, request.body);
  std::string_view text;
  if (body["sql"].get(text) != simdjson::SUCCESS)
    return ErrorResponse(400, "The body is not a JSON object with a text \"sql\"");
  if (text.size() > kMaxStatementBytes)
    return ErrorResponse(400, "sql: more than " + std::to_string(kMaxStatementBytes) + " bytes");
  order.statement = text;
  const auto at_most = [&](const char* name, auto& limit) {
    std::uint64_t number = 0;
    const auto found = body[name].get(number);
    if (found == simdjson::NO_SUCH_FIELD) return true;
    if (found != simdjson::SUCCESS || number == 0 || number > static_cast<std::uint64_t>(limit)) return false;
    limit = static_cast<std::remove_reference_t<decltype(limit)>>(number);
    return true;
  };
  if (!at_most("rows", order.limits.rows))
    return ErrorResponse(400, "rows: not from 1 to " + std::to_string(parts.options.limits.rows));
  if (!at_most("seconds", order.seconds))
    return ErrorResponse(400, "seconds: not from 1 to " + std::to_string(parts.options.seconds));
  return order;
}

std::optional<Response> NoteStatement(const SqlParts& parts, const http::Request& request,
                                      const std::string& statement) {
  if (parts.audit == nullptr) return std::nullopt;
  const base::Status noted = parts.audit->Note(
      {.who = http::AuditNameOf(request.caller), .action = "sql", .object = base::ToValidUtf8(statement)});
  return noted ? std::nullopt : std::optional(http::NotNoted(noted.error()));
}

// What the process is given, in the order of its descriptors.
struct Inputs {
  os::FileDescriptor statement;
  os::FileDescriptor output;
  search::Snapshot reports;
  std::optional<search::Snapshot> pings;
};

base::Result<Inputs> MakeInputs(const SqlParts& parts, const Order& order, bool with_pings) {
  search::SnapshotQuestion question{.kind = CrashKind::kReport,
                                    .from_ms = parts.clock() - parts.options.days * kDayMs,
                                    .max_age_ms = parts.options.refresh_minutes * kMinuteMs};
  // So that a copy will do that was made for the question of a moment before.
  question.from_ms -= question.from_ms % kDayMs;
  Inputs inputs;
  ASSIGN_OR_RETURN(inputs.reports, parts.index.TakeSnapshot(question));
  if (with_pings) {
    question.kind = CrashKind::kPing;
    ASSIGN_OR_RETURN(inputs.pings, parts.index.TakeSnapshot(question));
  }
  ASSIGN_OR_RETURN(inputs.statement, os::CreateInMemory());
  RETURN_IF_ERROR(os::WriteAll(inputs.statement.get(), base::AsBytes(order.statement)));
  RETURN_IF_ERROR(os::Rewind(inputs.statement.get()));
  ASSIGN_OR_RETURN(inputs.output, os::CreateNameless(parts.spool_folder));
  return inputs;
}

base::Result<worker::RunResult> RunIn(const SqlParts& parts, const Order& order, const Inputs& inputs) {
  std::vector<std::string> arguments = {std::to_string(order.limits.rows), std::to_string(order.limits.bytes),
                                        std::to_string(order.limits.memory_mb)};
  std::vector<int> files = {inputs.statement.get(), inputs.output.get(), inputs.reports.file.get()};
  if (inputs.pings) {
    arguments.emplace_back(kWithPings);
    files.push_back(inputs.pings->file.get());
  }
  return worker::RunOnce(
      parts.program, arguments, files,
      {.timeout_ms = order.seconds * 1000, .cpu_seconds = static_cast<std::uint64_t>(order.seconds) + 1});
}

Response AnswerOf(const Order& order, Inputs inputs, const worker::RunResult& run) {
  using End = worker::RunResult::End;
  if (const base::Status rewound = os::Rewind(inputs.output.get()); !rewound)
    return ErrorResponse(500, base::Describe(rewound.error()));
  if (run.end == End::kTooSlow)
    return ErrorResponse(
        400, "The statement took more than " + std::to_string(order.seconds) + " seconds and was ended");
  if (run.end == End::kKilled)
    return ErrorResponse(400,
                         "The statement needed more memory than it may have, or broke what runs it: it was "
                         "ended by signal " +
                             std::to_string(run.code));
  if (run.code == kRefused) {
    const base::Result<std::string> sentence = os::ReadAll(inputs.output.get(), kMaxSentenceBytes);
    return ErrorResponse(400, sentence ? *sentence : "The statement was refused");
  }
  if (run.code != kAnswered)
    return ErrorResponse(500, "cairn-sql could not begin: it ended with " + std::to_string(run.code));
  Response response = http::JsonResponse(200, "");
  response.headers.push_back({"Cairn-Snapshot", os::FormatIso(inputs.reports.made_ms)});
  response.file = std::move(inputs.output);
  return response;
}

// The statement's tables hold all products: who does not see all of them may not ask.
std::optional<Response> RefuseHidden(const SqlParts& parts, const http::Request& request) {
  if (!parts.hidden_products) return std::nullopt;
  const base::Result<std::vector<std::string>> hidden = parts.hidden_products(request.caller);
  if (!hidden) return ErrorResponse(500, "The directory could not answer: " + base::Describe(hidden.error()));
  if (hidden->empty()) return std::nullopt;
  return ErrorResponse(403,
                       "SQL sees all products, and some are closed to you: it needs view_closed_products");
}

Response RunSql(const SqlParts& parts, const http::Request& request) {
  if (std::optional<Response> refusal = RefuseHidden(parts, request)) return *std::move(refusal);
  std::variant<Order, Response> read = ReadOrder(parts, request);
  if (auto* const refusal = std::get_if<Response>(&read)) return std::move(*refusal);
  const auto& order = std::get<Order>(read);
  if (!parts.turns->try_acquire()) {
    Response busy = ErrorResponse(429, "Other statements are running: try again soon");
    busy.headers.push_back({"Retry-After", "10"});
    return busy;
  }
  const std::unique_ptr<std::counting_semaphore<>, void (*)(std::counting_semaphore<>*)> turn(
      parts.turns.get(), [](std::counting_semaphore<>* turns) { turns->release(); });
  if (std::optional<Response> refusal = NoteStatement(parts, request, order.statement))
    return *std::move(refusal);
  base::Result<Inputs> inputs = MakeInputs(parts, order, MayViewPings(request));
  if (!inputs) return ErrorResponse(500, "The index could not be copied: " + base::Describe(inputs.error()));
  const base::Result<worker::RunResult> run = RunIn(parts, order, *inputs);
  if (!run) return ErrorResponse(500, "cairn-sql does not start; it must lie beside cairn-server");
  return AnswerOf(order, *std::move(inputs), *run);
}

void WriteTable(const search::SnapshotTable& table, std::string_view name, base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("name", name);
  json.Key("columns");
  json.BeginArray();
  for (const search::SnapshotColumn& column : table.columns) {
    json.BeginObject();
    json.TextField("name", column.name);
    json.TextField("type", column.type);
    json.TextField("description", column.description);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

Response DescribeSql(const SqlParts& parts, const http::Request& request) {
  const std::vector<search::SnapshotTable> tables = search::SnapshotTables();
  base::JsonWriter json;
  json.BeginObject();
  json.Key("tables");
  json.BeginArray();
  for (const search::SnapshotTable& table : tables) WriteTable(table, table.name, json);
  if (MayViewPings(request)) {
    WriteTable(tables.at(0), "pings", json);
    WriteTable(tables.at(1), "ping_frames", json);
  }
  json.EndArray();
  json.NumberField("days", parts.options.days);
  json.NumberField("refresh_minutes", parts.options.refresh_minutes);
  json.NumberField("rows", parts.options.limits.rows);
  json.NumberField("bytes", parts.options.limits.bytes);
  json.NumberField("memory_mib", parts.options.limits.memory_mb);
  json.NumberField("seconds", parts.options.seconds);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace

std::vector<http::Route> MakeRoutes(const SqlParts& parts) {
  const std::string permission(store::NameOf(store::Permission::kRunCustomQueries));
  std::vector<http::Route> routes;
  for (const std::string pattern : {"/api/SQL/", "/api/SQL"}) {
    routes.push_back({.method = "GET",
                      .pattern = pattern,
                      .permission = permission,
                      .handler = [parts](http::Request& request) { return DescribeSql(parts, request); }});
    routes.push_back({.method = "POST",
                      .pattern = pattern,
                      .permission = permission,
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = kMaxBodyBytes,
                      .handler = [parts](http::Request& request) { return RunSql(parts, request); }});
  }
  return routes;
}

}  // namespace cairn::sql
