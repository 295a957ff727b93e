#include "server/missing_symbols/missing_symbols_routes.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/csv.h"
#include "base/iso_time.h"
#include "base/json_writer.h"
#include "base/time_units.h"
#include "server/intake/crash_id.h"
#include "server/store/permissions.h"

namespace cairn::missing_symbols {
namespace {

constexpr std::size_t kDefaultHits = 100;
using base::kDayMs;

struct Question {
  MissingFilter filter;
  std::size_t number = kDefaultHits;
  std::size_t offset = 0;
};

// The day before or behind where the operator leaves the day itself out. False: it is no day.
bool TakeDate(std::string_view text, MissingFilter& filter) {
  const std::string_view operation = text.substr(0, text.find_first_of("0123456789"));
  const std::optional<std::int64_t> time = base::ParseIso(text.substr(operation.size()));
  if (!time) return false;
  const auto day = [&](int later) { return intake::DayOf(*time + later * kDayMs); };
  if (operation.empty() || operation == "=")
    filter.first_day = filter.last_day = day(0);
  else if (operation == ">=")
    filter.first_day = day(0);
  else if (operation == ">")
    filter.first_day = day(1);
  else if (operation == "<=")
    filter.last_day = day(0);
  else if (operation == "<")
    filter.last_day = day(-1);
  else
    return false;
  return true;
}

bool TakeNumber(std::string_view text, std::size_t most, std::size_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number <= most;
}

// A sentence for whoever wrote it, or an empty text.
std::string ReadQuestion(const http::Request& request, Question& question) {
  const std::optional<http::QueryFields> fields = http::ParseQuery(request.query);
  if (!fields) return "The query can not be read: check its escapes";
  for (const auto& [name, value] : *fields) {
    if (name == "file") question.filter.file = value;
    if (name == "date" && !TakeDate(value, question.filter))
      return "date: give a day such as 2026-11-22, or >=2026-11-22";
    if (name == "_results_number" && !TakeNumber(value, kMaxHits, question.number))
      return "_results_number: give a number up to " + std::to_string(kMaxHits);
    if (name == "_results_offset" && !TakeNumber(value, kMaxRows, question.offset))
      return "_results_offset: give a number up to " + std::to_string(kMaxRows);
  }
  return {};
}

// "20261122" to "2026-11-22".
std::string ShownDay(const std::string& day) {
  return day.size() == 8 ? day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6) : day;
}

void WriteHit(const MissingRow& row, bool shows_few_clients, base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("debug_file", row.module.debug_file);
  json.TextField("debug_id", row.module.debug_id);
  json.TextField("code_file", row.module.code_file);
  json.TextField("code_id", row.module.code_id);
  json.TextField("first_day", ShownDay(row.first_day));
  json.TextField("last_day", ShownDay(row.last_day));
  const auto number = [&json](std::string_view key, std::uint64_t value) { json.NumberField(key, value); };
  number("crashes", row.crashes);
  if (shows_few_clients || row.clients >= store::kFewestClients) number("clients", row.clients);
  number("symbolications", row.symbolications);
  number("downloads", row.downloads);
  json.EndObject();
}

http::Response ListAsJson(const MissingSymbolsParts& parts, const http::Request& request) {
  Question question;
  if (const std::string mistake = ReadQuestion(request, question); !mistake.empty())
    return http::ErrorResponse(400, mistake);
  const auto rows = parts.missing.List(question.filter, parts.is_there, question.offset + question.number);
  if (!rows)
    return http::ErrorResponse(500, "the list of missing symbols could not be read: try again later");
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  const std::size_t end = std::min(rows->size(), question.offset + question.number);
  const bool shows_few_clients = request.caller.Has("view_pings");
  for (std::size_t i = question.offset; i < end; ++i) WriteHit((*rows)[i], shows_few_clients, json);
  json.EndArray();
  json.NumberField("total", rows->size());
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

http::Response ListAsCsv(const MissingSymbolsParts& parts, const http::Request& request) {
  Question question;
  if (const std::string mistake = ReadQuestion(request, question); !mistake.empty())
    return http::TextResponse(400, mistake);
  const auto rows = parts.missing.List(question.filter, parts.is_there);
  if (!rows) return http::TextResponse(500, "the list of missing symbols could not be read: try again later");
  http::Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = "debug_file,debug_id,code_file,code_id\r\n";
  for (const MissingRow& row : *rows) {
    const MissingModule& module = row.module;
    response.body += base::CsvCell(module.debug_file) + "," + base::CsvCell(module.debug_id) + "," +
                     base::CsvCell(module.code_file) + "," + base::CsvCell(module.code_id);
    response.body += base::kCsvLineEnd;
  }
  return response;
}

}  // namespace

std::vector<http::Route> MakeRoutes(const MissingSymbolsParts& parts) {
  std::vector<http::Route> routes;
  const auto add = [&](const std::string& path,
                       http::Response (*answer)(const MissingSymbolsParts&, const http::Request&)) {
    routes.push_back({.method = "GET",
                      .pattern = path,
                      .permission = parts.permission,
                      .handler = [parts, answer](http::Request& request) { return answer(parts, request); }});
  };
  add("/api/MissingSymbols/", ListAsJson);
  add("/api/MissingSymbols", ListAsJson);
  add("/missingsymbols.csv", ListAsCsv);
  return routes;
}

}  // namespace cairn::missing_symbols
