#pragma once

#include <mpi4cxx/futures/detail/runner.hpp>
#include <mpi4cxx/futures/future.hpp>
#include <mpi4cxx/futures/options.hpp>
#include <mpi4cxx/futures/results.hpp>

#include <algorithm>
#include <concepts>
#include <iterator>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace mpi4cxx::futures {

class Executor;

namespace detail {

template <class R>
concept Range = requires(R& range) {
    std::ranges::begin(range);
    std::ranges::end(range);
};
template <class R> using iterator_of = decltype(std::ranges::begin(std::declval<R&>()));
template <class R> using value_of = std::iter_value_t<iterator_of<R>>;

MPI4CXX_API void submit(Client& client, Ref<Task> task, int worker);
MPI4CXX_API void submit(Client& client, Ref<Job> job);
[[nodiscard]] MPI4CXX_API int count_workers(const Client& client);
MPI4CXX_API void check_map(const MapOptions& options, Split split);

/// Packs the elements of ranges side by side, up to the end of the shortest.
template <class... R> class Zip {
public:
    explicit Zip(R&... ranges) : at_(std::ranges::begin(ranges)...), end_(std::ranges::end(ranges)...) {}
    bool add(Job& job, std::size_t n) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            for (; n > 0; --n) {
                if (((std::get<I>(at_) == std::get<I>(end_)) || ...))
                    return false;
                put_item(job.room(), static_cast<const value_of<R>&>(*std::get<I>(at_))...);
                job.add();
                (++std::get<I>(at_), ...);
            }
            return true;
        }
        (std::index_sequence_for<R...>());
    }

private:
    std::tuple<iterator_of<R>...> at_;
    std::tuple<decltype(std::ranges::end(std::declval<R&>()))...> end_;
};
/// The same of one range of tuples.
template <class R> class Tuples {
public:
    explicit Tuples(R& range) : at_(std::ranges::begin(range)), end_(std::ranges::end(range)) {}
    bool add(Job& job, std::size_t n) {
        for (; n > 0; --n, ++at_) {
            if (at_ == end_)
                return false;
            std::apply([&job](const auto&... elements) { put_item(job.room(), elements...); }, static_cast<const value_of<R>&>(*at_));
            job.add();
        }
        return true;
    }

private:
    iterator_of<R> at_;
    decltype(std::ranges::end(std::declval<R&>())) end_;
};

/// Reads ranges while the map runs: holds those that are temporaries, the others are the caller's.
template <class Source, class... R> struct FeedOf final : Feed {
    explicit FeedOf(R&&... from) : ranges(std::forward<R>(from)...), source(std::apply([](auto&... all) { return Source(all...); }, ranges)) {}
    bool feed(Job& job, std::size_t n) override {
        const bool more = source.add(job, n);
        publish(job, !more);
        return more;
    }
    std::tuple<R...> ranges;
    Source source;
};

template <class Tuple> struct signature;
template <class... A> struct signature<std::tuple<A...>> {
    template <class F> static consteval const TaskType& type() {
        check_call<F, sent_as<A>...>();
        return task_type<F, sent_as<A>...>;
    }
    template <class F> using result = stored_result<result_of<F, sent_as<A>...>>;
};
template <class A, class B> struct signature<std::pair<A, B>> : signature<std::tuple<A, B>> {};

/// The one body of all maps. Signature: of the arguments, Source: what packs them.
template <class Signature, class Source, class F, class... R>
auto map(const std::shared_ptr<Client>& client, const MapOptions& options, Split split, const F& f, R&&... ranges) {
    using Result = typename Signature::template result<F>;
    check_map(options, split);
    Ref<JobOf<Result>> job(new JobOf<Result>(Signature::template type<F>(), options, split));
    put_callable(job->head(), f);
    std::unique_ptr<Feed> feed;
    if (options.buffersize > 0) {
        feed = std::make_unique<FeedOf<Source, R...>>(std::forward<R>(ranges)...);
    } else {
        Source(ranges...).add(*job, static_cast<std::size_t>(-1));
        job->publish(true);
    }
    submit(*client, job);
    return Results<Result>(std::move(job), std::move(feed), static_cast<std::size_t>(options.buffersize));
}

