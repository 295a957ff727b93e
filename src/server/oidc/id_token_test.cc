#include "server/oidc/id_token.h"

#include <gtest/gtest.h>

#include "server/oidc/signed_token_for_test.h"

namespace cairn::oidc {
namespace {

constexpr const char* kHeader = R"({"alg":"RS256","typ":"JWT","kid":"one"})";
const std::string kClaims =
    R"({"iss":"https://login.example.org","aud":"cairn","nonce":"n","exp":1000,"sub":"7",)"
    R"("email":"ann@example.org","email_verified":true})";
const ExpectedToken kExpected{"https://login.example.org", "cairn", "n", 900};

// Keys take a moment to make; they do not change.
const TokenSigner& Signer() {
  static const TokenSigner signer;
  return signer;
}
const TokenSigner& Other() {
  static const TokenSigner other;
  return other;
}

std::string Keys(const std::string& jwks) { return "{\"keys\":[" + jwks + "]}"; }

// What is wrong; empty: nothing.
std::string MistakeIn(const std::string& token, const std::string& keys,
                      const ExpectedToken& expected = kExpected) {
  const auto claims = CheckIdToken(token, keys, expected);
  return claims ? "" : std::string(claims.error().what);
}

std::string With(std::string claims, const std::string& from, const std::string& to) {
  const std::size_t at = claims.find(from);
  EXPECT_NE(at, std::string::npos);
  return claims.replace(at, from.size(), to);
}

TEST(IdTokenTest, ATokenOfTheProviderIsTaken) {
  const std::string keys = Keys(Other().Jwk("another") + "," + Signer().Jwk("one"));
  const auto claims = CheckIdToken(Signer().Sign(kHeader, kClaims), keys, kExpected);
  ASSERT_TRUE(claims) << claims.error().what;
  EXPECT_EQ(*claims, (Claims{"7", "ann@example.org", true}));
  EXPECT_EQ(MistakeIn(Signer().Sign(R"({"alg":"RS256"})", kClaims), keys), "") << "without a key's id";
  EXPECT_EQ(MistakeIn(Signer().Sign(kHeader, With(kClaims, R"("cairn")", R"(["x","cairn"])")), keys), "");
}

TEST(IdTokenTest, ATokenOfACurveIsTaken) {
  const TokenSigner signer("P-256");
  const TokenSigner other("P-256");
  const std::string token = signer.Sign(R"({"alg":"ES256","kid":"one"})", kClaims);
  EXPECT_EQ(MistakeIn(token, Keys(signer.CurveJwk("one"))), "");
  EXPECT_EQ(MistakeIn(token, Keys(other.CurveJwk("one"))), "signature of the ID token");
  EXPECT_EQ(MistakeIn(token, Keys(Signer().Jwk("one"))), "signature of the ID token")
      << "a key of another type";
}

TEST(IdTokenTest, WhatAnotherSignedIsRefused) {
  const std::string keys = Keys(Signer().Jwk("one"));
  EXPECT_EQ(MistakeIn(Other().Sign(kHeader, kClaims), keys), "signature of the ID token");
  const std::string token = Signer().Sign(kHeader, kClaims);
  EXPECT_EQ(MistakeIn(token, Keys(Signer().Jwk("two"))), "signature of the ID token") << "another key's id";
  EXPECT_EQ(MistakeIn(token, Keys("")), "signature of the ID token");
  EXPECT_EQ(MistakeIn(token, "nonsense"), "keys of the provider");
  // Other claims under the same signature.
  const std::string forged =
      UrlBase64(kHeader) + "." + UrlBase64(With(kClaims, "ann@", "root@")) + token.substr(token.rfind('.'));
  EXPECT_EQ(MistakeIn(forged, keys), "signature of the ID token");
}

TEST(IdTokenTest, AlgorithmsWithoutAPublicKeyAreRefused) {
  const std::string keys = Keys(Signer().Jwk("one"));
  const std::string unsigned_token = UrlBase64(R"({"alg":"none"})") + "." + UrlBase64(kClaims) + ".";
  EXPECT_EQ(MistakeIn(unsigned_token, keys), "algorithm of the ID token");
  // Whoever knows the public key could sign so.
  const std::string text = UrlBase64(R"({"alg":"HS256","kid":"one"})") + "." + UrlBase64(kClaims);
  EXPECT_EQ(MistakeIn(text + "." + UrlBase64(std::string(32, 'x')), keys), "algorithm of the ID token");
  EXPECT_EQ(MistakeIn(Signer().Sign(R"({"alg":"PS256","kid":"one"})", kClaims), keys),
            "algorithm of the ID token");
}

TEST(IdTokenTest, ATokenForAnotherSignInIsRefused) {
  const std::string keys = Keys(Signer().Jwk("one"));
  const auto mistake = [&](const std::string& from, const std::string& to) {
    return MistakeIn(Signer().Sign(kHeader, With(kClaims, from, to)), keys);
  };
  EXPECT_EQ(mistake("https://login", "https://evil"), "issuer of the ID token");
  EXPECT_EQ(mistake(R"("cairn")", R"("another")"), "audience of the ID token");
  EXPECT_EQ(mistake(R"("cairn")", R"(["cairn","x"],"azp":"x")"), "audience of the ID token");
  EXPECT_EQ(mistake(R"("nonce":"n")", R"("nonce":"m")"), "nonce of the ID token");
  EXPECT_EQ(mistake(R"("nonce":"n",)", ""), "nonce of the ID token");
  EXPECT_EQ(mistake("1000", "840"), "expiry of the ID token");
  EXPECT_EQ(mistake("1000", "841"), "") << "the provider's clock may be a minute behind";
  EXPECT_EQ(mistake(R"("exp":1000,)", ""), "expiry of the ID token");
  EXPECT_EQ(mistake(R"("sub":"7",)", ""), "subject of the ID token");
}

TEST(IdTokenTest, AnAddressIsVerifiedOnlyIfTheProviderSaysSo) {
  const std::string keys = Keys(Signer().Jwk("one"));
  for (const char* const said : {"false", "\"true\"", "1"}) {
    const auto claims = CheckIdToken(Signer().Sign(kHeader, With(kClaims, R"("email_verified":true)",
                                                                 R"("email_verified":)" + std::string(said))),
                                     keys, kExpected);
    ASSERT_TRUE(claims);
    EXPECT_FALSE(claims->email_verified) << said;
  }
}

TEST(IdTokenTest, WhatIsNoTokenIsRefused) {
  const std::string keys = Keys(Signer().Jwk("one"));
  for (const std::string& text : {std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
                                  UrlBase64("[]") + "." + UrlBase64("{}") + ".x", std::string("!.!.!"),
                                  std::string(kMaxIdTokenBytes + 1, 'a')})
    EXPECT_EQ(MistakeIn(text, keys), "form of the ID token") << text.substr(0, 50);
}

}  // namespace
}  // namespace cairn::oidc
