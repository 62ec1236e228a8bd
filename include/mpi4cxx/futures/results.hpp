#pragma once

#include <mpi4cxx/detail/futures/map_state.hpp>
#include <mpi4cxx/futures/future.hpp>

#include <exception>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::futures {

namespace detail {

/// The source of a map's inputs while the map runs.
struct MapInput {
    virtual ~MapInput() = default;
    /// Adds up to `n` items; returns false if there are no more.
    virtual bool read(MapState& map_state, std::size_t n) = 0;
};

/// Makes the items that were added to `map_state` available to the workers.
MPI4CXX_API void publish(MapState& map_state, bool is_last);

}  // namespace detail

/// The results of a map: a range that can be iterated once. The results come in the order of the inputs unless the map is unordered. If a call has
/// thrown, the iteration throws the exception at that position. After that, the calls that no worker has begun are cancelled; so are they when this
/// is destroyed before the iteration has come to its end. If the loop is left early, another loop goes on behind the last result.
template <class R> class [[nodiscard]] Results {
public:
    using value_type = detail::stored<R>;

    explicit Results(detail::Ref<detail::MapStateOf<R>> map_state, std::unique_ptr<detail::MapInput> input = nullptr, std::size_t window = 0) noexcept
        : map_state_(std::move(map_state)), input_(std::move(input)), window_(window) {}
    Results(Results&&) noexcept = default;
    Results& operator=(Results&& other) noexcept {
        if (this != &other) {
            std::destroy_at(this);
            std::construct_at(this, std::move(other));
        }
        return *this;
    }
    ~Results() {
        if (map_state_ && (begun_ || input_ != nullptr) && !ended_)
            map_state_->cancel();
    }

    class iterator {
    public:
        using value_type = detail::stored<R>;
        using difference_type = std::ptrdiff_t;
        explicit iterator(Results* results) : results_(results) { find(); }
        /// The result belongs to the caller, who may move from it.
        value_type&& operator*() const noexcept { return std::move(results_->map_state_->value()); }
        iterator& operator++() {
            results_->map_state_->advance();
            find();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const noexcept { return results_->ended_; }

    private:
        void find() {
            if (!results_->map_state_->has_more())
                results_->next();
        }
        Results* results_;
    };

    /// Wait for the first result, or for the one behind that at which an earlier loop was left.
    iterator begin() {
        check();
        if (map_state_->has_more())
            map_state_->advance();
        return iterator(this);
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// Wait for all results and return them.
    [[nodiscard]] std::vector<value_type> list() {
        std::vector<value_type> all;
        for (value_type&& value : *this) all.push_back(std::move(value));
        return all;
    }

    /// Return the future of all results.
    [[nodiscard]] Future<std::vector<value_type>> future() {
        check();
        detail::Ref<detail::FutureStateOf<std::vector<value_type>>> state(new detail::FutureStateOf<std::vector<value_type>>);
        if (input_ != nullptr)
            throw InvalidStateError("a map with a buffersize goes on only while its results are taken");
        if (map_state_->has_timeout())
            throw InvalidStateError("a map with a timeout ends only while its results are taken: give result() of the future the timeout instead");
        const auto self = std::make_shared<Results>(std::move(*this));
        self->map_state_->when_settled([state, self] {
            if (state->begin())
                detail::finish_with<std::vector<value_type>>(*state, [&] { return self->list(); });
        });
        return Future<std::vector<value_type>>(state);
    }

private:
    void check() const {
        if (!map_state_)
            detail::throw_empty("map");
    }
    void next() {
        begun_ = true;
        try {
            read();
            ended_ = !map_state_->wait_ready();
        } catch (...) {
            ended_ = true;
            map_state_->cancel();
            throw;
        }
    }

    /// Reads inputs as far ahead as the window allows. What has failed is not tried again, because a part of an input may be packed.
    void read() {
        if (input_failure_ != nullptr)
            std::rethrow_exception(input_failure_);
        if (input_ == nullptr)
            return;
        try {
            if (!input_->read(*map_state_, window_ - (map_state_->added() - map_state_->consumed())))
                input_ = nullptr;
        } catch (...) {
            input_failure_ = std::current_exception();
            throw;
        }
    }

    detail::Ref<detail::MapStateOf<R>> map_state_;
    std::unique_ptr<detail::MapInput> input_;
    std::exception_ptr input_failure_;
    std::size_t window_;
    bool begun_ = false, ended_ = false;
};

}  // namespace MPI4CXX::futures
