#pragma once

#include <mpi4cxx/detail/requests/awaited_parts.hpp>

#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace MPI4CXX {

namespace detail {

/// Returns the result of the part with this index.
template <std::size_t i = 0, class... P> std::variant<Value<P>...> value_at(std::size_t index, std::tuple<P...>& parts) {
    if constexpr (i + 1 < sizeof...(P))
        if (index != i)
            return value_at<i + 1>(index, parts);
    return std::variant<Value<P>...>(std::in_place_index<i>, value_of(std::get<i>(parts)));
}

template <class... A> Coroutine<std::variant<Value<Part<A>>...>> any_of(A&... awaitables) {
    std::tuple<Part<A>...> parts(awaitables...);
    AnyOf any{pointers(parts), true};
    const std::optional<std::size_t> chosen = co_await any;
    co_return value_at(*chosen, parts);
}

template <class R> Coroutine<std::optional<std::pair<int, Value<PartOf<R>>>>> any_of_range(R& range) {
    auto parts = parts_of(range);
    AnyOf any{pointers(parts), false};
    const std::optional<std::size_t> chosen = co_await any;
    if (!chosen)
        co_return std::nullopt;
    co_return std::pair(static_cast<int>(*chosen), value_of(parts[*chosen]));
}

}  // namespace detail

/// Await the first of several requests and coroutines that is complete. Returns a Coroutine that gives a variant: its index is that of the complete
/// argument, its value is the result. That argument is null then, or inactive if it is a persistent request. The others stay as they are, to be
/// awaited again: a request stays pending and keeps what comes for it, a coroutine stays where it waits and goes on when somebody waits for it. So
/// all arguments must be variables. Arguments that are null or inactive are passed over; it is an error if all are. If several are complete, the
/// first of them is chosen.
template <class... Awaitables>
    requires(sizeof...(Awaitables) > 0 && (!detail::Range<Awaitables> && ...))
[[nodiscard]] auto when_any(Awaitables&&... awaitables) {
    static_assert((std::is_lvalue_reference_v<Awaitables> && ...),
                  "mpi4cxx: when_any leaves those that are not chosen where they are, so it takes variables and no temporaries");
    return detail::any_of<std::remove_reference_t<Awaitables>...>(awaitables...);
}
/// The same for a range. The Coroutine gives a pair of the index and the result, or nothing if all are null or inactive.
template <detail::Range R> [[nodiscard]] auto when_any(R&& awaitables) {
    static_assert(std::is_lvalue_reference_v<R>,
                  "mpi4cxx: when_any leaves those that are not chosen where they are, so it takes variables and no temporaries");
    return detail::any_of_range(awaitables);
}

}  // namespace MPI4CXX
