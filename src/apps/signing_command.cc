#include "apps/signing_command.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/post_to_server.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

namespace dom = simdjson::dom;

constexpr int kTimeoutMs = 5 * 60'000;  // A preview goes through all of history.
constexpr std::uint64_t kMaxFileBytes = 1 << 20;
constexpr std::array<std::string_view, 4> kListFiles = {
    "signature_sentinels.txt", "irrelevant_signature_re.txt", "prefix_signature_re.txt",
    "signatures_with_line_numbers_re.txt"};
// What a preview tells, and the words for it.
struct Part {
  std::string_view key;
  std::string_view title;
  std::string_view arrow;  // Between a signature and those that its crashes go to, or come from.
};
constexpr Part kParts[] = {{"splits", "split", "->"},
                           {"merges", "merge", "<-"},
                           {"appears", "appear", "<-"},
                           {"vanishes", "vanish", "->"}};
constexpr std::size_t kRowsShown = 20;

std::string TextAt(const dom::element& element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string NumberAt(const dom::element& element, std::string_view key) {
  std::int64_t number = 0;
  return element[key].get(number) == simdjson::SUCCESS ? std::to_string(number) : std::string("?");
}

std::string Encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return encoded;
}

std::string WriteOrder(const std::vector<std::string>& from, const std::string& to, std::int64_t decision,
                       const std::string& why) {
  base::JsonWriter json;
  json.BeginObject();
  if (!from.empty()) {
    json.Key("from");
    json.BeginArray();
    for (const std::string& name : from) json.String(name);
    json.EndArray();
    json.TextField("to", to);
  }
  if (decision > 0) {
    json.NumberField("decision", decision);
  }
  json.TextField("why", why);
  json.EndObject();
  return json.Take();
}

void DescribePart(const dom::element& root, const Part& part, std::string& text) {
  dom::element list;
  if (root[part.key].get(list) != simdjson::SUCCESS) return;
  text += NumberAt(list, "total") + " " + std::string(part.title) + "\n";
  dom::array rows;
  if (list["rows"].get(rows) != simdjson::SUCCESS) return;
  std::size_t shown = 0;
  for (const dom::element row : rows) {
    if (shown++ == kRowsShown) {
      text += "  and others: --json shows more\n";
      return;
    }
    text += "  " + NumberAt(row, "crashes") + "  " + TextAt(row, "signature") + "\n";
    dom::array parts;
    if (row["parts"].get(parts) != simdjson::SUCCESS) continue;
    for (const dom::element other : parts) {
      text += "      " + std::string(part.arrow) + " " + NumberAt(other, "crashes") + "  " +
              TextAt(other, "signature") + "  (" + TextAt(other, "example") + ")\n";
    }
  }
}

}  // namespace

base::Result<std::string> SettingsBody(const std::string& lists_folder, const std::string& rules_path,
                                       const std::string& why) {
  base::JsonWriter json;
  json.BeginObject();
  if (!lists_folder.empty()) {
    json.Key("lists");
    json.BeginObject();
    for (const std::string_view name : kListFiles) {
      ASSIGN_OR_RETURN(const std::string text,
                       os::ReadFile(lists_folder + "/" + std::string(name), kMaxFileBytes));
      json.TextField(name, text);
    }
    json.EndObject();
  }
  if (!rules_path.empty()) {
    ASSIGN_OR_RETURN(const std::string text, os::ReadFile(rules_path, kMaxFileBytes));
    json.TextField("rules", text);
  }
  json.TextField("why", why);
  json.EndObject();
  return json.Take();
}

std::optional<std::string> DescribePreview(std::string_view json) {
  dom::parser parser;
  dom::element root;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS) return std::nullopt;
  std::string text = NumberAt(root, "changed_crashes") + " of " + NumberAt(root, "crashes") +
                     " crashes get another signature; " + NumberAt(root, "signatures_before") +
                     " signatures become " + NumberAt(root, "signatures_after") + "\n";
  for (const Part& part : kParts) {
    if (!root[part.key].is_object()) return std::nullopt;
    DescribePart(root, part, text);
  }
  return text;
}

