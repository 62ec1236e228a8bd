#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/object_request.hpp>
#include <mpi4cxx/request.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace MPI4CXX {

/// A message that a matched probe has taken out of the queue, to be received by exactly this object (MPI-4.0, 3.8.2).
class MPI4CXX_API Message : public Fortran<Message> {
public:
    constexpr Message() noexcept = default;
    static Message take(MPI_Message raw) noexcept { return Message(raw); }
    /// The same as take, because a message can be received only once.
    static Message borrow(MPI_Message raw) noexcept { return Message(raw); }
    Message(Message&& other) noexcept : raw_(std::exchange(other.raw_, MPI_MESSAGE_NULL)), whole_size_(other.whole_size_) {}
    Message& operator=(Message&& other) noexcept {
        std::swap(raw_, other.raw_);
        std::swap(whole_size_, other.whole_size_);
        return *this;
    }
    ~Message() = default;  // MPI has no way to put a message back

    [[nodiscard]] MPI_Message handle() const noexcept { return raw_; }
    [[nodiscard]] MPI_Message release() && noexcept { return std::exchange(raw_, MPI_MESSAGE_NULL); }
    [[nodiscard]] bool is_null() const noexcept { return raw_ == MPI_MESSAGE_NULL; }
    explicit operator bool() const noexcept { return !is_null(); }
    friend bool operator==(const Message& a, const Message& b) noexcept { return a.raw_ == b.raw_; }

    /// Wait for a message and take it. Calls MPI_Mprobe (MPI-4.0, 3.8.2).
    [[nodiscard]] static Message Probe(const Comm& comm, int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {});
    /// Take a message if there is one. Calls MPI_Improbe (MPI-4.0, 3.8.2).
    [[nodiscard]] static std::optional<Message> Iprobe(const Comm& comm, int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr,
                                                       At at = {});

    /// Receive the message into `buf`. Calls MPI_Mrecv (MPI-4.0, 3.8.3).
    void Recv(const Buf& buf, Status* status = nullptr, At at = {});
    /// Start to receive the message into `buf`. Calls MPI_Imrecv (MPI-4.0, 3.8.3).
    [[nodiscard]] Request Irecv(const Buf& buf, At at = {});

    // The same for objects. The probe sees the first message of an object.
    [[nodiscard]] static Message probe(const Comm& comm, int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) {
        return Probe(comm, source, tag, status, at);
    }
    [[nodiscard]] static std::optional<Message> iprobe(const Comm& comm, int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr,
                                                       At at = {}) {
        return Iprobe(comm, source, tag, status, at);
    }
    /// Receive the message as an object.
    template <class T> [[nodiscard]] T recv(Status* status = nullptr, At at = {}) {
        detail::Incoming incoming;
        return incoming.recv(raw_, whole_size_, detail::object_type<T>, status, at) ? detail::unpacked<T>(incoming) : detail::nothing<T>();
    }
    /// Start to receive the message as an object.
    template <class T> ObjectRequest<T> irecv(At at = {}) {
        auto receive = std::make_unique<detail::ReceiveOf<T>>(raw_, whole_size_, detail::object_type<T>, at);
        receive->begin();
        return ObjectRequest<T>(std::move(receive));
    }

    /// Return the length of the message in elements of `type`. `probed` is the status of its probe. If the message ends inside an element, it is
    /// received to get it out of the way, and an Exception is thrown.
    [[nodiscard]] std::size_t elements(const Status& probed, MPI_Datatype type, At at = {});

private:
    constexpr explicit Message(MPI_Message raw) noexcept : raw_(raw) {}
    /// Notes the size of a message in which an object may have come whole, however large.
    static Message found(MPI_Message raw, const Status& status, At at);

    MPI_Message raw_ = MPI_MESSAGE_NULL;
    std::size_t whole_size_ = 0;
};

namespace detail {

/// Throws an Exception if a message that was received as elements is an object sent by a lowercase method.
MPI4CXX_API void refuse_object(std::span<const std::byte> message, At at);

}  // namespace detail

extern MPI4CXX_API const Message MESSAGE_NULL;
/// The message that a probe of PROC_NULL finds (MPI-4.0, 3.8.2).
extern MPI4CXX_API const Message MESSAGE_NO_PROC;

}  // namespace MPI4CXX
