# tw_embed(TARGET HEADER NAMESPACE CONSTANT FILE…): text files inside the program, as an array of {stem, text} pairs.
# The generated HEADER, relative to the target's private include path, is renewed when a file changes.
function(tw_embed target header namespace constant)
  set(entries "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    cmake_path(GET file STEM stem)
    string(APPEND entries "    {\"${stem}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/embedded/${target}/${header} @ONLY CONTENT
       "#pragma once\n\n#include <string_view>\n#include <utility>\n\nnamespace @namespace@ {\n\ninline constexpr std::pair<std::string_view, std::string_view> @constant@[] = {\n@entries@};\n\n}  // namespace @namespace@\n")
  target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/embedded/${target})
endfunction()
