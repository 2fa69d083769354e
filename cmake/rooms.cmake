# The rooms of the house, in dependency order (ARCHITECTURE.md). A room sees only the rooms it names,
# and may name only rooms above it: each room's headers are reached through an include directory of
# its own (a link in the build tree), so an include against the order does not compile.
set(TW_ROOMS base target te ops workload schedule task runtime graph loop backend/api backend/cpu space records measure cost search compile
             driver lab cli)

# The targets of rooms.
function(tw_targets_of variable)
  list(TRANSFORM ARGN PREPEND tilewright_ OUTPUT_VARIABLE targets)
  string(REPLACE / _ targets "${targets}")
  set(${variable} ${targets} PARENT_SCOPE)
endfunction()

# tw_room(NAME USES room... LIBRARIES target...): the library tilewright_NAME from every .cc in the folder src/NAME. Where
# a room lies in a folder of another name, as backend/cpu, the target is called tilewright_backend_cpu.
function(tw_room name)
  cmake_parse_arguments(arg "" "" "USES;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  list(FIND TW_ROOMS ${name} own_position)
  foreach(used IN LISTS arg_USES)
    list(FIND TW_ROOMS ${used} position)
    if(position EQUAL -1 OR NOT position LESS own_position)
      message(FATAL_ERROR "room ${name} may not use ${used}: rooms use only rooms above them (cmake/rooms.cmake)")
    endif()
  endforeach()

  string(REPLACE / _ target tilewright_${name})
  set(view ${PROJECT_BINARY_DIR}/rooms/${target})
  cmake_path(GET name PARENT_PATH parent)
  file(MAKE_DIRECTORY ${view}/${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/${name} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_main\\.cc$") # programs, not library code
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(${target} PUBLIC ${view} ${PROJECT_SOURCE_DIR}/include)
  tw_targets_of(used_targets ${arg_USES})
  target_link_libraries(${target} PUBLIC ${used_targets} ${arg_LIBRARIES}
                        PRIVATE tilewright_warnings ${arg_PRIVATE_LIBRARIES})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${TILEWRIGHT_UNITY} UNITY_BUILD_BATCH_SIZE 12)
endfunction()

# tw_alone(FILE…): sources that are compiled each by itself: names of theirs mean something else in another file of the room.
function(tw_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# What scripts/test and continuous integration build before they run tests.
add_custom_target(test_programs)

# tw_test(NAME USES room... LIBRARIES target... SLOW pattern... NIGHTLY pattern... PROPERTIES property value...): one test
# program from every .cc of the folder that calls it; ctest runs each of its tests by itself. Labels: `fast` (all of them
# together take less than two minutes on two cores), `slow`, and `nightly`, which scripts/nightly runs; the patterns are
# those of --gtest_filter.
include(GoogleTest)
function(tw_test name)
  cmake_parse_arguments(arg "" "" "USES;LIBRARIES;SLOW;NIGHTLY;PROPERTIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_executable(${name}_test ${sources} ${PROJECT_SOURCE_DIR}/tests/support/test_main.cc)
  tw_targets_of(used_targets ${arg_USES})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE ${used_targets} ${arg_LIBRARIES} tilewright_base tilewright_warnings GTest::gtest)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests
                        UNITY_BUILD ${TILEWRIGHT_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  add_dependencies(test_programs ${name}_test)

  list(JOIN arg_SLOW : slow)
  list(JOIN arg_NIGHTLY : nightly)
  list(JOIN arg_SLOW : not_fast)
  if(nightly)
    string(APPEND not_fast ":${nightly}")
  endif()
  tw_discover(fast "-${not_fast}")
  if(slow)
    tw_discover(slow "${slow}")
  endif()
  if(nightly)
    tw_discover(nightly "${nightly}")
  endif()
endfunction()

macro(tw_discover label filter)
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}." TEST_FILTER "${filter}" NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST
                       WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${label} ${arg_PROPERTIES})
endmacro()
