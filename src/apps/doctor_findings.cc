#include "apps/doctor_findings.h"

#include <algorithm>
#include <utility>

#include "base/json_writer.h"

namespace cairn::apps {

std::string NameOf(FindingState state) {
  switch (state) {
    case FindingState::kOk: return "ok";
    case FindingState::kWarn: return "warn";
    case FindingState::kFail: return "fail";
  }
  return "fail";
}

void Findings::Ok(std::string check, std::string found) {
  findings_.push_back({std::move(check), FindingState::kOk, std::move(found), ""});
}

void Findings::Warn(std::string check, std::string found, std::string remedy) {
  findings_.push_back({std::move(check), FindingState::kWarn, std::move(found), std::move(remedy)});
}

void Findings::Fail(std::string check, std::string found, std::string remedy) {
  findings_.push_back({std::move(check), FindingState::kFail, std::move(found), std::move(remedy)});
}

bool Findings::failed() const {
  return std::ranges::any_of(findings_,
                             [](const Finding& finding) { return finding.state == FindingState::kFail; });
}

std::string Findings::AsText() const {
  std::string text;
  for (const Finding& finding : findings_) {
    std::string state = NameOf(finding.state);
    state.resize(6, ' ');
    text += state + finding.check + ": " + finding.found;
    if (!finding.remedy.empty()) text += ": " + finding.remedy;
    text += "\n";
  }
  return text;
}

std::string Findings::AsJson() const {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("checks");
  json.BeginArray();
  for (const Finding& finding : findings_) {
    json.BeginObject();
    json.TextField("check", finding.check);
    json.TextField("state", NameOf(finding.state));
    json.TextField("found", finding.found);
    json.TextField("remedy", finding.remedy);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::apps
