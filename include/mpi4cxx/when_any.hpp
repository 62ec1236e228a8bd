#pragma once

#include <mpi4cxx/detail/awaited_parts.hpp>

#include <cstddef>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace mpi4cxx {

namespace detail {

template <class... A> Coroutine<std::variant<Value<Part<A>>...>> any_of(A&... awaitables) {
    std::tuple<Part<A>...> parts(awaitables...);
    AnyOf any{pointers(parts), true};
    const std::optional<std::size_t> chosen = co_await any;
    std::optional<std::variant<Value<Part<A>>...>> result;
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        ((i == *chosen ? void(result.emplace(std::in_place_index<i>, value_of(std::get<i>(parts)))) : void()), ...);
    }
    (std::index_sequence_for<A...>());
    co_return std::move(*result);
}

template <class Range> Coroutine<std::optional<std::pair<int, Value<PartOfRange<Range>>>>> any_of_range(Range range) {
    auto parts = parts_of_range(range);
    AnyOf any{pointers(parts), false};
    const std::optional<std::size_t> chosen = co_await any;
    if (!chosen)
        co_return std::nullopt;
    co_return std::pair(static_cast<int>(*chosen), value_of(parts[*chosen]));
}

/// Where a temporary goes, so do those in it that are not chosen.
template <class A> inline constexpr bool stays = std::is_lvalue_reference_v<A>;

}  // namespace detail

/// Await the first of several requests and coroutines that is complete; returns a Coroutine that gives a variant: its index is that of the one,
/// its value the result. The one is null then, a persistent request inactive. The others stay as they are, to be awaited again: requests pending with
/// what comes for them, coroutines where they wait, which go on when somebody waits for them. So all are variables. Those that are null or inactive
/// are passed over; it is an error if all are.
template <class... Awaitables>
    requires(!std::ranges::range<Awaitables> && ...)
[[nodiscard]] auto when_any(Awaitables&&... awaitables) {
    static_assert((detail::stays<Awaitables> && ...),
                  "mpi4cxx: when_any leaves those that are not chosen where they are, so it takes variables and no temporaries");
    return detail::any_of<std::remove_reference_t<Awaitables>...>(awaitables...);
}
/// The same of a range: gives a pair of the index and the result, nothing where all are null or inactive.
template <std::ranges::range Range> [[nodiscard]] auto when_any(Range&& awaitables) {
    static_assert(detail::stays<Range> || std::ranges::borrowed_range<Range>,
                  "mpi4cxx: when_any leaves those that are not chosen where they are, so it takes variables and no temporaries");
    return detail::any_of_range<Range>(std::forward<Range>(awaitables));
}

}  // namespace mpi4cxx
