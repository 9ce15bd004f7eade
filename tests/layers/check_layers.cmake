# Fails when a folder includes what its layer may not, or a pure one reaches for the world.
#   wire ← rib, fsm ← conf ← bgpd ← tools, tests; bgpd/api and bgpd/cli are pure like the layers below.

set(ALLOWED_wire "wire")
set(ALLOWED_rib "wire|rib")
set(ALLOWED_fsm "wire|fsm")
set(ALLOWED_conf "wire|rib|fsm|conf")
set(ALLOWED_bgpd/api "wire|rib|fsm|conf|bgpd/api")
set(ALLOWED_bgpd/cli "wire|rib|fsm|conf|bgpd/cli")
set(ALLOWED_bgpd "wire|rib|fsm|conf|bgpd")

# What pure code never names: sockets, clocks, logs, threads, randomness, files.
string(JOIN "|" WORLD
  "boost/asio" "spdlog" "<thread>" "<mutex>" "<fstream>" "<iostream>" "<random>" "sys/socket" "unistd" "_clock::now" "std::time\\(")

set(problems 0)
foreach(layer wire rib fsm conf bgpd/api bgpd/cli bgpd)
  file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/${layer}/*.hpp ${ROOT}/${layer}/*.cpp)
  foreach(source ${sources})
    file(STRINGS ${ROOT}/${source} lines REGEX "^#include \"")
    foreach(line ${lines})
      if(NOT line MATCHES "^#include \"(${ALLOWED_${layer}})/")
        message(SEND_ERROR "${source}: layer '${layer}' may not: ${line}")
        math(EXPR problems "${problems} + 1")
      endif()
    endforeach()
    if(NOT layer STREQUAL "bgpd")
      file(STRINGS ${ROOT}/${source} worldly REGEX "${WORLD}")
      foreach(line ${worldly})
        message(SEND_ERROR "${source}: pure code reaches for the world: ${line}")
        math(EXPR problems "${problems} + 1")
      endforeach()
    endif()
  endforeach()
endforeach()
if(problems GREATER 0)
  message(FATAL_ERROR "${problems} breaches of the layers")
endif()
message(STATUS "the layers hold")
