// What a coroutine waits for when it waits for several things at once.
#pragma once

#include <mpi4cxx/coroutine.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <iterator>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace MPI4CXX::detail {

/// Several things; a coroutine waits for all of them.
struct AllOf {
    Array<Awaited*> parts;
};
/// Several things; a coroutine waits for one of them. `must_be` makes it an error if none is active.
struct AnyOf {
    Array<Awaited*> parts;
    bool must_be;
};

/// Several things that a coroutine waits for. Their results are taken from the parts themselves.
class MPI4CXX_API AwaitedParts : public Awaited {
public:
    template <class Promise> void await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        set_at(caller.promise().at());
        for (Awaited* part : parts_) part->set_at(at());
        Awaited::await_suspend(caller);
    }

protected:
    AwaitedParts(Array<Awaited*> parts, At at) noexcept : Awaited(at), parts_(std::move(parts)) {}
    Array<Awaited*> parts_;
};

/// Complete when all parts are, or when one has failed, whose exception is thrown.
class MPI4CXX_API AwaitedAll final : public AwaitedParts {
public:
    AwaitedAll(AllOf& all, At at) noexcept : AwaitedParts(std::move(all.parts), at) {}
    void await_resume() const { rethrow(); }

private:
    std::optional<bool> poll() override;
    void wait() override;
};
template <> struct AwaitedBy<AllOf&> { using type = AwaitedAll; };

/// Complete when one part is, or if no part is active.
class MPI4CXX_API AwaitedAny final : public AwaitedParts {
public:
    AwaitedAny(AnyOf& any, At at) noexcept : AwaitedParts(std::move(any.parts), at), must_be_(any.must_be) {}
    /// Returns the index of the part that is complete; nothing if none is active.
    [[nodiscard]] std::optional<std::size_t> await_resume() const {
        rethrow();
        return index_;
    }

private:
    std::optional<bool> poll() override;
    void wait() override;

    bool must_be_;
    std::optional<std::size_t> index_;
};
template <> struct AwaitedBy<AnyOf&> { using type = AwaitedAny; };

/// The class that waits for a variable of type `A`.
template <class A> using Part = typename AwaitedBy<A&>::type;
/// The result of a part, which may be void.
template <class P> using Result = decltype(std::declval<P&>().await_resume());
/// The result of a part, with std::monostate in place of void.
template <class P> using Value = std::conditional_t<std::is_void_v<Result<P>>, std::monostate, Result<P>>;

template <class P> Value<P> value_of(P& part) {
    if constexpr (std::is_void_v<Result<P>>) {
        part.await_resume();
        return {};
    } else {
        return part.await_resume();
    }
}

template <class R>
concept Range = requires(R& range) {
    std::begin(range);
    std::end(range);
};
template <class R> using PartOf = Part<std::remove_reference_t<decltype(*std::begin(std::declval<R&>()))>>;
template <class R> std::vector<PartOf<R>> parts_of(R& range) {
    std::vector<PartOf<R>> parts;
    for (auto& awaitable : range) parts.emplace_back(awaitable);
    return parts;
}

template <class... P> Array<Awaited*> pointers(std::tuple<P...>& parts) {
    Array<Awaited*> all(sizeof...(P));
    std::apply([to = all.data()](auto&... part) mutable { ((*to++ = &part), ...); }, parts);
    return all;
}
template <class P> Array<Awaited*> pointers(std::vector<P>& parts) {
    Array<Awaited*> all(parts.size());
    std::transform(parts.begin(), parts.end(), all.data(), [](P& part) { return &part; });
    return all;
}

}  // namespace MPI4CXX::detail
