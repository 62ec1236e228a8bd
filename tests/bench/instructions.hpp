// The cases of the benchmark of instructions. Those of objects and of windows are compiled by themselves, because what else a source has changes what
// the compiler makes of a call.
#pragma once

#include <mpi4cxx/epoch.hpp>

#include <span>
#include <string_view>

struct Case {
    std::string_view name;
    void (*c)();
    void (*cxx)();
};

extern double x, y;  // what is sent, and where it goes

extern const std::span<const Case> object_cases, window_cases;
/// Makes the window of these cases, and begins the epoch of `test`.
mpi4cxx::Epoch open_window(const Case& test);
/// Frees the window. Returns the sum of some of its elements, so that none is optimized away.
double close_window();
