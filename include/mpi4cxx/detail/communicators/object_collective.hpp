// Collectives of objects: the compiled protocol, and the templates through which Comm uses it.
#pragma once

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/object_request.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

/// Throws an Exception of class ERR_ROOT if there is no such root: on an intercommunicator, MPIs would hang or crash.
MPI4CXX_API void check_root(const Comm& comm, int root, At at);

/// Returns whether this process is the root. On an intercommunicator, throws an Exception of class ERR_ROOT if there is no such root.
MPI4CXX_API bool is_root(const Comm& comm, int root, At at);
/// Throws if `buf` is IN_PLACE, which MPI takes in silence, or if `root` does not exist.
MPI4CXX_API void check_bcast(const Comm& comm, const void* buf, int root, Caller caller);

/// Broadcasts an object from the root.
MPI4CXX_API void bcast_object(const Comm& comm, const Packing& object, int root, At at);

/// Broadcasts that the root has no object, because the exception that is being handled was thrown while it was packed. Throws that exception again.
[[noreturn]] MPI4CXX_API void bcast_failure(const Comm& comm, int root, At at);

/// The object of a broadcast on a process that is not the root. Its bytes have come; its blocks are received when their places are known.
class MPI4CXX_API Broadcast final : public Unpacking {
public:
    Broadcast(const Comm& comm, int root, const ObjectType& type, At at);
    ~Broadcast() override;

private:
    void receive(void* to, std::size_t size) override;
    /// Takes part in the remaining broadcasts, as every process has to, and drops the blocks.
    void skip();
    /// Takes part in the broadcast of `size` bytes and drops them, but for the last `kept`, which it returns.
    Bytes drop(std::size_t size, std::size_t kept = 0);

    const Comm& comm_;
    int root_;
    At at_;
    Bytes bytes_;
};

/// Receives a broadcast object into `object`, and reuses its memory.
template <class T> void receive_bcast(const Comm& comm, T& object, int root, At at) {
    Broadcast broadcast(comm, root, object_type<T>, at);
    unpack(broadcast, object);
}

/// Returns a broadcast object.
template <class T> T received_bcast(const Comm& comm, int root, At at) {
    Broadcast broadcast(comm, root, object_type<T>, at);
    return unpacked<T>(broadcast);
}

/// The objects that a process gives to a collective call, or why they could not be packed. The call throws that on this process when it ends, because
/// the other processes wait for the objects, and have to be told that they do not come.
struct GivenObjects {
    std::span<Packing> objects;
    std::exception_ptr failure;
};

/// The same where they are packed. The library must not look into this, because its std::vector may be another class.
struct PackedObjects {
    operator GivenObjects() noexcept { return {objects, failure}; }
    std::vector<Packing> objects;
    std::exception_ptr failure;
};

enum class Pattern : char { bcast, gather, scatter, allgather, alltoall };

class Exchange;

/// One of the objects of an exchange. Its bytes have come; its blocks are received when their places are known.
class MPI4CXX_API FromExchange final : public Unpacking {
public:
    FromExchange(const Exchange& exchange, std::size_t i);
    ~FromExchange() override;

private:
    void receive(void* to, std::size_t size) override;

    Route route_;
};

/// An exchange of objects by one MPI collective of slots, each of which holds an envelope and a small object. Larger objects follow in
/// point-to-point messages, so that any number of exchanges can be pending at a time.
class MPI4CXX_API Exchange : public Pending {
public:
    /// Moves from `objects`, which this process sends: one, one for each process, or none. Out-of-band blocks stay unchanged until `run` returns.
    Exchange(const Comm& comm, Pattern pattern, const GivenObjects& objects, int root, const ObjectType& type, At at);
    ~Exchange() override;

    /// Starts the exchange as a nonblocking collective, which makes progress from now on.
    void begin(const Comm& comm);
    /// Runs the exchange as a blocking collective. Returns the result of `make`, which is called with this exchange.
    template <class Make> auto run(const Comm& comm, Make& make) {
        std::optional<decltype(make(*this))> result;
        try {
            exchange(comm);
            result.emplace(make(*this));
        } catch (...) {  // thrown by end(): the other processes rely on this one to take part to the end
            failure_ = std::current_exception();
        }
        end();
        return std::move(*result);
    }

    /// Returns how many objects this process receives.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Returns the bytes of an object that has come.
    [[nodiscard]] std::span<const std::byte> operator[](std::size_t i) const noexcept;

    /// Returns an object that has come. May be called once for each object, because reading it receives its blocks.
    template <class T> [[nodiscard]] T object(std::size_t i) const {
        FromExchange from(*this, i);
        return unpacked<T>(from);
    }
    template <class T> [[nodiscard]] std::vector<T> objects() const {
        std::vector<T> all;
        all.reserve(size());
        for (std::size_t i = 0; i < size(); ++i)
            if constexpr (std::is_constructible_v<T, ObjectMaker<void>>)  // a class that is made of anything would be made of the maker
                all.push_back(object<T>(i));
            else
                all.emplace_back(ObjectMaker<T>{*this, i});
        return all;
    }

private:
    friend class FromExchange;
    /// Makes an object in place, without a copy, when it is converted to one.
    template <class T> struct ObjectMaker {
        operator T() const { return exchange.object<T>(i); }
        const Exchange& exchange;
        std::size_t i;
    };

    void step() override;
    /// Runs the exchange until all has come but the blocks. Throws what has gone wrong.
    void exchange(const Comm& comm);
    /// Receives and drops blocks that have not been read, waits until all is sent, and throws what has gone wrong.
    void end();