template <class F>
concept Function = !std::is_same_v<std::remove_cvref_t<F>, MapOptions>;

template <class F, class... R>
auto map_ranges(const std::shared_ptr<Client>& client, const MapOptions& options, Split split, const F& f, R&&... ranges) {
    static_assert((Range<std::remove_reference_t<R>> && ...), "mpi4cxx: map takes ranges, one for each argument of the function");
    return map<signature<std::tuple<value_of<std::remove_reference_t<R>>...>>, Zip<std::remove_reference_t<R>...>, std::decay_t<F>>(
        client, options, split, f, std::forward<R>(ranges)...);
}

}  // namespace detail

/// What runs tasks on workers. An executor belongs to one thread of the program at a time, its futures to any.
class MPI4CXX_API Executor {
public:
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// Have a worker call `f(arguments…)`, each argument a copy of its own.
    template <class F, class... A> auto submit(F&& f, A&&... arguments) { return submit_to(-1, f, arguments...); }

    /// Call `f` with the elements of one range, or of several side by side up to the end of the shortest.
    /// The inputs are read at once unless `buffersize` says otherwise: then from where they are, temporaries excepted.
    template <detail::Function F, class... R> auto map(F&& f, R&&... ranges) {
        return detail::map_ranges(client(), {}, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    template <class F, class... R> auto map(const MapOptions& options, F&& f, R&&... ranges) {
        return detail::map_ranges(client(), options, detail::Split::balanced, f, std::forward<R>(ranges)...);
    }
    /// Call `f` with what the tuples in `tuples` hold.
    template <detail::Function F, class R> auto starmap(F&& f, R&& tuples) { return starmap({}, f, std::forward<R>(tuples)); }
    template <class F, class R> auto starmap(const MapOptions& options, F&& f, R&& tuples) {
        using Range = std::remove_reference_t<R>;
        return detail::map<detail::signature<detail::value_of<Range>>, detail::Tuples<Range>, std::decay_t<F>>(
            client(), options, detail::Split::balanced, f, std::forward<R>(tuples));
    }

    /// Start the workers, which the first task would do; with `wait`, until all have run the initializer.
    Executor& bootup(bool wait = true);
    /// How many workers there are.
    [[nodiscard]] int num_workers() const;
    /// Take no more tasks; with `cancel_futures`, cancel those that no worker has; with `wait`, until all are done.
    void shutdown(bool wait = true, bool cancel_futures = false);

    /// Draw which worker ran which task when, since the last picture: as SVG, or for a name in .json in the format of Chrome's trace
    /// viewer and Perfetto. Of more than 131072 chunks the last.
    void trace(const std::string& path);

protected:
    Executor() noexcept = default;
    ~Executor();
    void open(std::shared_ptr<detail::Client> client);
    [[nodiscard]] const std::shared_ptr<detail::Client>& client() const;
    /// Waits for what is pending and ends the workers' service if it is this executor's alone.
    void close() noexcept;

private:
    template <class F, class... A> auto submit_to(int worker, const F& f, const A&... arguments) {
        using Call = std::decay_t<F>;
        detail::check_call<Call, detail::sent<A>...>();
        auto state = detail::make_task<Call, detail::sent<A>...>(static_cast<const Call&>(f), detail::to_send(arguments)...);
        detail::submit(*client(), state, worker);
        return Future(std::move(state));
    }

    std::shared_ptr<detail::Client> client_;
    std::vector<detail::Ref<detail::Task>> initializers_;
};

template <class F>
    requires(!std::is_same_v<std::decay_t<F>, Initializer> && std::is_invocable_v<std::decay_t<F>&>)
Initializer::Initializer(F&& f)
    : function_(std::make_shared<std::decay_t<F>>(std::forward<F>(f))), make_([](const Initializer& self) -> detail::Ref<detail::Task> {
          return detail::make_task<std::decay_t<F>>(*static_cast<const std::decay_t<F>*>(self.function_.get()));
      }) {}

}  // namespace mpi4cxx::futures
