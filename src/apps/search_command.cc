#include "apps/search_command.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include "apps/command.h"
#include "apps/export_to_file.h"
#include "apps/post_to_server.h"
#include "apps/query_words.h"
#include "base/parse_json.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kSearch = "search";
constexpr std::string_view kFacet = "facet";
constexpr std::string_view kPath = "/api/SuperSearch/?";
constexpr std::uint64_t kPageHits = 1000;                        // As many as a server gives at once.
constexpr int kTimeoutMs = 5 * 60'000;                           // Of one page.
constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20;  // Of a page of wide hits, or of all facets.
constexpr std::string_view kNoAnswer = "the answer is none of Cairn's";

std::variant<ServerAnswer, int> Ask(std::string_view verb, const std::string& url, const std::string& token,
                                    const std::string& query) {
  return AskServer(verb, {.url = url,
                          .path = std::string(kPath) + query,
                          .token = token,
                          .timeout_ms = kTimeoutMs,
                          .max_answer_bytes = kMaxAnswerBytes});
}

OutputCell CellOf(const simdjson::dom::element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return {std::string(text), true};
  if (value.is_null()) return {"", false};
  return {simdjson::minify(value), false};
}

// Hits behind the rows; the head is that of the first hit. False: they are none.
bool TakeHits(const simdjson::dom::element& answer, OutputTable& table) {
  simdjson::dom::array hits;
  if (answer["hits"].get(hits) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element hit : hits) {
    simdjson::dom::object fields;
    if (hit.get(fields) != simdjson::SUCCESS) return false;
    const bool is_first = table.head.empty();
    std::vector<OutputCell> row;
    for (const auto& [name, value] : fields) {
      if (is_first) table.head.emplace_back(name);
      row.push_back(CellOf(value));
    }
    if (row.size() != table.head.size()) return false;
    table.rows.push_back(std::move(row));
  }
  return true;
}

bool IsListed(std::string_view format) { return format == "table" || format == "markdown"; }

std::string Shown(const OutputTable& table, std::string_view format) {
  return format == "markdown" ? AsMarkdown(table) : AsColumns(table, TerminalWidth());
}

// Prints hits: those of programs page by page, those of people when all are there.
class HitPrinter {
 public:
  explicit HitPrinter(std::string_view format) : format_(format) {}

  bool Take(const simdjson::dom::element& answer) {
    if (!TakeHits(answer, table_)) return false;
    rows_ += table_.rows.size();
    if (IsListed(format_)) return true;
    if (format_ == "csv") text_ = AsCsv(table_, std::exchange(has_head_, true) == false);
    if (format_ == "jsonl") text_ = AsJsonLines(table_);
    if (format_ == "json") {
      for (std::size_t i = 0; i < table_.rows.size(); ++i) {
        OutputTable row{table_.head, {std::move(table_.rows[i])}};
        std::string line = AsJsonLines(row);
        line.pop_back();
        text_ += (std::exchange(has_head_, true) ? ",\n" : "{\"hits\":[\n") + line;
      }
    }
    table_.rows.clear();
    return true;
  }
  // What is to be printed now.
  std::string TakeText() { return std::exchange(text_, ""); }
  std::string Finish(std::uint64_t total) const {
    if (IsListed(format_)) {
      std::string text = Shown(table_, format_);
      if (format_ == "table" && rows_ < total)
        text += std::to_string(rows_) + " of " + std::to_string(total) + " crashes: --num all lists them\n";
      return text;
    }
    if (format_ != "json") return "";
    return std::string(has_head_ ? "" : "{\"hits\":[") + "],\"total\":" + std::to_string(total);
  }
  std::uint64_t rows() const { return rows_; }

 private:
  std::string_view format_;
  OutputTable table_;
  std::uint64_t rows_ = 0;
  bool has_head_ = false;
  std::string text_;
};

// Facets as tables ---------------------------------------------------------------------------------------

struct NamedTable {
  std::string path;
  OutputTable table;
};

