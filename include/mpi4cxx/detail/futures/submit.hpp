// Submits tasks and maps to the workers of an executor. The methods of executors and views call these functions.
#pragma once

#include <mpi4cxx/detail/futures/map_state.hpp>
#include <mpi4cxx/detail/futures/task_function.hpp>
#include <mpi4cxx/futures/future.hpp>
#include <mpi4cxx/futures/results.hpp>

#include <cereal/types/tuple.hpp>
#include <cereal/types/utility.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX::futures::detail {

/// The state that an executor shares with its views and its tasks.
using ExecutorStatePtr = std::shared_ptr<ExecutorState>;

constexpr int any_worker = std::numeric_limits<int>::min();  // no number that a program names by mistake

/// Whether the first argument is a function, not options.
template <class F>
concept NoOptions = !std::is_same_v<std::remove_cvref_t<F>, MapOptions> && !std::is_same_v<std::remove_cvref_t<F>, SubmitOptions>;

MPI4CXX_API void submit(const ExecutorStatePtr& executor, Ref<FutureState> task, int worker);
MPI4CXX_API void submit(const ExecutorStatePtr& executor, const Ref<MapState>& map_state);
/// Throws if the executor takes no more tasks, or has no such worker.
MPI4CXX_API void check_open(const ExecutorStatePtr& executor, int worker);
/// Submit in two steps: count_as_pending() counts the task as pending, enqueue() gives it to a worker, even if the executor was shut down in between.
MPI4CXX_API void count_as_pending(const ExecutorStatePtr& executor, FutureState& task);
MPI4CXX_API void enqueue(Ref<FutureState> task, int worker) noexcept;
/// Does both steps, even if the executor is shut down, unless its workers are gone.
MPI4CXX_API void submit_unchecked(const ExecutorStatePtr& executor, Ref<FutureState> task, int worker) noexcept;
[[nodiscard]] MPI4CXX_API int count_workers(const ExecutorStatePtr& executor);
MPI4CXX_API void check_map(const MapOptions& options, Split split);

MPI4CXX_API void check_retries(int retries);

template <class F, class... A>
auto submit_to(const ExecutorStatePtr& executor, int worker, const SubmitOptions& options, const F& f, const A&... arguments) {
    using Call = std::decay_t<F>;
    check_retries(options.retries);
    auto state = make_task<Call, sent<A>...>(static_cast<const Call&>(f), to_send(arguments)...);
    state->retries = options.retries;
    submit(executor, state, worker);
    return Future(std::move(state));
}

/// The executor, and the worker if one was chosen, that runs a task.
struct Target {
    ExecutorStatePtr executor;
    int worker = any_worker;
};

template <class F, class T> struct call_after { using State = CallState<F, sent_as<T>>; };
template <class F> struct call_after<F, void> { using State = CallState<F>; };

/// Submits a call of `f` with the result of `before`, when that result is there.
template <class T, class F> auto submit_after(const Future<T>& before, const Target& target, const F& f) {
    using Call = std::decay_t<F>;
    using State = typename call_after<Call, T>::State;
    check_open(target.executor, target.worker);
    (void)before.state();  // throws if the future is empty
    Ref<State> next(new State);
    count_as_pending(target.executor, *next);
    before.add_done_callback([next, target, f = static_cast<Call>(f)](const Future<T>& done) {
        try {
            if constexpr (std::is_void_v<T>)
                done.result(), load_call<Call>(*next, f);
            else
                load_call<Call, sent_as<T>>(*next, f, done.result());
        } catch (...) {
            if (next->begin())
                next->finish(std::current_exception());
            return;
        }
        enqueue(next, target.worker);
    });
    return Future(next);
}

/// Submits one call to each worker.
template <class F, class... A> auto submit_to_all(const ExecutorStatePtr& executor, const F& f, const A&... arguments) {
    std::vector<decltype(submit_to(executor, 0, {}, f, arguments...))> futures;
    for (int worker = 0; worker < count_workers(executor); ++worker) futures.push_back(submit_to(executor, worker, {}, f, arguments...));
    return futures;
}

/// Waits for the results and returns them, those of worker 0 first; returns nothing for void.
template <class T> auto results_of(const std::vector<Future<T>>& futures) {
    if constexpr (std::is_void_v<T>) {
        for (const Future<T>& future : futures) future.result();
    } else {
        std::vector<T> results;
        for (const Future<T>& future : futures) results.push_back(std::move(future.result()));
        return results;
    }
}

template <class R>
concept Range = requires(R& range) {
    std::ranges::begin(range);
    std::ranges::end(range);
};
template <class R> using iterator_of = decltype(std::ranges::begin(std::declval<R&>()));
template <class R> using sentinel_of = decltype(std::ranges::end(std::declval<R&>()));

/// The type of an element as a value that can be read again: an entry of a map without the const of its key, a tuple of values instead of references.
template <class T> struct readable_as { using type = std::remove_cvref_t<T>; };
template <class T> using readable_t = typename readable_as<std::remove_cvref_t<T>>::type;
template <class A, class B> struct readable_as<std::pair<A, B>> { using type = std::pair<readable_t<A>, readable_t<B>>; };
template <class... T> struct readable_as<std::tuple<T...>> { using type = std::tuple<readable_t<T>...>; };
template <class R> using value_of = readable_t<std::iter_value_t<iterator_of<R>>>;

