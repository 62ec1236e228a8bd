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

/// What a coroutine awaits where it awaits several: all of these.
struct AllOf {
    Array<Awaited*> parts;
};
/// Or one of these. Whether it is an error if there is none.
struct AnyOf {
    Array<Awaited*> parts;
    bool must_be;
};

/// The results are taken from each of the parts.
class MPI4CXX_API AwaitedParts : public Awaited {
public:
    [[nodiscard]] bool is_active() const override { return true; }
    template <class Promise> void await_suspend(std::coroutine_handle<Promise> caller) noexcept {
        set_at(caller.promise().at());
        for (Awaited* part : parts_) part->set_at(at());
        Awaited::await_suspend(caller);
    }

protected:
    AwaitedParts(Array<Awaited*> parts, At at) noexcept : Awaited(at), parts_(std::move(parts)) {}
    Array<Awaited*> parts_;
};

/// Complete when all are, or when one has failed, which is thrown.
class MPI4CXX_API AwaitedAll final : public AwaitedParts {
public:
    AwaitedAll(AllOf& all, At at) noexcept : AwaitedParts(std::move(all.parts), at) {}
    void await_resume() const { rethrow(); }

private:
    bool poll() override;
    void wait() override;
};
template <> struct AwaitedBy<AllOf&> { using type = AwaitedAll; };

/// Complete when one is, or where none is active.
class MPI4CXX_API AwaitedAny final : public AwaitedParts {
public:
    AwaitedAny(AnyOf& any, At at) noexcept : AwaitedParts(std::move(any.parts), at), must_be_(any.must_be) {}
    /// The index of the one.
    [[nodiscard]] std::optional<std::size_t> await_resume() const {
        rethrow();
        return index_;
    }

private:
    bool poll() override;
    void wait() override;

    bool must_be_;
    std::optional<std::size_t> index_;
};
template <> struct AwaitedBy<AnyOf&> { using type = AwaitedAny; };

/// What awaits an `A` that is a variable.
template <class A> using Part = typename AwaitedBy<A&>::type;
/// What a part gives, where that may be nothing.
template <class P> using Result = decltype(std::declval<P&>().await_resume());
/// The same; a std::monostate stands for nothing.
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
