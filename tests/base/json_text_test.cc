#include "base/json_text.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace tilewright {
namespace {

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    return error.what();
  }
  return "no error";
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

TEST(JsonText, IsRefusedWhereItIsNestedTooDeep) {
  EXPECT_TRUE(parse_json(nested(64)));
  EXPECT_EQ(parse_json(nested(65)).message(), "JSON nested more than 64 deep");
  EXPECT_EQ(parse_json(nested(1000000)).message(), "JSON nested more than 64 deep");
  EXPECT_TRUE(parse_json("[\"" + std::string(100, '[') + "\\\"[\"]")) << "brackets of a text are none";
}

TEST(JsonText, IsRefusedWhereItIsNone) {
  for (const char* text : {"", "{", "[1e999]", "[NaN]", "[\"\xff\"]", "{} {}"})
    EXPECT_EQ(parse_json(text).message(), "not JSON") << text;
}

TEST(JsonText, GivesNumbersInTheirRangeOnly) {
  const auto object = *parse_json(R"({"i": 7, "r": 0.5, "big": 18446744073709551615, "huge": 1e300, "text": "x",
                                      "list": [1, 2], "odd": [1, "x"], "long": [4294967297]})");
  EXPECT_EQ(whole_number(object, "i", 0, 7), 7);
  EXPECT_EQ(real_number(object, "r", 0, 1), 0.5);
  EXPECT_EQ(real_numbers(object, "list", 2, 0, 2), (std::vector<double>{1, 2}));
  EXPECT_EQ(whole_numbers(object, "list", 0, 2), (std::vector<int>{1, 2}));
  EXPECT_EQ(message_of([&] { whole_number(object, "i", 0, 6); }), "i is 7, expected a whole number from 0 to 6");
  EXPECT_EQ(message_of([&] { whole_number(object, "big", -1, INT64_MAX); }),
            "big is 18446744073709551615, expected a whole number from -1 to 9223372036854775807");
  EXPECT_EQ(message_of([&] { whole_number(object, "huge", 0, 6); }),
            "huge is 1e+300, expected a whole number from 0 to 6");
  EXPECT_EQ(message_of([&] { real_number(object, "text", 0, 1); }), "text is \"x\", expected a number from 0 to 1");
  EXPECT_EQ(message_of([&] { real_number(object, "none", 0, 1); }), "none is null, expected a number from 0 to 1");
  EXPECT_EQ(message_of([&] { real_numbers(object, "list", 3, 0, 2); }), "list is no list of 3 numbers");
  EXPECT_EQ(message_of([&] { whole_numbers(object, "odd", 0, 2); }),
            "odd is \"x\", expected whole numbers from 0 to 2");
  EXPECT_EQ(message_of([&] { whole_numbers(object, "long", 0, 2); }),
            "long is 4294967297, expected whole numbers from 0 to 2");
}

TEST(Utf8, HasNoBytesThatStandForNothing) {
  for (const char* text : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text :
       {"\xff", "\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(text)) << text;
}

}  // namespace
}  // namespace tilewright
