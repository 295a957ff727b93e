// What `cairn doctor` finds: one finding for each check.
#pragma once

#include <string>
#include <vector>

namespace cairn::apps {

enum class FindingState { kOk, kWarn, kFail };
std::string NameOf(FindingState state);  // "ok", "warn", "fail"

struct Finding {
  std::string check;  // One word.
  FindingState state = FindingState::kOk;
  std::string found;   // A sentence.
  std::string remedy;  // What to do; empty if nothing is to be done.
};

class Findings {
 public:
  void Ok(std::string check, std::string found);
  void Warn(std::string check, std::string found, std::string remedy);
  void Fail(std::string check, std::string found, std::string remedy);

  bool failed() const;
  // "warn  disk: 300 MiB are free: make room", one line each.
  std::string AsText() const;
  // {"checks":[{"check":"disk","state":"warn","found":"...","remedy":"..."}]}
  std::string AsJson() const;

 private:
  std::vector<Finding> findings_;
};

}  // namespace cairn::apps
