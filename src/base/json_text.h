#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tilewright {

/// JSON that anybody may have written. Failure: "not JSON" (UTF-8 that is none and numbers beyond double included), or
/// that it is nested so deep that what copies or prints it, level by level, may run out of stack.
Result<nlohmann::json> parse_json(std::string_view text);

bool is_whole(const nlohmann::json& value, std::int64_t least, std::int64_t most);
bool is_real(const nlohmann::json& value, double least, double most);

// Fields of an object, in a range. Errors: Error(bad_input) "KEY is VALUE, expected …".

std::int64_t whole_number(const nlohmann::json& object, const char* key, std::int64_t least, std::int64_t most);
double real_number(const nlohmann::json& object, const char* key, double least, double most);
/// A list of `count` numbers.
std::vector<double> real_numbers(const nlohmann::json& object, const char* key, std::size_t count, double least,
                                 double most);
/// A list, however long.
std::vector<int> whole_numbers(const nlohmann::json& object, const char* key, int least, int most);

}  // namespace tilewright
