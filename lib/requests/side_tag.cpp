#include "requests/side_tag.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/error.hpp>

#include "requests/channel.hpp"
#include "requests/progress.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// The tags that come again. Each is free, or taken, or waits for receipts.
class ReusedTags {
public:
    void open(int first, int number) {
        first_ = first;
        most_ = number;
    }
    void close() noexcept;
    void limit(int number) {
        const std::lock_guard lock(mutex_);
        most_ = std::min(most_, number);
    }
    [[nodiscard]] int most() {
        const std::lock_guard lock(mutex_);
        return most_;
    }
    [[nodiscard]] bool has(int tag) const noexcept { return tag >= first_; }
    std::optional<int> take();
    void give_back(int tag) noexcept {
        const std::lock_guard lock(mutex_);
        free(index_of(tag));
    }
    void await_receipts(int tag, int number, MPI_Comm channel) noexcept;

private:
    static constexpr std::size_t nowhere = ~std::size_t{0};
    static constexpr std::size_t looked_at = 4;  // how many are looked at each time, so that the cost does not depend on their number

    struct Tag {
        int receipts = 0;  // how many are to come
        MPI_Comm channel = MPI_COMM_NULL;
        MPI_Request receipt = MPI_REQUEST_NULL;
        std::size_t next_free = nowhere;
    };

    [[nodiscard]] std::size_t index_of(int tag) const noexcept { return static_cast<std::size_t>(tag - first_); }
    void look(std::size_t number) noexcept;
    /// Frees the tag if its receipts have come. After an error it is never used again.
    void free_if_received(std::size_t index) noexcept;
    void post(std::size_t index) noexcept;
    void free(std::size_t index) noexcept {
        tags_[index].next_free = std::exchange(first_free_, index);
        --taken_;
    }

    std::mutex mutex_;
    int first_ = 0, most_ = 0, taken_ = 0;
    std::vector<Tag> tags_;
    std::size_t first_free_ = nowhere, next_ = 0;
};

std::optional<int> ReusedTags::take() {
    const std::lock_guard lock(mutex_);
    look(looked_at);
    if (taken_ >= most_)
        look(tags_.size());
    if (taken_ >= most_)
        return {};
    if (first_free_ == nowhere) {
        tags_.emplace_back();
        first_free_ = tags_.size() - 1;
    }
    const std::size_t index = std::exchange(first_free_, tags_[first_free_].next_free);
    ++taken_;
    return first_ + static_cast<int>(index);
}

void ReusedTags::await_receipts(int tag, int number, MPI_Comm channel) noexcept {
    const std::lock_guard lock(mutex_);
    const std::size_t index = index_of(tag);
    tags_[index].receipts = number;
    tags_[index].channel = channel;
    if (number == 0)
        free(index);
    else
        post(index);
}

void ReusedTags::look(std::size_t number) noexcept {
    for (number = std::min(number, tags_.size()); number != 0; --number, ++next_) {
        next_ = next_ < tags_.size() ? next_ : 0;
        free_if_received(next_);
    }
}

void ReusedTags::free_if_received(std::size_t index) noexcept {
    Tag& tag = tags_[index];
    while (tag.receipt != MPI_REQUEST_NULL) {
        int flag = 0;
        if (MPI_Test(&tag.receipt, &flag, MPI_STATUS_IGNORE) != MPI_SUCCESS || flag == 0)
            return;
        if (--tag.receipts == 0)
            free(index);
        else
            post(index);
    }
}

void ReusedTags::post(std::size_t index) noexcept {
    const int tag = answer_tag(first_ + static_cast<int>(index));
    if (MPI_Irecv(nullptr, 0, MPI_BYTE, MPI_ANY_SOURCE, tag, tags_[index].channel, &tags_[index].receipt) != MPI_SUCCESS)
        tags_[index].receipt = MPI_REQUEST_NULL;
}

void ReusedTags::close() noexcept {
    for (Tag& tag : tags_)
        if (tag.receipt != MPI_REQUEST_NULL) {
            MPI_Cancel(&tag.receipt);
            MPI_Wait(&tag.receipt, MPI_STATUS_IGNORE);
        }
}

ReusedTags& reused = *new ReusedTags;  // never destroyed: threads may send while the process exits
constexpr int common_tags = 64;        // the lowest tags
std::atomic<std::uint64_t> free_common_tags = ~std::uint64_t{0};
std::atomic<int> once_left = 0;  // these tags are used from the highest down

/// Returns a tag that has not been used yet and never will be again; nothing if all have.
std::optional<int> next_new_tag() noexcept {
    int left = once_left.load(std::memory_order_relaxed);
    while (left != 0 && !once_left.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {}
    return left != 0 ? std::optional(common_tags + left - 1) : std::nullopt;
}

/// Waits for a tag that comes again. The receivers may be waiting for this process, so the wait ends after a second.
int wait_for_tag(At at) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (std::chrono::steady_clock::now() < end) {
        if (const std::optional<int> tag = reused.take())
            return *tag;
        drive();
    }
    throw Exception(MPI_ERR_OTHER, "send",
                    "no tag is left for a large object: " + std::to_string(reused.most()) +
                        " are on their way from this process, and for a second none has been received",
                    at);
}

}  // namespace

void open_side_tags(int number) {
    once_left = number / 2 - common_tags;
    reused.open(number / 2, number - number / 2);
}

void close_side_tags() noexcept { reused.close(); }

SideTag::SideTag(At at) {
    std::optional<int> tag = next_new_tag();
    if (!tag)
        tag = reused.take();
    value_ = tag ? *tag : wait_for_tag(at);
}

SideTag::~SideTag() {
    if (value_ != none && reused.has(value_))
        reused.give_back(value_);
}

void SideTag::write_to(Envelope& envelope, int sender) const noexcept {
    envelope.sender = sender;
    envelope.side_tag = value_;
    envelope.receipt = reused.has(value_) ? 1 : 0;
}

void SideTag::use(int receivers, MPI_Comm channel) noexcept {
    if (const int tag = std::exchange(value_, none); reused.has(tag))
        reused.await_receipts(tag, receivers, channel);
}

std::optional<int> borrow_side_tag() { return reused.take(); }

std::uint64_t take_common_tags() noexcept { return free_common_tags.exchange(0); }
void give_back_common_tags(std::uint64_t tags) noexcept { free_common_tags |= tags; }

void give_back_side_tag(int tag) noexcept {
    if (tag < common_tags)
        give_back_common_tags(std::uint64_t{1} << tag);
    else
        reused.give_back(tag);
}

void limit_side_tags(int used_once, int number) {
    once_left = std::min(once_left.load(), used_once);
    reused.limit(number);
}

}  // namespace MPI4CXX::detail
