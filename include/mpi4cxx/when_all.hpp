#pragma once

#include <mpi4cxx/detail/requests/awaited_parts.hpp>

#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

namespace detail {

template <class... A> Coroutine<std::tuple<Value<Part<A>>...>> all_of(A... awaitables) {
    std::tuple<Part<A>...> parts(awaitables...);
    AllOf all{pointers(parts)};
    co_await all;
    co_return std::apply([](auto&... part) { return std::tuple<Value<Part<A>>...>{value_of(part)...}; }, parts);
}

template <class P> inline constexpr bool gives_nothing = std::is_void_v<Result<P>>;
template <class R> Coroutine<std::conditional_t<gives_nothing<PartOf<R>>, void, std::vector<Value<PartOf<R>>>>> all_of_range(R range) {
    auto parts = parts_of(range);
    AllOf all{pointers(parts)};
    co_await all;
    std::vector<Value<PartOf<R>>> results;
    results.reserve(parts.size());
    for (auto& part : parts) results.push_back(value_of(part));
    if constexpr (!gives_nothing<PartOf<R>>)
        co_return results;
}

}  // namespace detail

/// Await all of several requests and coroutines, which progress together. Returns a Coroutine that gives a tuple of their results, with a
/// std::monostate for a coroutine without a result. As soon as one fails, its exception is thrown. Temporaries and moved arguments are dropped then;
/// variables keep the objects and results that have come for them.
template <class... Awaitables>
    requires(!detail::Range<Awaitables> && ...)
[[nodiscard]] auto when_all(Awaitables&&... awaitables) { return detail::all_of<Awaitables...>(std::forward<Awaitables>(awaitables)...); }
/// The same for a range, which may be empty. The Coroutine gives a vector of the results, or nothing if the range is of coroutines without a result.
template <detail::Range R> [[nodiscard]] auto when_all(R&& awaitables) { return detail::all_of_range<R>(std::forward<R>(awaitables)); }

}  // namespace MPI4CXX
