#include "mutate_message.h"

#include <limits>
#include <string>
#include <vector>

#include "mutate_bytes.h"

namespace tilewright::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// A field that is set, or one element of a repeated one.
struct Place {
  Message* message;
  const FieldDescriptor* field;
  int index;  ///< -1: not repeated
};

void collect(Message& message, std::vector<Place>& places) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      places.push_back({&message, field, field->is_repeated() ? i : -1});
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      collect(field->is_repeated() ? *reflection->MutableRepeatedMessage(&message, field, i)
                                   : *reflection->MutableMessage(&message, field),
              places);
    }
  }
}

std::string text_at(const Place& place) {
  const Reflection* reflection = place.message->GetReflection();
  return place.index < 0 ? reflection->GetString(*place.message, place.field)
                         : reflection->GetRepeatedString(*place.message, place.field, place.index);
}

/// A text that stands elsewhere; or its bytes changed, eight at a time where it holds numbers.
std::string other_text(const Place& place, const std::vector<Place>& places, Rng& rng) {
  std::string text = text_at(place);
  if (place.field->type() == FieldDescriptor::TYPE_BYTES && text.size() >= 8 && rng.chance(0.5)) {
    const std::int64_t number = awkward_number(rng);
    const auto at = static_cast<std::size_t>(rng.below(std::ssize(text) / 8)) * 8;
    return text.replace(at, 8, reinterpret_cast<const char*>(&number), 8);
  }
  if (place.field->type() == FieldDescriptor::TYPE_BYTES && rng.chance(0.1)) {  // bytes for a shape of another size
    text.resize(rng.chance(0.9) ? text.size() + static_cast<std::size_t>(rng.below(64))
                                : std::size_t{1} << rng.below(22));
    return text;
  }
  const Place& other = places[static_cast<std::size_t>(rng.below(std::ssize(places)))];
  if (other.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && rng.chance(0.8)) return text_at(other);
  mutate_bytes(text, {text}, rng);
  return text;
}

void set_value(const Place& place, const std::vector<Place>& places, Rng& rng) {
  Message& message = *place.message;
  const Reflection* reflection = message.GetReflection();
  const bool single = place.index < 0;
  const std::int64_t number = awkward_number(rng);
  const auto set = [&](auto set_one, auto set_element, auto value) {
    if (single)
      (reflection->*set_one)(&message, place.field, value);
    else
      (reflection->*set_element)(&message, place.field, place.index, value);
  };
  switch (place.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return set(&Reflection::SetInt32, &Reflection::SetRepeatedInt32, static_cast<std::int32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return set(&Reflection::SetInt64, &Reflection::SetRepeatedInt64, number);
    case FieldDescriptor::CPPTYPE_UINT64:
      return set(&Reflection::SetUInt64, &Reflection::SetRepeatedUInt64, static_cast<std::uint64_t>(number));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return set(&Reflection::SetFloat, &Reflection::SetRepeatedFloat,
                 rng.chance(0.2) ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(number));
    case FieldDescriptor::CPPTYPE_ENUM:
      return set(&Reflection::SetEnumValue, &Reflection::SetRepeatedEnumValue, static_cast<int>(rng.between(0, 20)));
    case FieldDescriptor::CPPTYPE_STRING:
      return set(&Reflection::SetString, &Reflection::SetRepeatedString, other_text(place, places, rng));
    default:
      if (single) reflection->ClearField(&message, place.field);
  }
}

/// One more of an element; of numbers sometimes many, as lists of them stand for tensors.
void repeat_element(const Place& place, Rng& rng) {
  Message& message = *place.message;
  const std::int64_t copies = rng.chance(0.05) ? std::int64_t{1} << rng.below(20) : 1;
  const Reflection* reflection = message.GetReflection();
  if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Message* added = reflection->AddMessage(&message, place.field);
    added->CopyFrom(reflection->GetRepeatedMessage(message, place.field, place.index));
  } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    const std::int64_t number = reflection->GetRepeatedInt64(message, place.field, place.index);
    for (std::int64_t i = 0; i < copies; ++i) reflection->AddInt64(&message, place.field, number);
  } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    const std::int32_t number = reflection->GetRepeatedInt32(message, place.field, place.index);
    for (std::int64_t i = 0; i < copies; ++i) reflection->AddInt32(&message, place.field, number);
  } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    const float number = reflection->GetRepeatedFloat(message, place.field, place.index);
    for (std::int64_t i = 0; i < copies; ++i) reflection->AddFloat(&message, place.field, number);
  } else if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection->AddString(&message, place.field, text_at(place));
  }
}

}  // namespace

void mutate_message(Message& message, Rng& rng) {
  std::vector<Place> places;
  collect(message, places);
  if (places.empty()) return;
  const Place& place = places[static_cast<std::size_t>(rng.below(std::ssize(places)))];
  const Reflection* reflection = place.message->GetReflection();
  if (place.index < 0 || rng.chance(0.6)) return set_value(place, places, rng);
  const int last = reflection->FieldSize(*place.message, place.field) - 1;
  switch (rng.below(3)) {
    case 0:
      return repeat_element(place, rng);
    case 1:
      return reflection->SwapElements(place.message, place.field, place.index, last);
    default:
      reflection->SwapElements(place.message, place.field, place.index, last);
      reflection->RemoveLast(place.message, place.field);
  }
}

}  // namespace tilewright::fuzz
