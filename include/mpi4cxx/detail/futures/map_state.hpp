// The state of a map: its inputs that are still to be sent, and its results.
#pragma once

#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/futures/options.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace MPI4CXX::futures::detail {

class ProgressBar;

/// How the items of a map are distributed to the workers.
enum class Split : char {
    balanced,  ///< a chunk to any worker that has room
    fixed,     ///< one contiguous part to each worker
};

/// The calls of one function with many arguments. The arguments are packed one after another, and cut into chunks when a worker takes them.
class MPI4CXX_API MapState : public WorkItem {
public:
    MapState(const TaskType& type, const MapOptions& options, Split split);
    ~MapState() override;

    /// The buffer into which the caller packs the function.
    [[nodiscard]] Packing& function_buffer() noexcept { return function_; }
    /// The buffer into which the caller packs the next item before calling add(). Only for the thread that made the map.
    [[nodiscard]] Packing& item_buffer();
    void add();
    /// Makes the added items available to the workers. `is_last`: no more items follow.
    void publish(bool is_last);
    /// Finishes the map if all results have already come when the last items are published.
    void finish_if_done();

    /// Waits for the next results; returns false at the end. Throws the exception of a call.
    bool wait_ready();
    /// Runs `f` when no more results will come.
    template <class F> void when_settled(F f) { when_settled(std::unique_ptr<Callback>(new CallbackOf<F>(std::move(f)))); }
    void when_settled(std::unique_ptr<Callback> callback);
    /// Cancels the map because nobody wants the results any more.
    void cancel();
    [[nodiscard]] std::size_t added() const noexcept { return added_; }

    Portion take(int worker, int workers, std::uint64_t id, Packing& to) override;
    [[nodiscard]] bool is_taken() const override;
    [[nodiscard]] std::size_t left(int workers) const override;
    [[nodiscard]] DoneCallbacks deliver(const Portion& taken, std::uint64_t done, Unpacking& from, std::exception_ptr error, double seconds) override;
    [[nodiscard]] DoneCallbacks abandon(std::exception_ptr error) override;
    [[nodiscard]] DoneCallbacks cancel_rest() override;
    /// Takes no more inputs, because the executor is shut down. What has been added is still called.
    [[nodiscard]] DoneCallbacks cut_off();
    [[nodiscard]] std::size_t consumed() const noexcept { return consumed_; }
    [[nodiscard]] bool has_timeout() const noexcept { return deadline_ != Timeout::Clock::time_point::max(); }

protected:
    /// Reads `n` results and stores them as results `first`, `first + 1`, …. If one cannot be read, stores those before it and throws; `n` is then
    /// how many are stored.
    virtual void store(std::size_t first, std::uint64_t& n, Unpacking& from) = 0;
    /// Frees the results that the reader has consumed.
    virtual void drop_consumed() noexcept = 0;
    /// Returns whether the next results are there, and if so makes them the reader's current ones.
    virtual bool take_from(std::size_t first) = 0;
    virtual bool take_any() = 0;

    std::mutex mutex_;          // protects the results
    std::size_t consumed_ = 0;  ///< results that the reader has consumed

private:
    struct Segment;
    struct Lists;
    [[nodiscard]] std::size_t chunk(std::size_t left, int workers) const noexcept;
    void copy_items(std::size_t first, std::size_t n, Packing& to);
    [[nodiscard]] bool settle();
    [[nodiscard]] DoneCallbacks finish(bool has_settled);
    [[nodiscard]] DoneCallbacks stop();

    const TaskType& type_;
    MapOptions options_;
    Split split_;
    Timeout::Clock::time_point deadline_;
    Packing function_;
    std::unique_ptr<Lists> lists_;
    std::unique_ptr<Segment> open_;  // written only by the thread that adds items
    std::size_t added_ = 0;

    mutable std::mutex items_mutex_;  // protects the members below
    std::size_t published_ = 0, bytes_ = 0, taken_ = 0, in_flight_ = 0;
    bool is_last_ = false, is_cut_off_ = false, cancelled_ = false, settled_ = false;
    double seconds_ = -1;  // estimated time of one item

    std::unique_ptr<Callback> on_settled_;

    std::exception_ptr broken_;
    std::unique_ptr<ProgressBar> progress_bar_;
};

/// A map with its results.
template <class R> class MapStateOf final : public MapState {
public:
    using Value = stored<R>;
    using MapState::MapState;

    /// The current result, after wait_ready() has returned true.
    [[nodiscard]] Value& value() noexcept { return current_[position_].value; }
    void advance() noexcept {
        ++position_;
        ++consumed_;
    }
    [[nodiscard]] bool has_more() const noexcept { return position_ < current_.size(); }

private:
    struct Holder {  // std::vector<bool> has no references to its elements
        Value value;
    };

    void store(std::size_t first, std::uint64_t& n, Unpacking& from) override {
        const std::uint64_t all = std::exchange(n, 0);
        std::vector<Holder> values;
        values.reserve(all);
        std::exception_ptr error;
        try {
            while (values.size() < all) with_item<Value>(from, [&values](Unpacking& item) { values.push_back({get_value<Value>(item)}); });
        } catch (...) {
            error = std::current_exception();
        }
        if (const std::size_t read = values.size(); read != 0) {
            const std::lock_guard lock(mutex_);
            results_.emplace_hint(results_.end(), first, std::move(values));
            n = read;
        }
        if (error != nullptr)
            std::rethrow_exception(error);
    }
    void drop_consumed() noexcept override {
        current_.clear();
        position_ = 0;
    }
    bool take_from(std::size_t first) override {
        const auto next = results_.begin();
        return next != results_.end() && next->first == first && take_first();
    }
    bool take_any() override { return !results_.empty() && take_first(); }
    bool take_first() {
        current_ = std::move(results_.begin()->second);
        results_.erase(results_.begin());
        return true;
    }

    std::map<std::size_t, std::vector<Holder>> results_;
    std::vector<Holder> current_;
    std::size_t position_ = 0;
};

}  // namespace MPI4CXX::futures::detail
