// Products with what their pages show.
#include <string>

#include "server/accounts/accounts.h"
#include "server/accounts/answers.h"
#include "server/http/json_order.h"

namespace cairn::accounts {
namespace {

using http::Request;
using http::Response;
using store::Visibility;

constexpr std::string_view kPublic = "public";
constexpr std::string_view kToken = "token";
constexpr std::string_view kViewClosedProducts = store::NameOf(store::Permission::kViewClosedProducts);

void WriteLinks(std::string_view key, std::string_view url_key, const std::vector<store::ProductLink>& links,
                base::JsonWriter& json) {
  json.Key(key);
  json.BeginArray();
  for (const store::ProductLink& link : links) {
    json.BeginObject();
    json.TextField("label", link.label);
    json.TextField(url_key, link.url);
    json.EndObject();
  }
  json.EndArray();
}

void WriteProduct(const store::Product& product, base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("name", product.name);
  if (!product.description.empty()) json.TextField("description", product.description);
  json.TextField("crashes", product.crashes == Visibility::kPublic ? kPublic : kToken);
  json.TextField("symbols", product.symbols == Visibility::kPublic ? kPublic : kToken);
  if (product.report_days) json.NumberField("report_days", *product.report_days);
  if (product.ping_days) json.NumberField("ping_days", *product.ping_days);
  json.Key("versions");
  json.BeginArray();
  for (const std::string& version : product.featured_versions) json.String(version);
  json.EndArray();
  WriteLinks("links", "url", product.links, json);
  WriteLinks("bug_links", "url_template", product.bug_links, json);
  json.EndObject();
}

// False: it is neither.
bool TakeVisibility(const std::optional<std::string>& text, Visibility& visibility) {
  if (!text) return true;
  visibility = *text == kPublic ? Visibility::kPublic : Visibility::kByToken;
  return *text == kPublic || *text == kToken;
}

// 0 is as of any other product.
void TakeDays(const std::optional<std::int64_t>& given, std::optional<std::int64_t>& days) {
  if (given) days = *given == 0 ? std::nullopt : given;
}

void TakeLinks(const std::optional<std::vector<http::JsonOrder::Pair>>& given,
               std::vector<store::ProductLink>& links) {
  if (!given) return;
  links.clear();
  for (const auto& [label, url] : *given) links.push_back({label, url});
}

}  // namespace

Response Accounts::ListProducts(Request& request) {
  const base::Result<std::vector<store::Product>> products = directory_.ListProducts();
  if (!products) return AnswerTo(products.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("products");
  json.BeginArray();
  for (const store::Product& product : *products) {
    if (product.crashes == Visibility::kPublic || request.caller.Has(kViewClosedProducts, product.name))
      WriteProduct(product, json);
  }
  json.EndArray();
  json.Key("source_links");
  json.BeginArray();
  for (const SourceLink& link : options_.source_links) {
    json.BeginObject();
    json.TextField("prefix", link.prefix);
    json.TextField("url_template", link.url);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

// What is not given stays as it is.
Response Accounts::SetProduct(Request& request) {
  http::JsonOrder order(request.body);
  const std::string name = order.NeededText("name");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  const base::Result<std::optional<store::Product>> known = directory_.FindProduct(name);
  if (!known) return AnswerTo(known.error());
  store::Product product = known->value_or(store::Product{});
  product.name = name;
  product.description = order.Text("description").value_or(product.description);
  product.featured_versions = order.Texts("versions").value_or(product.featured_versions);
  TakeDays(order.Number("report_days"), product.report_days);
  TakeDays(order.Number("ping_days"), product.ping_days);
  TakeLinks(order.Pairs("links", "label", "url"), product.links);
  TakeLinks(order.Pairs("bug_links", "label", "url_template"), product.bug_links);
  const bool is_visible_so = TakeVisibility(order.Text("crashes"), product.crashes);
  if (!TakeVisibility(order.Text("symbols"), product.symbols) || !is_visible_so)
    return http::ErrorResponse(400, "crashes, symbols: give public or token");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  if (std::optional<Response> refusal = Note(request, "set product", name)) return *std::move(refusal);
  if (const base::Status set = directory_.SetProduct(product); !set) return AnswerTo(set.error());
  base::JsonWriter json;
  WriteProduct(product, json);
  return http::JsonResponse(200, json.Take());
}

Response Accounts::RemoveProduct(Request& request) {
  http::JsonOrder order(request.body);
  const std::string name = order.NeededText("name");
  if (std::optional<Response> refusal = order.refusal()) return *std::move(refusal);
  if (std::optional<Response> refusal = Note(request, "remove product", name)) return *std::move(refusal);
  const base::Status removed = directory_.RemoveProduct(name);
  return removed ? http::JsonResponse(200, "{}") : AnswerTo(removed.error());
}

}  // namespace cairn::accounts
