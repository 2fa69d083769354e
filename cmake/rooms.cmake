# The rooms of the house, in dependency order (ARCHITECTURE.md). A room sees only the rooms it names,
# and may name only rooms above it: each room's headers are reached through an include directory of
# its own (a link in the build tree), so an include against the order does not compile.
set(TW_ROOMS base te ops workload schedule loop space codegen runtime measure cost search graph driver lab cli)

# tw_room(NAME USES room... LIBRARIES target...): the library tilewright_NAME from every .cc in the folder.
function(tw_room name)
  cmake_parse_arguments(arg "" "" "USES;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  list(FIND TW_ROOMS ${name} own_position)
  foreach(used IN LISTS arg_USES)
    list(FIND TW_ROOMS ${used} position)
    if(position EQUAL -1 OR NOT position LESS own_position)
      message(FATAL_ERROR "room ${name} may not use ${used}: rooms use only rooms above them (cmake/rooms.cmake)")
    endif()
  endforeach()

  set(view ${PROJECT_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/${name} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_main\\.cc$") # programs, not library code
  if(NOT sources)
    file(WRITE ${view}/${name}_has_no_code_yet.cc "")
    set(sources ${view}/${name}_has_no_code_yet.cc)
  endif()
  add_library(tilewright_${name} STATIC ${sources})
  set_target_properties(tilewright_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(tilewright_${name} PUBLIC ${view} ${PROJECT_SOURCE_DIR}/include)
  list(TRANSFORM arg_USES PREPEND tilewright_ OUTPUT_VARIABLE used_targets)
  target_link_libraries(tilewright_${name} PUBLIC ${used_targets} ${arg_LIBRARIES}
                        PRIVATE tilewright_warnings ${arg_PRIVATE_LIBRARIES})
  set_target_properties(tilewright_${name} PROPERTIES UNITY_BUILD ${TILEWRIGHT_UNITY} UNITY_BUILD_BATCH_SIZE 12)
endfunction()

# tw_alone(FILE…): sources that are compiled each by itself: names of theirs mean something else in another file of the room.
function(tw_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# tw_test(NAME [LABEL label] USES room... LIBRARIES target...): one test program from every .cc of the folder
# tests/NAME, run by ctest as one test per program.
function(tw_test name)
  cmake_parse_arguments(arg "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_executable(${name}_test ${sources})
  list(TRANSFORM arg_USES PREPEND tilewright_ OUTPUT_VARIABLE used_targets)
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE ${used_targets} ${arg_LIBRARIES} tilewright_warnings GTest::gtest GTest::gtest_main)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests
                        UNITY_BUILD ${TILEWRIGHT_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()
