#pragma once

#include <mpi4cxx/request.hpp>

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace mpi4cxx {

/// The raw handles and statuses of several requests, written back when the call is over, also when it throws. Small
/// numbers need no memory from the heap, larger ones reuse what this thread has.
class RequestArray {
public:
    RequestArray(detail::Requests requests, std::span<Status> statuses = {}) : requests_(requests), statuses_(statuses) {
        raw_ = room(handles_, spare_handles, requests.size());
        raw_statuses_ = statuses.empty() ? MPI_STATUSES_IGNORE : room(raw_array_, spare_statuses, statuses.size());
        for (std::size_t i = 0; i < requests.size(); ++i) raw_[i] = requests[i].raw_;
    }
    ~RequestArray() {
        for (std::size_t i = 0; i < requests_.size(); ++i) {
            requests_[i].raw_ = raw_[i];
            requests_[i].lose_belongings();
        }
        for (std::size_t i = 0; i < statuses_.size(); ++i) statuses_[i] = Status(raw_statuses_[i]);
    }
    RequestArray(const RequestArray&) = delete;
    RequestArray& operator=(const RequestArray&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(requests_.size()); }
    [[nodiscard]] MPI_Request* handles() noexcept { return raw_; }
    [[nodiscard]] MPI_Status* statuses() noexcept { return raw_statuses_; }

    /// The indices that MPI_Waitsome or MPI_Testsome gives; nothing where no request is active.
    template <auto Some> std::optional<std::vector<int>> some(At at) {
        std::vector<int> indices(requests_.size());
        int count = 0;
        detail::call<Some>(size(), raw_, &count, indices.data(), raw_statuses_, at);
        if (count == UNDEFINED)
            return std::nullopt;
        indices.resize(static_cast<std::size_t>(count));
        return indices;
    }

    /// Whether MPI's own functions for several requests can take these: no objects among them, and none pending.
    static bool is_plain(detail::Requests requests) noexcept {
        bool objects = detail::must_drive();
        for (std::size_t i = 0; i < requests.size() && !objects; ++i) objects = requests[i].operation() != nullptr;
        return !objects;
    }

private:
    template <class T, std::size_t N> static T* room(std::array<T, N>& own, std::vector<T>& spare, std::size_t size) {
        if (size <= N)
            return own.data();
        spare.resize(size);
        return spare.data();
    }

    static inline thread_local std::vector<MPI_Request> spare_handles;
    static inline thread_local std::vector<MPI_Status> spare_statuses;
    detail::Requests requests_;
    std::span<Status> statuses_;
    std::array<MPI_Request, 64> handles_;
    std::array<MPI_Status, 64> raw_array_;
    MPI_Request* raw_;
    MPI_Status* raw_statuses_;
};

}  // namespace mpi4cxx
