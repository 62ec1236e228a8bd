// Every MPI function that the library calls is made to fail here once: that must be an Exception, with its name, its code
// and the line of the call. All on COMM_SELF, so that no process waits for another.
#pragma once

#include "interpose.h"

#include "../catch.hpp"
#include "../support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cctype>
#include <functional>
#include <set>
#include <string>
#include <vector>

inline constexpr mpi4cxx::Count large = mpi4cxx::Count{1} << 31;  // no memory is touched: the call fails before

/// A call of the library that comes to `function`, with buffers of `n` elements.
struct Case {
    std::string function;
    std::string kinds;  // 'c': it has a large-count twin; 'w': which is what is called; 'i': it is blocking, and may run otherwise while an object is
                        // pending; 'r': it is refused where MPI has no large counts; 'a': it may be
                        // absent from the MPI
    std::function<void(mpi4cxx::Count)> call;
    mpi4cxx::At at;
    template <class F> Case(const char* name, const char* twins, F f, mpi4cxx::At place = {}) : function(name), kinds(twins), call(f), at(place) {}
};

/// A code that Exception must hand on, of a class of its own.
inline constexpr int code = MPI_ERR_NO_SPACE;

inline std::set<std::string> covered;  // functions that have failed so far

/// "MPI_Send_c" if there is one: an MPI-3 has none, there "MPI_Send" is called with another datatype.
inline std::string large_twin(const std::string& function) {
    static const bool is_native = fail_next("MPI_Send_c", MPI_SUCCESS) != 0;
    return is_native ? function + "_c" : function;
}

/// "MPI_Ibcast"
inline std::string nonblocking(std::string function) {
    function.replace(4, 1, {'I', static_cast<char>(std::tolower(function[4]))});
    return function;
}

/// Lets `functions` fail while `f` runs; the one that does must be reported.
template <class F> void check_failure(const Case& c, const std::vector<std::string>& functions, F f) {
    INFO(functions.front());
    (void)failures();
    bool known = false;
    for (const std::string& function : functions)
        if (fail_next(function.c_str(), code) != 0) {
            known = true;
            covered.insert(function);
        }
    CHECK(known);
    try {
        f();
        FAIL_CHECK("nothing was thrown");
    } catch (const mpi4cxx::Exception& e) {
        CHECK(e.Get_error_code() == code);
        CHECK((e.function() == c.function || e.function() == nonblocking(c.function)));
        CHECK(std::string(e.where().file) == c.at.file);
        CHECK(e.where().line == c.at.line);
        CHECK(std::string(e.what()).find(c.function.substr(5)) != std::string::npos);
    }
    CHECK(failures() == 1);
}

inline void check(const Case& c) {
    const auto is = [&](char kind) { return c.kinds.find(kind) != std::string::npos; };
    const auto twin = [&](const std::string& function) { return is('w') ? large_twin(function) : function; };
    if (is('a') && fail_next(twin(c.function).c_str(), MPI_SUCCESS) == 0) {
        INFO(c.function);
        CHECK(thrown<mpi4cxx::Exception>([&] { c.call(1); }).find("not supported by this MPI") != std::string::npos);
        return;
    }
    check_failure(c, {twin(c.function)}, [&] { c.call(1); });
    if (is('r') && large_twin(c.function) == c.function)
        CHECK(thrown<mpi4cxx::Exception>([&] { c.call(large); }).find("not supported by this MPI") != std::string::npos);
    else if (is('c'))
        check_failure(c, {large_twin(c.function)}, [&] { c.call(large); });
    if (!is('i'))
        return;
    auto pending = mpi4cxx::COMM_SELF.irecv<int>(0, 99);  // so that a blocking call has something to drive
    check_failure(c, {twin(c.function), twin(nonblocking(c.function))}, [&] { c.call(1); });
    if (is('c'))
        check_failure(c, {large_twin(c.function), large_twin(nonblocking(c.function))}, [&] { c.call(large); });
    pending.cancel();
    (void)pending.wait();
}