class FacetReader {
 public:
  bool Read(const simdjson::dom::element& facets) {
    simdjson::dom::object all;
    if (facets.get(all) != simdjson::SUCCESS) return false;
    for (const auto& [name, facet] : all) {
      names_.emplace_back(name);
      simdjson::dom::array buckets;
      const bool is_read =
          facet.get(buckets) == simdjson::SUCCESS ? ReadBuckets(buckets) : ReadMeasure(facet);
      names_.pop_back();
      if (!is_read) return false;
    }
    return true;
  }
  std::vector<OutputTable> Take() {
    std::vector<OutputTable> tables;
    for (NamedTable& named : tables_) tables.push_back(std::move(named.table));
    return tables;
  }

 private:
  bool ReadBuckets(const simdjson::dom::array& buckets) {
    for (const simdjson::dom::element bucket : buckets) {
      simdjson::dom::element term;
      simdjson::dom::element count;
      simdjson::dom::element inner;
      if (bucket["term"].get(term) != simdjson::SUCCESS || bucket["count"].get(count) != simdjson::SUCCESS)
        return false;
      terms_.push_back(CellOf(term));
      bool is_read = true;
      if (bucket["facets"].get(inner) == simdjson::SUCCESS) {
        is_read = Read(inner);
      } else {
        std::vector<std::pair<std::string, OutputCell>> numbers = {{"count", CellOf(count)}};
        for (const char* const part : {"count", "low", "high"}) {
          simdjson::dom::element number;
          if (bucket["weighted"][part].get(number) != simdjson::SUCCESS) continue;
          numbers.emplace_back(part == std::string_view("count") ? "estimate" : part, CellOf(number));
        }
        AddRow(numbers);
      }
      terms_.pop_back();
      if (!is_read) return false;
    }
    return true;
  }

  // A measure has no terms: its own name is the column.
  bool ReadMeasure(const simdjson::dom::element& measure) {
    simdjson::dom::element value;
    simdjson::dom::object values;
    if (measure["value"].get(value) == simdjson::SUCCESS) {
      AddRow({{names_.back(), CellOf(value)}});
      return true;
    }
    if (measure["values"].get(values) != simdjson::SUCCESS) return false;
    std::vector<std::pair<std::string, OutputCell>> numbers;
    for (const auto& [percent, at] : values) {
      numbers.emplace_back(names_.back() + " " + std::string(percent) + "%", CellOf(at));
    }
    AddRow(numbers);
    return true;
  }

  void AddRow(const std::vector<std::pair<std::string, OutputCell>>& numbers) {
    std::string path;
    for (const std::string& name : names_) path += name + "/";
    auto found = std::ranges::find(tables_, path, &NamedTable::path);
    if (found == tables_.end()) {
      found = tables_.insert(tables_.end(), NamedTable{path, {}});
      found->table.head.assign(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(terms_.size()));
      for (const auto& [name, cell] : numbers) found->table.head.push_back(name);
    }
    std::vector<OutputCell> row = terms_;
    for (const auto& [name, cell] : numbers) row.push_back(cell);
    found->table.rows.push_back(std::move(row));
  }

  std::vector<std::string> names_;  // From the outermost facet to this one.
  std::vector<OutputCell> terms_;   // Of the buckets that it is in.
  std::vector<NamedTable> tables_;
};

// Between two tables stands an empty line.
std::string ShownFacets(const std::vector<OutputTable>& tables, std::string_view format) {
  std::string text;
  for (const OutputTable& table : tables) {
    if (format == "jsonl") {
      text += AsJsonLines(table);
      continue;
    }
    if (!text.empty()) text += format == "csv" ? "\r\n" : "\n";
    text += format == "csv" ? AsCsv(table, true) : Shown(table, format);
  }
  return text;
}

std::string FacetsAsJson(const simdjson::dom::element& answer) {
  std::string text;
  for (const char* const key : {"total", "weighted", "facets"}) {
    simdjson::dom::element value;
    if (answer[key].get(value) != simdjson::SUCCESS) continue;
    text += (text.empty() ? "{\"" : ",\"") + std::string(key) + "\":" + simdjson::minify(value);
  }
  return text + "}\n";
}