/// Packs the elements of ranges side by side, up to the end of the shortest.
template <class... R> class Zip {
public:
    explicit Zip(R&... ranges) : at_(std::ranges::begin(ranges)...), end_(std::ranges::end(ranges)...) {}
    bool add(MapState& map_state, std::size_t n) { return add(map_state, n, std::index_sequence_for<R...>()); }

private:
    template <std::size_t... I> bool add(MapState& map_state, std::size_t n, std::index_sequence<I...>) {
        for (; n > 0; --n) {
            if (std::exchange(is_used_, false))
                (++std::get<I>(at_), ...);
            const bool is_at_end = ((std::get<I>(at_) == std::get<I>(end_)) || ...);
            if (is_at_end)
                return false;
            put_item(map_state.item_buffer(), static_cast<const value_of<R>&>(*std::get<I>(at_))...);
            map_state.add();
            is_used_ = true;
        }
        return true;
    }
    std::tuple<iterator_of<R>...> at_;
    std::tuple<sentinel_of<R>...> end_;
    bool is_used_ = false;  // whether these elements are packed; the next are read only when they are wanted, since that may wait for a result
};
/// Packs the elements of a range of tuples.
template <class R> class TupleRange {
public:
    explicit TupleRange(R& range) : at_(std::ranges::begin(range)), end_(std::ranges::end(range)) {}
    bool add(MapState& map_state, std::size_t n) {
        for (; n > 0; --n) {
            if (std::exchange(is_used_, false))
                ++at_;
            if (at_ == end_)
                return false;
            std::apply([&map_state](const auto&... elements) { put_item(map_state.item_buffer(), elements...); },
                       static_cast<const value_of<R>&>(*at_));
            map_state.add();
            is_used_ = true;
        }
        return true;
    }

private:
    iterator_of<R> at_;
    sentinel_of<R> end_;
    bool is_used_ = false;  // as in Zip
};

/// Reads ranges while the map runs. Temporary ranges are stored here; the others belong to the caller.
template <class Source, class... R> struct MapInputOf final : MapInput {
    explicit MapInputOf(R&&... from) : ranges(std::forward<R>(from)...), source(std::apply([](auto&... all) { return Source(all...); }, ranges)) {}
    bool read(MapState& map_state, std::size_t n) override {
        const bool more = source.add(map_state, n);
        publish(map_state, !more);
        return more;
    }
    std::tuple<R...> ranges;
    Source source;
};

template <class Tuple> struct signature;
template <class... A> struct signature<std::tuple<A...>> {
    template <class F> static consteval const TaskType& type() { return task_type<F, sent_as<A>...>; }
    template <class F> using result = stored_result<result_of<F, sent_as<A>...>>;
};
template <class A, class B> struct signature<std::pair<A, B>> : signature<std::tuple<A, B>> {};

/// The one function behind all maps. Signature: the types of the arguments. Source: packs them.
template <class Signature, class Source, class F, class... R>
auto map(const ExecutorStatePtr& executor, const MapOptions& options, Split split, const F& f, R&&... ranges) {
    using Result = typename Signature::template result<F>;
    check_map(options, split);
    Ref<MapStateOf<Result>> map_state(new MapStateOf<Result>(Signature::template type<F>(), options, split));
    put_callable(map_state->function_buffer(), f);
    std::unique_ptr<MapInput> input;
    if (options.buffersize > 0) {
        input = std::make_unique<MapInputOf<Source, R...>>(std::forward<R>(ranges)...);
    } else {
        Source(ranges...).add(*map_state, static_cast<std::size_t>(-1));
        map_state->publish(true);
    }
    submit(executor, map_state);
    return Results<Result>(std::move(map_state), std::move(input), static_cast<std::size_t>(options.buffersize));
}

template <class F, class... R> auto map_ranges(const ExecutorStatePtr& executor, const MapOptions& options, Split split, const F& f, R&&... ranges) {
    static_assert(sizeof...(R) > 0, "mpi4cxx: map takes a range for each argument of the function; submit calls a function without arguments");
    static_assert((Range<std::remove_reference_t<R>> && ...), "mpi4cxx: map takes ranges, one for each argument of the function");
    return map<signature<std::tuple<value_of<std::remove_reference_t<R>>...>>, Zip<std::remove_reference_t<R>...>, std::decay_t<F>>(
        executor, options, split, f, std::forward<R>(ranges)...);
}
template <class F, class R> auto map_tuples(const ExecutorStatePtr& executor, const MapOptions& options, const F& f, R&& tuples) {
    using Of = std::remove_reference_t<R>;
    static_assert(Range<Of>, "mpi4cxx: starmap takes a range of tuples");
    return map<signature<value_of<Of>>, TupleRange<Of>, std::decay_t<F>>(executor, options, Split::balanced, f, std::forward<R>(tuples));
}

}  // namespace MPI4CXX::futures::detail
