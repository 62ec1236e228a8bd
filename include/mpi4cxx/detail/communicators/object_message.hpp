// Point-to-point messages of objects: the compiled protocol behind the lowercase methods, whose templates only pack and unpack.
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
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

class OrderedProbe;

enum class SendMode : char { standard, synchronous, buffered };

/// An object that has been moved into the request of its send, so that its blocks stay unchanged until they are sent.
struct OwnedObject {
    virtual ~OwnedObject() = default;
};
template <class T> struct OwnedObjectOf final : OwnedObject {
    explicit OwnedObjectOf(T&& value) : object(std::move(value)) {}
    T object;
};

/// Sends what pack() has written. Returns when the object may be changed.
MPI4CXX_API void send_object(const Comm& comm, SendMode mode, Packing& object, int dest, int tag, At at);
/// Starts to send a copy of an object that has these bytes and no blocks; `type` is the hash of its type. The place goes by address: a struct that
/// the caller has just written in parts is slow to copy.
MPI4CXX_API Request isend_short(const Comm& comm, SendMode mode, std::uint64_t type, std::span<const std::byte> bytes, int dest, int tag,
                                const At& at);
/// Starts to send what pack() has written, which is not inline, and takes it. Out-of-band blocks belong to `owned`.
MPI4CXX_API Request isend_long(const Comm& comm, SendMode mode, Packing& object, std::unique_ptr<OwnedObject> owned, int dest, int tag, const At& at);
/// Starts to send what pack() has written, and takes it. Out-of-band blocks belong to the caller, who waits until the operation is complete.
MPI4CXX_API Request start_object(const Comm& comm, Packing& object, int dest, int tag, const At& at);

/// Stands for the object of a Receive that does not need to hold one.
struct NoObject {};

/// The source of the messages of an object on the channel, and the call that receives them.
struct Route {
    MPI_Comm channel;
    int sender;
    int side_tag;
    bool receipt;  // whether the sender wants one
    const char* file;
    unsigned long line;
    const MPI_Comm* comm;
    [[nodiscard]] Place where() const noexcept { return {{file, line}, comm}; }
};

/// An object that a blocking call receives. Its bytes are received when they are read, its blocks when their places are known.
class MPI4CXX_API Incoming final : public Unpacking {
public:
    Incoming() noexcept {}  // leaves room_ uninitialized
    ~Incoming() override {
        if (blocks_left() != 0 || expects_bytes()) [[unlikely]]
            skip_rest();
    }
    Incoming(const Incoming&) = delete;
    Incoming& operator=(const Incoming&) = delete;

    /// Waits for a message. Returns false when the source is PROC_NULL, which sends nothing.
    bool recv(const Comm& comm, int source, int tag, const ObjectType& type, Status* status, At at);
    /// Returns the hash of the type that came.
    [[nodiscard]] std::uint64_t type() const noexcept { return reinterpret_cast<const Envelope*>(room_.bytes.data())->type; }
    /// Receives the message of `size` bytes that a matched probe has found. Returns false if the probe was of PROC_NULL.
    bool recv(MPI_Message& message, std::size_t size, const ObjectType& type, Status* status, At at);

private:
    bool accept(bool from_null, const MPI_Status& found, const ObjectType& type, Status* status, const Place& where);
    void accept_any(std::uint64_t size, const MPI_Status& found, const ObjectType& type, Status* status, const Place& where);
    void open_short(std::uint64_t size) { open({room_.bytes.data() + Envelope::short_size, size - Envelope::short_size}, 0); }
    /// Accepts an object of which more travels on the channel.
    void accept_parts(const Envelope& envelope, const Place& where);
    /// Receives an object that comes in one message of any size.
    bool recv_whole(const Comm& comm, int source, int tag, const ObjectType& type, Status* status, At at);
    void accept_whole(const MPI_Status& found, const ObjectType& type, Status* status, const Place& where);
    std::size_t receive_piece(std::size_t begin, std::size_t size) override;
    void receive(void* to, std::size_t size) override;
    /// Receives and drops the rest of an object that could not be read to its end, because its sender waits.
    void skip_rest() noexcept;
    /// Tells the sender, if it wants to know, that everything has been received.
    void give_receipt();

