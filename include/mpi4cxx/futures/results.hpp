#pragma once

#include <mpi4cxx/detail/futures/job.hpp>
#include <mpi4cxx/futures/future.hpp>

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::futures {

namespace detail {

/// Where the items of a map come from while it runs.
struct Feed {
    virtual ~Feed() = default;
    /// Adds up to `n` items; false when there are no more.
    virtual bool feed(Job& job, std::size_t n) = 0;
};

/// Hands over what was added to `job`.
MPI4CXX_API void publish(Job& job, bool is_last);

}  // namespace detail

/// The results of a map: a range to go through once, whose elements come when they are there, in the order of the inputs unless asked
/// otherwise. Where a call has thrown, so does the iteration at its place; then, and when it is left early, what no worker has
/// begun is cancelled.
template <class R> class [[nodiscard]] Results {
public:
    using value_type = detail::stored<R>;

    explicit Results(detail::Ref<detail::JobOf<R>> job, std::unique_ptr<detail::Feed> feed = nullptr, std::size_t window = 0) noexcept
        : job_(std::move(job)), feed_(std::move(feed)), window_(window) {}
    Results(Results&&) noexcept = default;
    Results& operator=(Results&&) = delete;
    ~Results() {
        if (job_ && (begun_ || feed_ != nullptr) && !ended_)
            job_->cancel();
    }

    class iterator {
    public:
        using value_type = detail::stored<R>;
        using difference_type = std::ptrdiff_t;
        explicit iterator(Results* results) : results_(results) { find(); }
        /// The result is the caller's: it may be moved from.
        value_type&& operator*() const noexcept { return std::move(results_->job_->value()); }
        iterator& operator++() {
            results_->job_->advance();
            find();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const noexcept { return results_->ended_; }

    private:
        void find() {
            if (!results_->job_->has_more())
                results_->next();
        }
        Results* results_;
    };

    /// Wait for the first result.
    iterator begin() {
        check();
        return iterator(this);
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// Wait for all and return them.
    [[nodiscard]] std::vector<value_type> list() {
        std::vector<value_type> all;
        for (value_type&& value : *this) all.push_back(std::move(value));
        return all;
    }

    /// The future of all of them.
    [[nodiscard]] Future<std::vector<value_type>> future() {
        check();
        detail::Ref<detail::StateOf<std::vector<value_type>>> state(new detail::StateOf<std::vector<value_type>>);
        if (feed_ != nullptr)
            throw InvalidStateError("a map with a buffersize goes on only while its results are taken");
        const auto self = std::make_shared<Results>(std::move(*this));
        self->job_->when_settled([state, self] {
            if (state->begin())
                detail::finish_with<std::vector<value_type>>(*state, [&] { return self->list(); });
        });
        return Future<std::vector<value_type>>(state);
    }

private:
    void check() const {
        if (!job_)
            detail::throw_empty("map");
    }
    void next() {
        begun_ = true;
        if (feed_ != nullptr && !feed_->feed(*job_, window_ - (job_->added() - job_->consumed())))
            feed_ = nullptr;
        try {
            ended_ = !job_->wait_ready();
        } catch (...) {
            ended_ = true;
            job_->cancel();
            throw;
        }
    }

    detail::Ref<detail::JobOf<R>> job_;
    std::unique_ptr<detail::Feed> feed_;
    std::size_t window_;
    bool begun_ = false, ended_ = false;
};

}  // namespace MPI4CXX::futures
