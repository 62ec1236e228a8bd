// Objects from process to process: the compiled protocol behind the lowercase methods, whose templates only pack and unpack.
#pragma once

#include <mpi4cxx/detail/objects/delivered.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>
#include <mpi4cxx/detail/requests/pending.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/serialize.hpp>
#include <mpi4cxx/status.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

enum class SendMode : char { standard, synchronous, buffered };

/// An object that has been moved into its request, where its blocks stay until they are sent.
struct OwnedObject {
    virtual ~OwnedObject() = default;
};
template <class T> struct OwnedObjectOf final : OwnedObject {
    explicit OwnedObjectOf(T&& value) : object(std::move(value)) {}
    T object;
};

/// Sends what pack() has written; returns when the object may be changed.
MPI4CXX_API void send_object(const Comm& comm, SendMode mode, Packing& object, int dest, int tag, At at);
/// Starts to send it. Blocks beside the bytes are `owned`'s.
MPI4CXX_API Request isend_object(const Comm& comm, SendMode mode, Packing object, std::unique_ptr<OwnedObject> owned, int dest, int tag, At at);
/// The same of blocks that are the caller's, who stays until the operation is complete.
MPI4CXX_API Request start_object(const Comm& comm, Packing object, int dest, int tag, At at);

struct NoObject {};

/// Where what travels on the channel comes from.
struct Route {
    int sender;
    int side_tag;
    const char* file;
    unsigned long line;
    const MPI_Comm* comm;
    [[nodiscard]] Place where() const noexcept { return {{file, line}, comm}; }
};

/// An object that a blocking call receives: its bytes come when they are read, its blocks when their places are known.
class MPI4CXX_API Incoming final : public Unpacking {
public:
    Incoming() noexcept {}  // leaves the room as it is
    ~Incoming() override {
        if (blocks_left() != 0 || expects_bytes()) [[unlikely]]
            skip_rest();
    }
    Incoming(const Incoming&) = delete;
    Incoming& operator=(const Incoming&) = delete;

    /// Waits for a message. Whether there is an object: none comes from PROC_NULL.
    bool recv(const Comm& comm, int source, int tag, const ObjectType& type, Status* status, At at);
    /// The hash of the type that came.
    [[nodiscard]] std::uint64_t type() const noexcept { return reinterpret_cast<const Envelope*>(room_.bytes.data())->type; }
    /// Takes the message that a matched probe has found.
    bool recv(MPI_Message& message, const ObjectType& type, Status* status, At at);

private:
    bool accept(bool from_null, MPI_Status& found, const ObjectType& type, Status* status, const Place& where);
    void accept_any(std::uint64_t size, MPI_Status& found, const ObjectType& type, Status* status, const Place& where);
    std::size_t receive_piece(std::size_t begin, std::size_t size) override;
    void receive(void* to, std::size_t size) override;
    /// Takes the bytes and blocks whose sender waits, where the object could not be read to its end.
    void skip_rest() noexcept;
    /// The same where there is no memory for them.
    void discard_pieces(Envelope envelope) noexcept;

    InlineBuffer room_;
    Bytes bytes_;
    Route route_;  // where something follows the envelope
};

/// A posted receive of an object.
class MPI4CXX_API Receive : public Pending {
public:
    Receive(const Comm& comm, int source, int tag, const ObjectType& type, At at);
    /// Of the message that a matched probe has found.
    Receive(MPI_Message& message, const ObjectType& type, At at);
    ~Receive() override;
    using Pending::begin;

    void cancel() override;
    [[nodiscard]] bool is_receive() const override { return true; }
    [[nodiscard]] MPI_Request* awaited() final;

protected:
    /// The object's bytes and blocks; null where nothing came: from PROC_NULL, or because the receive is cancelled.
    [[nodiscard]] Unpacking* arrived() noexcept;

private:
    /// Where the object can be made before its blocks are here, with room for them: reads the bytes into it.
    virtual bool place(Unpacking& from) = 0;
    void step() override;
    /// Whether all that was to come on the channel is here. It has to be, before it fails that it is something else.
    bool passed_parts();
    void open_envelope();
    void receive_bytes();
    void open_bytes();

    struct State;
    std::unique_ptr<State> state_;
};

/// The same of a type: a ContiguousContainer takes its blocks straight into its memory.
template <class T> class ReceiveOf final : public Receive {
public:
    using Receive::Receive;
    void deliver(void* to) override {
        DeliveryTarget<T>& object = *static_cast<DeliveryTarget<T>*>(to);
        if constexpr (ContiguousContainer<T>)
            if (placed_) {
                object = std::move(object_);
                return;
            }
        if (Unpacking* const from = arrived(); from == nullptr)
            return;
        else if constexpr (std::is_same_v<DeliveryTarget<T>, T>)
            unpack(*from, object);
        else
            object = unpacked<T>(*from);
    }

private:
    bool place(Unpacking& from) override {
        if constexpr (ContiguousContainer<T>) {
            unpack(from, object_);
            placed_ = true;
        }
        return placed_;
    }

    std::conditional_t<ContiguousContainer<T>, T, NoObject> object_;
    bool placed_ = false;
};

}  // namespace MPI4CXX::detail