// Nothing: neither a number nor "all".
std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  if (text == "all") return ~std::uint64_t{0};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

void AddServerOptions(CLI::App& verb, std::string& url, std::string& token) {
  verb.add_option("--url", url, "the server, such as http://127.0.0.1:8000; also in the variable CAIRN_URL")
      ->envname("CAIRN_URL")
      ->required();
  verb.add_option("--token", token,
                  "a token, for what not everybody may see; better in the variable CAIRN_TOKEN")
      ->envname("CAIRN_TOKEN");
}

SearchVerbs::SearchVerbs(CLI::App& app)
    : search_(app.add_subcommand("search", "list the crashes that a search finds")),
      facet_(app.add_subcommand("facet", "count the crashes that a search finds")),
      export_(app.add_subcommand("export", "write all crashes that a search finds to a file")) {
  for (CLI::App* const verb : {search_, facet_, export_}) {
    AddServerOptions(*verb, url_, token_);
    verb->add_option("QUERY", words_,
                     "what to search for, as in the URL: 'product=Fox&signature=~OOM&date=>=-7d' "
                     "(docs/SEARCH.md)");
  }
  for (CLI::App* const verb : {search_, export_}) {
    verb->add_option("--columns", columns_, "fields to show, such as uuid,date,signature")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--sort", sort_, "fields to order by; with - in front the largest first: --sort=-date")
        ->delimiter(',')
        ->allow_extra_args(false);
  }
  search_->add_option("--num", number_, "how many at most, or all (default 100)");
  for (CLI::App* const verb : {search_, facet_}) {
    verb->add_option("--facets", facets_,
                     "fields to count by; product.version counts versions within each product")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--size", size_, "terms of a facet at most (default 50)")->check(CLI::Range(1, 10'000));
    verb->add_option("--format", format_, "table, csv, json, jsonl or markdown")
        ->check(CLI::IsMember({"table", "csv", "json", "jsonl", "markdown"}));
  }
  export_->add_option("--format", export_format_, "csv (default), json, jsonl or parquet")
      ->check(CLI::IsMember({"csv", "json", "jsonl", "parquet"}));
  CLI::Option* const set =
      export_
          ->add_option("--data-set", data_set_,
                       "all of a day in the columns of docs/DATA_SETS.md: socorro_crash or crash_summary")
          ->check(CLI::IsMember({"socorro_crash", "crash_summary"}));
  CLI::Option* const day = export_->add_option("--date", day_, "the day of a data set, such as 2026-11-22");
  set->needs(day);
  day->needs(set);
  export_->add_option("-o,--output", output_, "a file, which is there only once it is whole");
}

int SearchVerbs::Run() const {
  const std::variant<std::string, QueryMistake> read = QueryStringOf(words_);
  const std::string_view verb = search_->parsed() ? kSearch : facet_->parsed() ? kFacet : kExportVerb;
  if (const auto* const mistake = std::get_if<QueryMistake>(&read)) {
    PrintError(verb, mistake->sentence);
    return kExitUsage;
  }
  std::string query = std::get<std::string>(read);
  if (search_->parsed()) return Search(std::move(query));
  return facet_->parsed() ? Facet(std::move(query)) : Export(std::move(query));
}

void SearchVerbs::AddColumns(std::string& query) const {
  for (const std::string& column : columns_) AddParameter(query, "_columns", column);
  for (const std::string& field : sort_) AddParameter(query, "_sort", field);
}

