// A collective call as blocking, nonblocking or persistent one, so that one test serves the three.
#pragma once

#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <vector>

/// A call that has been started, or is over.
struct Blocking {
    static constexpr bool may_repeat = false;
    void finish() {}
};
struct Nonblocking {
    static constexpr bool may_repeat = false;
    mpi4cxx::Request request;
    void finish() {
        while (!request.Test()) {}
        CHECK(request.is_null());
    }
};
struct Persistent {
    static constexpr bool may_repeat = true;
    mpi4cxx::Prequest request;
    explicit Persistent(mpi4cxx::Prequest made) : request(std::move(made)) { request.Start(); }
    void finish() {
        request.Wait();
        CHECK_FALSE(request.is_null());
    }
    void repeat() {
        request.Start();
        finish();
    }
};

/// Calls `f(form)` where `form(blocking, nonblocking, persistent)` calls one of the three and returns what has been started.
template <class F> void for_each_form(F f) {
    f([](auto blocking, auto, auto) {
        blocking();
        return Blocking{};
    });
    f([](auto, auto nonblocking, auto) { return Nonblocking{nonblocking()}; });
    f([](auto, auto, auto persistent) { return Persistent(persistent()); });
}

/// Finishes a call and checks what has come; a persistent one is started again after `reset`.
template <class Call, class Reset, class Check> void finish(Call call, Reset reset, Check check) {
    call.finish();
    check();
    if constexpr (Call::may_repeat)
        for (int i = 0; i < 2; ++i) {
            reset();
            call.repeat();
            check();
        }
}

/// Makes what the caller has given useless: a call that is under way must have its own.
template <class... Vectors> void spoil(Vectors&... vectors) {
    ((std::fill(vectors.begin(), vectors.end(), -1), vectors.clear(), vectors.shrink_to_fit()), ...);
}
