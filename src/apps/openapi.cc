#include "apps/openapi.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "base/lines.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kOperations =
#include "apps/openapi_operations.inc"
    ;

// How deep the lines of a path, of its methods and of an operation stand.
constexpr std::string_view kPathIndent = "  ";
constexpr std::string_view kMethodIndent = "    ";
constexpr std::string_view kIndent = "      ";

std::size_t IndentOf(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// "name:" at that depth, without the colon; else empty.
std::string_view KeyOf(std::string_view line, std::string_view indent) {
  if (!line.starts_with(indent) || !line.ends_with(':') || IndentOf(line) != indent.size()) return {};
  return line.substr(indent.size(), line.size() - indent.size() - 1);
}

// "/a/{b:hex}/{*c}/" as the document has it: "/a/{b}/{c}".
std::string PathOf(std::string_view pattern) {
  std::string path;
  bool is_in_type = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const bool begins_capture = i > 0 && pattern[i - 1] == '{';
    if (c == '}') is_in_type = false;
    if (c == ':' && pattern.find_first_of("{}", i) != std::string_view::npos &&
        pattern[pattern.find_first_of("{}", i)] == '}')
      is_in_type = true;
    if (is_in_type || (c == '*' && begins_capture)) continue;
    path += c;
  }
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<std::string> CapturesOf(std::string_view path) {
  std::vector<std::string> captures;
  for (std::size_t begin = path.find('{'); begin != std::string_view::npos;
       begin = path.find('{', begin + 1)) {
    captures.emplace_back(path.substr(begin + 1, path.find('}', begin) - begin - 1));
  }
  return captures;
}

using Lines = std::vector<std::string>;

struct Operation {
  std::string path;
  std::string method;
  Lines lines;  // Below the method.
};

bool Has(const Lines& lines, std::string_view text) {
  return std::ranges::any_of(lines,
                             [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

// Of the routes that the operation names.
std::vector<std::string> OtherPathsOf(const Lines& lines) {
  constexpr std::string_view kItem = "        - ";
  std::vector<std::string> paths;
  auto line = std::ranges::find(lines, std::string(kIndent) + "x-routes:");
  if (line == lines.end()) return paths;
  while (++line != lines.end() && line->starts_with(kItem))
    paths.push_back(PathOf(line->substr(kItem.size())));
  return paths;
}

// Puts lines behind the line "key:" of the operation, which is made if it is not there.
void PutBehind(Lines& lines, const std::string& key, const Lines& more) {
  const std::string line = std::string(kIndent) + key + ":";
  auto at = std::ranges::find(lines, line);
  if (at == lines.end()) at = lines.insert(lines.end(), line);
  lines.insert(at + 1, more.begin(), more.end());
}

class Maker {
 public:
  Maker(std::span<const http::Route> routes, std::span<const search::Field> fields)
      : routes_(routes), fields_(fields), is_described_(routes.size()) {}

  OpenApi Make(std::string_view operations) {
    bool is_in_paths = false;
    for (const std::string& line : base::SplitLines(operations)) {
      if (!line.empty() && IndentOf(line) == 0 && line[0] != '#') {
        EndOperation();
        is_in_paths = line == "paths:";
      }
      if (is_in_paths && IndentOf(line) <= kMethodIndent.size()) {
        EndOperation();
        if (const std::string_view path = KeyOf(line, kPathIndent); !path.empty()) path_ = path;
        if (const std::string_view method = KeyOf(line, kMethodIndent); !method.empty()) {
          document_.text += line + "\n";
          operation_ = {path_, std::string(method), {}};
          continue;
        }
      }
      if (operation_.method.empty()) {
        Emit(line);
      } else {
        operation_.lines.push_back(line);
      }
    }
    EndOperation();
    SayUndescribed();
    return std::move(document_);
  }

 private:
  void Emit(const std::string& line) {
    const std::string indent(IndentOf(line), ' ');
    const std::string_view rest = std::string_view(line).substr(indent.size());
    if (rest == kFieldParametersMark) {
      for (const search::Field& field : fields_) {
        if (field.use == search::FieldUse::kDistinct) continue;
        // People say more of some.
        if (Has(operation_.lines, "- name: " + field.name)) continue;
        document_.text += indent + "- { name: " + field.name +
                          ", in: query, schema: { $ref: '#/components/schemas/FilterValues' } }\n";
      }
    } else if (rest == kFieldNamesMark) {
      for (const search::Field& field : fields_) {
        if (field.use == search::FieldUse::kEverything) document_.text += indent + "- " + field.name + "\n";
      }
    } else {
      document_.text += line + "\n";
    }
  }

  // The routes that an operation is about; they need one permission.
  const http::Route* FindRoute(const Operation& operation) {
    std::vector<std::string> paths = OtherPathsOf(operation.lines);
    paths.push_back(PathOf(operation.path));
    const http::Route* found = nullptr;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      std::string method = routes_[i].method;
      std::ranges::transform(method, method.begin(),
                             [](char c) { return static_cast<char>(std::tolower(c)); });
      if (method != operation.method || std::ranges::find(paths, PathOf(routes_[i].pattern)) == paths.end())
        continue;
      if (found != nullptr && found->permission != routes_[i].permission)
        Problem(operation.path + ": its routes need different permissions");
      is_described_[i] = true;
      found = &routes_[i];
    }
    return found;
  }

  void EndOperation() {
    if (operation_.method.empty()) return;
    const http::Route* const route = FindRoute(operation_);
    if (route == nullptr) {
      Problem(operation_.method + " " + operation_.path + ": no route has it");
    } else {
      Complete(*route);
    }
    for (const std::string& line : std::as_const(operation_.lines)) Emit(line);
    operation_ = {};
  }

  // What the table of routes says.
  void Complete(const http::Route& route) {
    Lines& lines = operation_.lines;
    Lines parts;
    for (const std::string& capture : CapturesOf(operation_.path)) {
      if (Has(lines, "name: " + capture)) continue;
      parts.push_back("        - { name: " + capture +
                      ", in: path, required: true, schema: { type: string } }");
    }
    if (!parts.empty()) PutBehind(lines, "parameters", parts);
    if (route.permission == http::kAnybody) return;
    if (!Has(lines, "        '403':"))
      PutBehind(lines, "responses", {"        '403': { $ref: '#/components/responses/Problem' }"});
    lines.insert(lines.begin(), {std::string(kIndent) + "x-permission: " + route.permission,
                                 std::string(kIndent) + "security: [{ token: [] }, { session: [] }]"});
  }

  void SayUndescribed() {
    std::set<std::string> undescribed;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      if (!is_described_[i]) undescribed.insert(routes_[i].method + " " + PathOf(routes_[i].pattern));
    }
    for (const std::string& route : undescribed) Problem(route + ": no operation describes it");
  }

  void Problem(std::string sentence) { document_.problems.push_back(std::move(sentence)); }

  std::span<const http::Route> routes_;
  std::span<const search::Field> fields_;
  std::vector<bool> is_described_;
  std::string path_;
  Operation operation_;
  OpenApi document_;
};

}  // namespace

std::string_view OperationsText() { return kOperations; }

OpenApi MakeOpenApi(std::span<const http::Route> routes, std::span<const search::Field> fields,
                    std::string_view operations) {
  return Maker(routes, fields).Make(operations);
}

}  // namespace cairn::apps