    InlineBuffer room_;
    Bytes bytes_;
    Route route_;                             // set if messages follow on the channel
    const std::byte* whole_block_ = nullptr;  // the next block of an object that has come in one message
};

/// A pending receive of an object.
class MPI4CXX_API Receive : public Pending {
public:
    Receive(const Comm& comm, int source, int tag, const ObjectType& type, At at);
    /// Receives the message of `size` bytes that a matched probe has found.
    Receive(MPI_Message& message, std::size_t size, const ObjectType& type, At at);
    ~Receive() override;
    static void* operator new(std::size_t size);
    static void operator delete(void* memory, std::size_t size) noexcept;
    using Pending::begin;

    void cancel() override;
    [[nodiscard]] bool is_receive() const override { return true; }
    [[nodiscard]] MPI_Request* awaited() final;

protected:
    /// Returns the object's bytes and blocks; null if nothing came, because the source is PROC_NULL or the receive was cancelled.
    [[nodiscard]] Unpacking* arrived() noexcept;

private:
    /// Reads the object before its blocks have come, if that is possible for its type: `from` posts their receives. Returns whether it has.
    virtual bool place(Unpacking& from) = 0;
    /// Receives a message of `size` bytes that a probe has found.
    void receive_found(MPI_Message& message, std::size_t size);
    /// Opens an object that has come in one message.
    void open_whole_object();
    void step() override;
    /// Returns whether all expected messages on the channel have come. They are all received, even if the object turns out to be of another type.
    bool passed_parts();
    void open_envelope();
    void receive_bytes();
    void open_bytes();
    /// Has the object read from these bytes and from its blocks. `type` is the hash of its type.
    void open_object(std::uint64_t type, std::span<const std::byte> bytes, std::size_t blocks);
    void receive_blocks();
    /// Has the next `messages` messages on the channel received and dropped, because the sender waits until they are received.
    void drop(std::size_t messages);
    /// Returns whether that is done.
    bool dropped();

    class [[gnu::visibility("hidden")]] Arrived;
    /// Reads an object whose blocks have been received into memory of their own.
    class Arrived final : public Unpacking {
    public:
        explicit Arrived(Receive& receive) noexcept : receive_(receive) {}

    private:
        void receive(void* to, std::size_t size) override;
        Receive& receive_;
        std::size_t next_ = 0;
    };
    class Placing;
    enum class Step : char { envelope, bytes, blocks, dropping };
    struct Part {
        MPI_Request request;
        std::size_t size;  // 0 for an answer
    };

    [[nodiscard]] const Envelope& envelope() const noexcept { return *reinterpret_cast<const Envelope*>(room_.bytes.data()); }
    [[nodiscard, gnu::visibility("hidden")]] std::span<const std::byte> object_bytes() const noexcept;

    const ObjectType& type_;
    MPI_Comm comm_;  // a copy: the communicator may be destroyed before the message comes
    Step step_ = Step::envelope;
    bool from_null_;
    bool is_cancelled_ = false;               // unless the message came before
    std::unique_ptr<OrderedProbe> probe_;     // until the message has come, where an object comes whole
    MPI_Request request_ = MPI_REQUEST_NULL;  // of the envelope, of the whole object, or of what is dropped
    std::size_t to_drop_ = 0;                 // messages
    std::vector<Part> parts_;                 // of the bytes, then of the blocks
    Route route_;                             // set when the envelope has come
    Bytes bytes_;
    std::vector<Bytes> held_blocks_;
    const std::byte* whole_block_ = nullptr;  // the next block of an object that has come whole
    Arrived arrived_;
    InlineBuffer room_;
};

/// A pending receive of an object of type `T`. A ContiguousContainer receives its block directly into its memory.
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