int SearchVerbs::Search(std::string query) const {
  const std::optional<std::uint64_t> wanted = ParseNumber(number_);
  if (!wanted || (!facets_.empty() && (format_ == "csv" || format_ == "jsonl"))) {
    PrintError(kSearch, wanted ? "--facets beside hits are for table, markdown and json: see `cairn facet`"
                               : "--num: neither a number nor all");
    return kExitUsage;
  }
  AddColumns(query);
  for (const std::string& facet : facets_) AddParameter(query, "_facets", facet);
  HitPrinter printer(format_);
  std::string facets;
  std::uint64_t total = 0;
  for (std::string cursor;;) {
    std::string page = query;
    AddParameter(page, "_results_number", std::to_string(std::min(*wanted - printer.rows(), kPageHits)));
    AddParameter(page, "_facets_size", std::to_string(facets_.empty() || !cursor.empty() ? 0 : size_));
    if (!cursor.empty()) AddParameter(page, "_cursor", cursor);
    const std::variant<ServerAnswer, int> asked = Ask(kSearch, url_, token_, page);
    if (const int* const exit_code = std::get_if<int>(&asked)) return *exit_code;
    const ServerAnswer& answer = std::get<ServerAnswer>(asked);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (base::ParseJson(parser, answer.body).get(root) != simdjson::SUCCESS || !printer.Take(root) ||
        root["total"].get(total) != simdjson::SUCCESS) {
      PrintError(kSearch, std::string(kNoAnswer));
      return kExitFailure;
    }
    if (!facets_.empty() && cursor.empty()) {
      facets = format_ == "json"
                   ? simdjson::minify(root["facets"])
                   : ShownFacets(TablesOfFacets(answer.body).value_or(std::vector<OutputTable>()), format_);
    }
    if (!PrintOutput(kSearch, printer.TakeText())) return kExitFailure;
    std::string_view next;
    if (printer.rows() >= *wanted || root["cursor"].get(next) != simdjson::SUCCESS) break;
    cursor = next;
  }
  std::string text = printer.Finish(total);
  if (format_ == "json") {
    text += (facets.empty() ? "" : ",\"facets\":" + facets) + "}\n";
  } else if (!facets.empty()) {
    text += (text.empty() ? "" : "\n") + facets;
  }
  return PrintOutput(kSearch, text) ? kExitOk : kExitFailure;
}

int SearchVerbs::Facet(std::string query) const {
  for (const std::string& facet : facets_) AddParameter(query, "_facets", facet);
  // Facets that the query itself asks for in another way are not joined by that of signatures.
  const bool has_others =
      query.find("_aggs.") != std::string::npos || query.find("_histogram.") != std::string::npos;
  if (facets_.empty() && has_others) AddParameter(query, "_facets", "");
  AddParameter(query, "_facets_size", std::to_string(size_));
  AddParameter(query, "_results_number", "0");
  const std::variant<ServerAnswer, int> asked = Ask(kFacet, url_, token_, query);
  if (const int* const exit_code = std::get_if<int>(&asked)) return *exit_code;
  const ServerAnswer& answer = std::get<ServerAnswer>(asked);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const std::optional<std::vector<OutputTable>> tables = TablesOfFacets(answer.body);
  if (!tables || base::ParseJson(parser, answer.body).get(root) != simdjson::SUCCESS) {
    PrintError(kFacet, std::string(kNoAnswer));
    return kExitFailure;
  }
  const std::string text = format_ == "json" ? FacetsAsJson(root) : ShownFacets(*tables, format_);
  return PrintOutput(kFacet, text) ? kExitOk : kExitFailure;
}

int SearchVerbs::Export(std::string query) const {
  AddColumns(query);
  AddParameter(query, "_format", export_format_);
  if (data_set_.empty())
    return ExportToFile({.url = url_, .token = token_, .query = query, .output = output_});
  AddParameter(query, "date", day_);
  return ExportToFile({.url = url_,
                       .token = token_,
                       .path = "/api/DataSets/" + data_set_ + "/",
                       .query = query,
                       .output = output_});
}

std::optional<std::vector<OutputTable>> TablesOfFacets(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element facets;
  FacetReader reader;
  if (base::ParseJson(parser, json)["facets"].get(facets) != simdjson::SUCCESS || !reader.Read(facets))
    return std::nullopt;
  return reader.Take();
}

}  // namespace cairn::apps
