#include "server/api/export.h"

#include <string>
#include <utility>
#include <variant>

#include "server/api/hits_file.h"
#include "server/api/search_request.h"

namespace cairn::api {

http::Response Export(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> given = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&given)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(given);
  const FileFormatRow* const format = FindFileFormat(TakeParameter(parameters, "_format", "csv"));
  if (format == nullptr) return http::ErrorResponse(400, kNoSuchFormat);
  // So that the parameters of any search can be exported: pages and counts have no meaning here.
  for (const std::string_view unused : {"_results_number", "_results_offset", "_facets_size"}) {
    TakeParameters(parameters, unused);
  }
  std::variant<search::Query, http::Response> read = ReadSearch(parts, request, parameters);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& query = std::get<search::Query>(read);
  FileOrder order{.format = *format, .stem = "crashes", .columns = {}};
  for (const search::FieldId field : query.columns) {
    order.columns.push_back({search::FieldOf(field).name, field});
  }
  return SendHits(parts, request, std::move(query), order);
}

}  // namespace cairn::api
