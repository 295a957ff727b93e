#include "server/api/crash_signature.h"

#include <simdjson.h>

#include "analysis/signature/signature.h"
#include "analysis/signature_json/crash_data.h"
#include "analysis/signature_json/signature_json.h"
#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::api {
namespace {

void WriteResult(const simdjson::dom::element& job, bool explain, signature::Signer& signer,
                 base::JsonWriter& json) {
  json.BeginObject();
  const base::Result<signature::SignatureInput> input = signature_json::ReadCrashData(job);
  if (!input) {
    json.TextField("error", "A job is an object of crash data");
    json.EndObject();
    return;
  }
  signature::ExplainedSignature explained;
  if (explain) {
    explained = signer.Explain(*input);
  } else {
    explained.signature = signer.Sign(*input);
  }
  json.TextField("signature", explained.signature.text);
  json.Key("notes");
  json.BeginArray();
  for (const std::string& note : explained.signature.notes) json.String(note);
  json.EndArray();
  json.Key("extra");
  json.BeginObject();
  json.TextField("proto_signature", explained.signature.proto);
  json.EndObject();
  if (explain) signature_json::WriteExplanation(explained, json);
  json.EndObject();
}

}  // namespace

http::Response CrashSignature(const std::string& body, const signing::SigningRules& rules) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (base::ParseJson(parser, body).get(document) != simdjson::SUCCESS) {
    return http::ErrorResponse(400, "The body is not JSON: send {\"jobs\": [crash data...]}");
  }
  simdjson::dom::array jobs;
  if (document["jobs"].get(jobs) != simdjson::SUCCESS) {
    return http::ErrorResponse(400, "There is no list of jobs: send {\"jobs\": [crash data...]}");
  }
  std::size_t count = 0;
  for ([[maybe_unused]] const simdjson::dom::element job : jobs) ++count;
  bool explain = false;
  if (document["explain"].get(explain) != simdjson::SUCCESS) explain = false;
  const std::size_t most = explain ? kMaxExplainedJobs : kMaxSignatureJobs;
  if (count > most) {
    return http::ErrorResponse(400,
                               "There may be " + std::to_string(most) + " jobs in a request: send several");
  }
  signature::Signer signer(rules.lists(), rules.custom_rules());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("results");
  json.BeginArray();
  for (const simdjson::dom::element job : jobs) WriteResult(job, explain, signer, json);
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

void AddCrashSignatureRoutes(const RulesInForce& rules, std::vector<http::Route>& routes) {
  const RulesInForce in_force = rules ? rules : RulesInForce(signing::SigningRules::Default);
  for (const std::string pattern : {"/api/CrashSignature/", "/api/CrashSignature"}) {
    routes.push_back({.method = "POST",
                      .pattern = pattern,
                      .permission = std::string(http::kAnybody),
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = kMaxSignatureBytes,
                      .handler = [in_force](http::Request& request) {
                        return CrashSignature(request.body, *in_force());
                      }});
  }
}

}  // namespace cairn::api
