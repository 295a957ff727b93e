#include "apps/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::apps {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kOperationsOfTest = R"(openapi: 3.1.0
paths:
  /a/{id}/:
    get:
      summary: One
      responses:
        '200': { description: So }
    post:
      summary: Other
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        # The parameters of search fields.
        - name: signature
          in: query
      responses:
        '200': { description: So }
        '403': { description: Mine }
  /b/{kind}:
    put:
      x-routes:
        - /b/{*rest}
      summary: Under another path
components:
  names:
    # The names of search fields.
)";

std::vector<http::Route> Routes() {
  return {{.method = "GET", .pattern = "/a/{id:hex}/", .permission = "view_pings"},
          {.method = "GET", .pattern = "/a/{id:hex}", .permission = "view_pings"},
          {.method = "POST", .pattern = "/a/{id}/", .permission = "administer"},
          {.method = "PUT", .pattern = "/b/{*rest}", .permission = std::string(http::kAnybody)}};
}

std::vector<search::Field> FieldsOfTest() {
  return {{.id = search::FieldId::kUuid, .name = "uuid"},
          {.id = search::FieldId::kSignature, .name = "signature"},
          {.id = search::FieldId::kMissingDebugId, .name = "missing", .use = search::FieldUse::kCondition},
          {.id = search::FieldId::kClient, .name = "client", .use = search::FieldUse::kDistinct}};
}

TEST(OpenApiTest, WhatTheTableKnowsStandsInIt) {
  const OpenApi made = MakeOpenApi(Routes(), FieldsOfTest(), kOperationsOfTest);
  EXPECT_THAT(made.problems, ElementsAre());
  EXPECT_EQ(made.text, R"(openapi: 3.1.0
paths:
  /a/{id}/:
    get:
      x-permission: view_pings
      security: [{ token: [] }, { session: [] }]
      summary: One
      responses:
        '403': { $ref: '#/components/responses/Problem' }
        '200': { description: So }
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
    post:
      x-permission: administer
      security: [{ token: [] }, { session: [] }]
      summary: Other
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
        - { name: uuid, in: query, schema: { $ref: '#/components/schemas/FilterValues' } }
        - { name: missing, in: query, schema: { $ref: '#/components/schemas/FilterValues' } }
        - name: signature
          in: query
      responses:
        '200': { description: So }
        '403': { description: Mine }
  /b/{kind}:
    put:
      x-routes:
        - /b/{*rest}
      summary: Under another path
      parameters:
        - { name: kind, in: path, required: true, schema: { type: string } }
components:
  names:
    - uuid
    - signature
)");
}

TEST(OpenApiTest, WhatHasNoRouteOrNoDescriptionIsAProblem) {
  std::vector<http::Route> routes = Routes();
  routes[3].pattern = "/c";
  routes.push_back({.method = "GET", .pattern = "/a/{id}", .permission = "upload_symbols"});
  EXPECT_THAT(MakeOpenApi(routes, {}, kOperationsOfTest).problems,
              ElementsAre("/a/{id}/: its routes need different permissions", "put /b/{kind}: no route has it",
                          "PUT /c: no operation describes it"));
  EXPECT_THAT(MakeOpenApi(Routes(), {}, "").problems, ::testing::SizeIs(3));
}

}  // namespace
}  // namespace cairn::apps