std::optional<std::string> DescribeHistory(std::string_view json) {
  dom::parser parser;
  dom::array rows;
  dom::element root;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS ||
      root["history"].get(rows) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  std::string text;
  for (const dom::element row : rows) {
    text += NumberAt(row, "revision") + "  " + TextAt(row, "date") + "  " + TextAt(row, "who") + "  " +
            TextAt(row, "action");
    if (const std::string about = TextAt(row, "about"); !about.empty()) text += ": " + about;
    if (const std::string why = TextAt(row, "why"); !why.empty()) text += " (" + why + ")";
    text += "\n";
  }
  return text;
}

std::optional<std::string> DescribeSimilar(std::string_view json) {
  dom::parser parser;
  dom::array rows;
  dom::element root;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS ||
      root["similar"].get(rows) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (rows.size() == 0) return "no other signature is like " + TextAt(root, "signature") + "\n";
  std::string text = "score  signature, and the frames that matched\n";
  for (const dom::element row : rows) {
    double score = 0;
    if (row["score"].get(score) != simdjson::SUCCESS) return std::nullopt;
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%5.2f", score);
    text += std::string(number.data()) + "  " + TextAt(row, "signature") + "\n";
    dom::array frames;
    if (row["frames"].get(frames) != simdjson::SUCCESS) continue;
    std::string joined;
    for (const dom::element frame : frames) {
      std::string_view name;
      if (frame.get(name) != simdjson::SUCCESS) continue;
      joined += (joined.empty() ? "" : " | ") + std::string(name);
    }
    text += "         " + joined + "\n";
  }
  return text;
}

