// Cuts the inputs of a map into chunks, and takes its results.
#include <mpi4cxx/detail/futures/map_state.hpp>

#include <mpi4cxx/detail/futures/portable_address.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include "futures/done_callbacks.hpp"
#include "futures/executor_state.hpp"
#include "futures/progress_bar.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace MPI4CXX::futures::detail {

namespace {

constexpr double service_time = 8e-6;         // time of the manager for each worker, doubled
constexpr double chunk_time = 500e-6;         // seconds that a chunk takes by default: long enough that its message costs little
constexpr std::size_t chunk_bytes = 1 << 20;  // largest size of a chunk
constexpr std::size_t segment_size = 256 << 10;

}  // namespace

/// Packed items, one after another.
struct MapState::Segment {
    std::size_t first = 0;
    Packing items{Packing::Blocks::inside};
    std::vector<std::size_t> ends;  // end of each item, from the beginning of the bytes

    [[nodiscard]] std::size_t begin_of(std::size_t i) const { return i == first ? 0 : ends[i - first - 1]; }
};

struct MapState::Lists {
    struct Range {
        std::size_t next, end;
    };
    // protected by items_mutex_
    std::deque<std::unique_ptr<Segment>> segments;
    std::vector<Range> ranges;  // of each worker, if the split is fixed

    std::map<std::size_t, std::exception_ptr> errors;  // protected by mutex_
};

MapState::MapState(const TaskType& type, const MapOptions& options, Split split)
    : type_(type), options_(options), split_(split), deadline_(options.timeout.deadline()), function_(Packing::Blocks::inside),
      lists_(std::make_unique<Lists>()) {
    function = type.function;
    retries = options.retries;
    if (options.progress)
        progress_bar_ = std::make_unique<ProgressBar>();
}

MapState::~MapState() = default;

Packing& MapState::item_buffer() {
    if (open_ == nullptr) {
        open_ = std::make_unique<Segment>();
        open_->first = added_;
    }
    return open_->items;
}

void MapState::add() {
    ++added_;
    open_->ends.push_back(open_->items.bytes().size());
    if (open_->items.bytes().size() >= segment_size)
        publish(false);
}

void MapState::publish(bool is_last) {
    const std::lock_guard lock(items_mutex_);
    if (is_cut_off_)
        return open_.reset();
    if (open_ != nullptr) {
        bytes_ += open_->items.bytes().size();
        lists_->segments.push_back(std::move(open_));
    }
    published_ = added_;
    is_last_ = is_last;
    if (progress_bar_)
        progress_bar_->expect(added_, is_last);
}

// Under the lock of the queues ---------------------------------------------------------------------------------------------

std::size_t MapState::chunk(std::size_t left, int workers) const noexcept {
    if (options_.chunksize > 0)
        return static_cast<std::size_t>(options_.chunksize);
    if (seconds_ < 0)
        return 1;
    // The last chunks are small, so that all workers end at the same time.
    const std::size_t fair = split_ == Split::fixed ? left : left / (2 * static_cast<std::size_t>(workers));
    const std::size_t by_size = chunk_bytes / std::max<std::size_t>(bytes_ / std::max<std::size_t>(published_, 1), 1);
    const double by_time = std::max(chunk_time, service_time * workers) / std::max(seconds_, 1e-9);
    return std::clamp<std::size_t>(std::min(static_cast<std::size_t>(by_time), by_size), 1, std::max<std::size_t>(fair, 1));
}

WorkItem::Portion MapState::take(int worker, int workers, std::uint64_t id, Packing& to) {
    const std::lock_guard lock(items_mutex_);
    if (cancelled_)
        return {};
    Lists::Range range{taken_, published_};
    if (split_ == Split::fixed) {
        if (!is_last_)
            return {};  // the length of the parts is not known yet
        if (lists_->ranges.empty())
            for (std::size_t w = 0, n = static_cast<std::size_t>(workers); w < n; ++w)
                lists_->ranges.push_back({published_ * w / n, published_ * (w + 1) / n});
        range = lists_->ranges[static_cast<std::size_t>(worker)];
    }
    const std::size_t left = range.end - range.next;
    const std::size_t n = std::min(chunk(left, workers), left);
    if (n == 0)
        return {};

    align(to);
    const std::size_t header_at = to.size();
    to.claim(sizeof(TaskHeader));
    to.append(function_.bytes().data(), function_.bytes().size());
    copy_items(range.next, n, to);
    TaskHeader header{.id = id,
                      .code = portable_address(&type_),
                      .size = to.size() - header_at - sizeof(TaskHeader),
                      .number = range.next,
                      .count = n,
                      .retries = 0,
                      .threads = 0};
    set_options(header);
    std::memcpy(to.data() + header_at, &header, sizeof header);
    align(to);

    taken_ += n;
    if (split_ == Split::fixed)
        lists_->ranges[static_cast<std::size_t>(worker)].next += n;
    else
        while (!lists_->segments.empty() && lists_->segments.front()->first + lists_->segments.front()->ends.size() <= taken_)
            lists_->segments.pop_front();
    ++in_flight_;
    return {range.next, n, range.next};
}

