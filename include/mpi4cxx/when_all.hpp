#pragma once

#include <mpi4cxx/detail/awaited_parts.hpp>

#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace mpi4cxx {

namespace detail {

template <class... A> Coroutine<std::tuple<Value<Part<A>>...>> all_of(A... awaitables) {
    std::tuple<Part<A>...> parts(awaitables...);
    AllOf all{pointers(parts)};
    co_await all;
    co_return std::apply([](auto&... part) { return std::tuple<Value<Part<A>>...>{value_of(part)...}; }, parts);
}

template <class Range> using AllResult = Result<PartOfRange<Range>>;
template <class Range>
Coroutine<std::conditional_t<std::is_void_v<AllResult<Range>>, void, std::vector<Value<PartOfRange<Range>>>>> all_of_range(Range range) {
    auto parts = parts_of_range(range);
    AllOf all{pointers(parts)};
    co_await all;
    std::vector<Value<PartOfRange<Range>>> results;
    results.reserve(parts.size());
    for (auto& part : parts) results.push_back(value_of(part));
    if constexpr (!std::is_void_v<AllResult<Range>>)
        co_return results;
}

}  // namespace detail

/// Await all of several requests and coroutines, which go on together; returns a Coroutine that gives a tuple of their results, with a
/// std::monostate for a coroutine that gives nothing. As soon as one fails, its exception is thrown; what was given as a temporary, or moved in, is
/// dropped then, and what is a variable stays as it is.
template <class... Awaitables>
    requires(!std::ranges::range<Awaitables> && ...)
[[nodiscard]] auto when_all(Awaitables&&... awaitables) { return detail::all_of<Awaitables...>(std::forward<Awaitables>(awaitables)...); }
/// The same of a range, which may be empty: gives a vector of the results, or nothing where each is a coroutine that gives nothing.
template <std::ranges::range Range> [[nodiscard]] auto when_all(Range&& awaitables) {
    return detail::all_of_range<Range>(std::forward<Range>(awaitables));
}

}  // namespace mpi4cxx