std::string_view CrashIdIn(std::string_view word) {
  if (word.starts_with("bp-")) word.remove_prefix(3);
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const bool is_id = std::ranges::equal(word, kForm, [](char c, char form) {
    return form == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
  return is_id ? word : std::string_view();
}

SigningVerbs::SigningVerbs(CLI::App& app)
    : noun_(app.add_subcommand("signature", "what a running server makes signatures by")) {
  noun_->require_subcommand(1);
  for (CLI::App* const verb : {Verb("preview", "what other lists and rules would make of all crashes"),
                               Verb("save", "put lists and rules in force; history is signed again")}) {
    verb->add_option("--lists", lists_, "a folder of lists in place of Cairn's own");
    verb->add_option("--rules", rules_, "a file of custom rules, on top of the lists");
  }
  Verb("undo", "put in force what was before the newest change");
  Verb("history", "who changed what, the newest first");
  for (CLI::App* const verb : {Verb("merge", "give the crashes of several signatures one"),
                               Verb("rename", "give a signature another name")}) {
    verb->add_option("from", from_, "signatures of today")->required();
    verb->add_option("--to", to_, "the signature that they become")->required();
  }
  Verb("split", "take a merge or a renaming back")
      ->add_option("decision", decision_, "its number")
      ->required();
  Verb("resolve", "where the crashes are that had a signature")
      ->add_option("signature", signature_, "the signature")
      ->required();
  CLI::App* const similar = Verb("similar", "signatures whose crashes are alike, and by which frames");
  similar->add_option("signature", signature_, "a signature of today, or the id of a crash that has it")
      ->required();
  similar->add_option("--count", count_, "how many at most")->check(CLI::Range(1, 50));
}

CLI::App* SigningVerbs::Verb(const std::string& name, const std::string& what) {
  CLI::App* const verb = noun_->add_subcommand(name, what);
  verb->add_option("--url", url_, "the server, such as http://127.0.0.1:8000")->required();
  CLI::Option* const token = verb->add_option("--token", token_, "a token with the permission administer");
  // Whoever may see a signature may ask about it.
  const bool is_question = name == "resolve" || name == "similar";
  if (!is_question) token->required();
  if (!is_question && name != "history" && name != "preview") {
    verb->add_option("--why", why_, "the reason, which is kept");
  }
  verb->add_flag("--json", json_, "the server's answer as it is");
  return verb;
}

int SigningVerbs::Run() const {
  const std::string verb = noun_->get_subcommands().front()->get_name();
  if (verb == "preview" || verb == "save") return SendSettings(verb);
  if (verb == "history") return Ask(verb, "/api/Signing/history/?count=100");
  if (verb == "resolve") return Ask(verb, "/api/ResolveSignature/?signature=" + Encode(signature_));
  if (verb == "similar") return AskSimilar();
  return SendOrder(verb, WriteOrder(from_, to_, decision_, why_));
}

int SigningVerbs::SendSettings(const std::string& verb) const {
  const base::Result<std::string> body = SettingsBody(lists_, rules_, why_);
  if (body) return SendOrder(verb, *body);
  PrintError("signature " + verb, (lists_.empty() ? rules_ : lists_) + ": " + base::Describe(body.error()) +
                                      ": --lists takes a folder of all four files, --rules a TOML file");
  return kExitFailure;
}

int SigningVerbs::SendOrder(const std::string& verb, const std::string& body) const {
  const std::variant<ServerAnswer, int> posted =
      PostToServer("signature " + verb,
                   {url_, "/api/Signing/" + verb + "/", token_, "application/json", body, kTimeoutMs});
  if (const int* const exit_code = std::get_if<int>(&posted)) return *exit_code;
  return Print(verb, std::get<ServerAnswer>(posted).body);
}

int SigningVerbs::Ask(const std::string& verb, const std::string& path) const {
  const std::variant<ServerAnswer, int> answer =
      AskServer("signature " + verb, {url_, path, token_, "", "", kTimeoutMs});
  if (const int* const exit_code = std::get_if<int>(&answer)) return *exit_code;
  return Print(verb, std::get<ServerAnswer>(answer).body);
}

int SigningVerbs::AskSimilar() const {
  std::string signature = signature_;
  if (const std::string_view id = CrashIdIn(signature_); !id.empty()) {
    const std::string path =
        "/api/SuperSearch/?_results_number=1&_facets_size=0&_columns=signature&uuid=" + std::string(id);
    const std::variant<ServerAnswer, int> answer =
        AskServer("signature similar", {url_, path, token_, "", "", kTimeoutMs});
    if (const int* const exit_code = std::get_if<int>(&answer)) return *exit_code;
    dom::parser parser;
    dom::element hit;
    if (base::ParseJson(parser, std::get<ServerAnswer>(answer).body)["hits"].at(0).get(hit) !=
        simdjson::SUCCESS) {
      PrintError("signature similar", url_ + ": there is no crash " + std::string(id) +
                                          " that you may see: a ping needs a token with view_pings");
      return kExitProblem;
    }
    signature = TextAt(hit, "signature");
  }
  return Ask("similar",
             "/api/SimilarSignatures/?count=" + std::to_string(count_) + "&signature=" + Encode(signature));
}

int SigningVerbs::Print(const std::string& verb, const std::string& answer) const {
  std::optional<std::string> text;
  if (json_) text = answer + "\n";
  if (!json_ && verb == "preview") text = DescribePreview(answer);
  if (!json_ && verb == "history") text = DescribeHistory(answer);
  if (!json_ && verb == "similar") text = DescribeSimilar(answer);
  dom::parser parser;
  dom::element root;
  if (!text && base::ParseJson(parser, answer).get(root) == simdjson::SUCCESS) {
    dom::array found;
    if (root["signatures"].get(found) == simdjson::SUCCESS) {
      text.emplace();
      for (const dom::element name : found) {
        std::string_view signature;
        if (name.get(signature) == simdjson::SUCCESS) text->append(signature).append("\n");
      }
    } else if (root["revision"].is_int64() || root["revision"].is_uint64()) {
      text = "revision " + NumberAt(root, "revision") + " is in force; history is signed by it now\n";
    }
  }
  if (!text) {
    PrintError("signature " + verb, url_ + ": the answer is none of Cairn's");
    return kExitFailure;
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return kExitOk;
}

}  // namespace cairn::apps
