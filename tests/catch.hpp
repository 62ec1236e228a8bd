// The Catch2 that is installed: 2.13 in Debian 12, 3 in Debian 13.
#pragma once

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#define CATCH_CONFIG_DISABLE_MATCHERS  // as in version 3, whose matchers are in headers of their own
#include <catch2/catch.hpp>
#endif