void MapState::copy_items(std::size_t first, std::size_t n, Packing& to) {
    auto segment =
        std::upper_bound(lists_->segments.begin(), lists_->segments.end(), first, [](std::size_t i, const auto& one) { return i < one->first; });
    for (--segment; n > 0; ++segment) {
        const Segment& from = **segment;
        const std::size_t here = std::min(n, from.first + from.ends.size() - first);
        const std::size_t begin = from.begin_of(first), end = from.begin_of(first + here);
        to.append(from.items.bytes().data() + begin, end - begin);
        first += here;
        n -= here;
    }
}

bool MapState::is_taken() const {
    const std::lock_guard lock(items_mutex_);
    return cancelled_ || (is_last_ && taken_ == published_);
}

std::size_t MapState::left(int workers) const {
    const std::lock_guard lock(items_mutex_);
    if (cancelled_ || (split_ == Split::fixed && !is_last_))
        return 0;
    const std::size_t left = published_ - taken_;
    return left == 0 ? 0 : (left - 1) / chunk(left, workers) + 1;
}

// Results ------------------------------------------------------------------------------------------------------------------

DoneCallbacks MapState::deliver(const Portion& taken, std::uint64_t done, Unpacking& from, std::exception_ptr error, double seconds) {
    try {
        if (done > 0)
            store(taken.first, done, from);
    } catch (...) {
        error = std::current_exception();
    }
    const bool ends = error != nullptr && options_.cancel_on_failure;
    if (error != nullptr) {
        const std::lock_guard lock(mutex_);
        if (ends && broken_ == nullptr)
            broken_ = error;
        lists_->errors.emplace(taken.first + done, std::move(error));
    }
    bool has_settled = false;
    {
        const std::lock_guard lock(items_mutex_);
        cancelled_ |= ends;
        const double each = seconds / static_cast<double>(taken.count);
        seconds_ = seconds_ < 0 ? each : each < seconds_ ? (seconds_ + each) / 2 : seconds_ + (each - seconds_) / 8;
        --in_flight_;
        if (progress_bar_)
            progress_bar_->add(taken.count);
        has_settled = settle();
    }
    return finish(has_settled);
}

DoneCallbacks MapState::abandon(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        std::swap(broken_, error);
    }
    bool has_settled = false;
    {
        const std::lock_guard lock(items_mutex_);
        cancelled_ = true;
        in_flight_ = 0;
        has_settled = settle();
    }
    return finish(has_settled);
}

DoneCallbacks MapState::stop() {
    bool has_settled = false;
    {
        const std::lock_guard lock(items_mutex_);
        cancelled_ = true;
        lists_->segments.clear();
        has_settled = settle();
    }
    return finish(has_settled);
}

void MapState::cancel() { run_callbacks(stop()); }

DoneCallbacks MapState::cancel_rest() {
    std::exception_ptr error = std::make_exception_ptr(CancelledError("the map was cancelled"));
    {
        const std::lock_guard lock(mutex_);
        std::swap(broken_, error);
    }
    return stop();
}

DoneCallbacks MapState::cut_off() {
    bool has_settled = false;
    {
        const std::lock_guard lock(items_mutex_);
        if (!is_last_)
            is_last_ = is_cut_off_ = true;
        has_settled = settle();
    }
    return finish(has_settled);
}

void MapState::finish_if_done() {
    bool has_settled = false;
    {
        const std::lock_guard lock(items_mutex_);
        has_settled = settle();
    }
    run_callbacks(finish(has_settled));
}

bool MapState::settle() {  // items_mutex_ is locked
    const bool is_ended = (cancelled_ || (is_last_ && taken_ == published_)) && in_flight_ == 0;
    return is_ended && !std::exchange(settled_, true);
}

DoneCallbacks MapState::finish(bool has_settled) {
    if (!has_settled)
        return {};
    std::unique_ptr<Callback> callback;
    {
        const std::lock_guard lock(items_mutex_);
        if (progress_bar_)
            progress_bar_->end();
        callback = std::move(on_settled_);
    }
    DoneCallbacks callbacks(callback.release(), executor);
    if (executor != nullptr)
        executor->pending.fetch_sub(1, std::memory_order_release);
    return callbacks;
}

void MapState::when_settled(std::unique_ptr<Callback> callback) {
    {
        const std::lock_guard lock(items_mutex_);
        if (!settled_) {
            on_settled_ = std::move(callback);
            return;
        }
    }
    run_safely(*callback);
}

bool MapState::wait_ready() {
    enum class Found : char { nothing, results, end, error } found = Found::nothing;
    std::exception_ptr error;
    drop_consumed();
    const auto look = [&] {
        const std::lock_guard lock(mutex_);
        if (options_.unordered ? take_any() : take_from(consumed_))
            found = Found::results;
        else if (!lists_->errors.empty() && (options_.unordered || lists_->errors.begin()->first == consumed_))
            error = lists_->errors.begin()->second;
        else if (broken_ != nullptr)
            error = broken_;
        else if (const std::lock_guard items_lock(items_mutex_); is_last_ && consumed_ == published_) {
            found = Found::end;
            if (is_cut_off_)
                error = std::make_exception_ptr(std::runtime_error("futures: the executor was shut down before the map had read all its inputs"));
        }
        return found != Found::nothing || error != nullptr;
    };
    if (!wait_until(look, deadline_))
        throw TimeoutError("the results did not come in time: " + std::to_string(consumed_) + " have come");
    if (error != nullptr)
        std::rethrow_exception(error);
    return found == Found::results;
}

}  // namespace MPI4CXX::futures::detail