    struct [[gnu::visibility("hidden")]] State;
    std::unique_ptr<State> state_;
};

/// A pending nonblocking MPI call whose buffers are members of a derived class.
class MPI4CXX_API PendingCall : public Pending {
protected:
    using Pending::Pending;
    /// Takes the request of the call, which makes progress from now on.
    void begin(MPI_Request request);

private:
    void step() override { complete_ = passed(request_, &status_); }

    MPI_Request request_ = MPI_REQUEST_NULL;
};

/// An exchange whose result `make` makes of the objects that have come.
template <class T, class Make> class ExchangeFor final : public Exchange {
public:
    ExchangeFor(const Comm& comm, Pattern pattern, PackedObjects objects, int root, const ObjectType& type, Make make, At at)
        : Exchange(comm, pattern, objects, root, type, at), make_(std::move(make)) {}
    void deliver(void* to) override { *static_cast<DeliveryTarget<T>*>(to) = make_(*this); }

private:
    Make make_;
};

/// Returns the bytes of an object, blocks included.
template <class T> Packing packed(const T& object) {
    Packing packing(Packing::Blocks::inside);
    pack(object, packing);
    return packing;
}

/// Returns the object that another process would receive for `object`.
template <class T> sent_as<T> copied(const T& object) {
    if constexpr (std::is_same_v<T, sent_as<T>> && can_be_copied<T>()) {
        return object;
    } else {
        const Packing packing = packed(object);
        Unpacking bytes(packing.bytes());
        return unpacked<sent_as<T>>(bytes);
    }
}

// The `make` functions of exchanges.
/// Returns the one object of a scatter or bcast, or nothing<T>() if this process receives none.
template <class T> struct SingleObject {
    T operator()(const Exchange& exchange) const { return exchange.size() == 0 ? nothing<T>() : exchange.object<T>(0); }
};
/// As SingleObject, but the root returns a copy of its own object. An object that cannot be copied throws only here, because the other processes
/// wait for the root.
template <class T> struct OwnOrSingleObject {
    template <class U> OwnOrSingleObject(bool is_own, const U& object) {
        if (is_own)
            try {
                own.emplace(copied(object));
            } catch (...) {
                failure = std::current_exception();
            }
    }
    T operator()(const Exchange& exchange) {
        if (failure)
            std::rethrow_exception(failure);
        return own ? std::move(*own) : SingleObject<T>()(exchange);
    }
    std::optional<T> own;
    std::exception_ptr failure;
};
/// Returns all objects.
template <class T> struct AllObjects {
    std::vector<T> operator()(const Exchange& exchange) const { return exchange.objects<T>(); }
};

/// Packs each object of a range, or none if this process does not give any.
template <class Objects> PackedObjects each_packed(const Objects& objects, bool gives = true, Packing::Blocks blocks = Packing::Blocks::inside) try {
    std::vector<Packing> packed_objects;
    if (gives) {
        packed_objects.reserve(objects.size());
        for (const auto& object : objects) pack(object, packed_objects.emplace_back(blocks));
    }
    return {std::move(packed_objects), nullptr};
} catch (...) {
    return {{}, std::current_exception()};
}

/// Packs one object, or none if this process does not give any.
template <class T> PackedObjects one_packed(const T& object, bool gives = true, Packing::Blocks blocks = Packing::Blocks::inside) {
    return each_packed(std::span<const T, 1>(std::addressof(object), 1), gives, blocks);
}

/// Runs a blocking exchange of packed objects. Returns the result of `make`. Out-of-band blocks stay unchanged until then.
template <class Sent, class Make> auto exchange_packed(const Comm& comm, Pattern pattern, PackedObjects objects, int root, Make make, At at) {
    Exchange run(comm, pattern, objects, root, object_type<Sent>, at);
    return run.run(comm, make);
}
/// As exchange_packed, for a `make` that returns a std::optional. If this throws on one process, it throws on all.
template <class Sent, class Make> auto combine_packed(const Comm& comm, Pattern pattern, PackedObjects objects, int root, Make make, At at) {
    Exchange run(comm, pattern, objects, root, object_type<Sent>, at);  // outside the try: while it is made, the others already wait in another call
    std::exception_ptr failure;
    decltype(make(std::declval<const Exchange&>())) result;
    try {
        result = run.run(comm, make);
    } catch (...) {
        failure = std::current_exception();
    }
    agree(comm, failure, at);
    return result;
}
/// Runs a blocking exchange in which each process gives one object.
template <class T, class Make> auto exchange(const Comm& comm, Pattern pattern, const T& object, int root, Make make, At at) {
    return exchange_packed<sent_as<T>>(comm, pattern, one_packed(object, true, Packing::Blocks::beside), root, std::move(make), at);
}
/// Runs a blocking exchange in which this process, if `gives` is set, gives one object to each process.
template <class T, class Make>
auto exchange_each(const Comm& comm, Pattern pattern, const std::vector<T>& objects, bool gives, int root, Make make, At at) {
    return exchange_packed<T>(comm, pattern, each_packed(objects, gives, Packing::Blocks::beside), root, std::move(make), at);
}

/// Starts a nonblocking exchange of packed objects.
template <class Sent, class T, class Make>
ObjectRequest<T> iexchange(const Comm& comm, Pattern pattern, PackedObjects objects, int root, Make make, At at) {
    auto operation = std::make_unique<ExchangeFor<T, Make>>(comm, pattern, std::move(objects), root, object_type<Sent>, std::move(make), at);
    operation->begin(comm);
    return ObjectRequest<T>(std::move(operation));
}

}  // namespace MPI4CXX::detail
