// Collectives of objects: the compiled protocol, and what the templates of Comm make of it.
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

/// Throws an Exception of class ERR_ROOT where there is no such root: between groups, MPIs wait for it or crash.
MPI4CXX_API void check_root(const Comm& comm, int root, At at);

/// Whether this process is the one that `root` means, for which the arguments of all are significant. Between groups it is checked.
MPI4CXX_API bool is_root(const Comm& comm, int root, At at);

/// The root's part of a broadcast.
MPI4CXX_API void bcast_object(const Comm& comm, const Packing& object, int root, At at);

/// The others' part: the bytes are here, the blocks come when their places are known.
class MPI4CXX_API Broadcast final : public Unpacking {
public:
    Broadcast(const Comm& comm, int root, const ObjectType& type, At at);
    ~Broadcast() override;

private:
    void receive(void* to, std::size_t size) override;
    /// Takes the blocks that nobody wants: every process takes part in all.
    void skip();

    const Comm& comm_;
    int root_;
    At at_;
    Bytes bytes_;
};

template <class T> void receive_bcast(const Comm& comm, T& object, int root, At at) {
    Broadcast broadcast(comm, root, object_type<T>, at);
    unpack(broadcast, object);
}

template <class T> T received_bcast(const Comm& comm, int root, At at) {
    Broadcast broadcast(comm, root, object_type<T>, at);
    return unpacked<T>(broadcast);
}

enum class Pattern : char { bcast, gather, scatter, allgather, alltoall };

class Exchange;

/// One of the objects of an exchange: its bytes are here, its blocks come when their places are known.
class MPI4CXX_API FromExchange final : public Unpacking {
public:
    FromExchange(const Exchange& exchange, std::size_t i);
    ~FromExchange() override;

private:
    void receive(void* to, std::size_t size) override;

    Route route_;
};

/// An exchange of objects by one MPI collective of slots, each of which holds an envelope and a small object. Larger ones
/// follow from process to process, so that any number of exchanges can be under way.
class MPI4CXX_API Exchange : public Pending {
public:
    /// Moves from `objects`, which are this process's: one, or one a process; none where it gives nothing. Blocks beside them stay until `run`
    /// returns.
    Exchange(const Comm& comm, Pattern pattern, std::span<Packing> objects, int root, const ObjectType& type, At at);
    ~Exchange() override;

    /// Starts as a nonblocking collective, driven from now on.
    void begin(const Comm& comm);
    /// Does all of it as a blocking collective, and returns what `make` makes of the objects.
    template <class Make> auto run(const Comm& comm, Make& make) {
        std::optional<decltype(make(*this))> result;
        try {
            exchange(comm);
            result.emplace(make(*this));
        } catch (...) {  // the others take part to the end
            failure_ = std::current_exception();
        }
        end();
        return std::move(*result);
    }

    /// How many objects this process receives.
    [[nodiscard]] std::size_t size() const noexcept;
    /// The bytes of one that has come.
    [[nodiscard]] std::span<const std::byte> operator[](std::size_t i) const noexcept;

    /// Takes one that has come: once, for its blocks come while it is read.
    template <class T> [[nodiscard]] T object(std::size_t i) const {
        FromExchange from(*this, i);
        return unpacked<T>(from);
    }
    template <class T> [[nodiscard]] std::vector<T> objects() const {
        std::vector<T> all;
        all.reserve(size());
        for (std::size_t i = 0; i < size(); ++i) all.push_back(object<T>(i));
        return all;
    }

private:
    friend class FromExchange;

    void step() override;
    /// Until all is here but the blocks; throws what is wrong with it.
    void exchange(const Comm& comm);
    /// Takes the blocks that nobody has wanted, waits until all is sent, and throws what went wrong.
    void end();

    struct State;
    std::unique_ptr<State> state_;
};

/// One nonblocking MPI call that works on values of its own.
class MPI4CXX_API PendingCall : public Pending {
protected:
    using Pending::Pending;
    /// It is driven from now on.
    void begin(MPI_Request request);

private:
    void step() override { complete_ = passed(request_, &status_); }

    MPI_Request request_ = MPI_REQUEST_NULL;
};

/// An exchange with what `make` makes of the objects that have come.
template <class T, class Make> class ExchangeFor final : public Exchange {
public:
    ExchangeFor(const Comm& comm, Pattern pattern, std::span<Packing> objects, int root, const ObjectType& type, Make make, At at)
        : Exchange(comm, pattern, objects, root, type, at), make_(std::move(make)) {}
    void deliver(void* to) override { *static_cast<Delivered<T>*>(to) = make_(*this); }

private:
    Make make_;
};

template <class T> Packing packed(const T& object) {
    Packing packing(Packing::Blocks::inside);
    pack(object, packing);
    return packing;
}

/// What others receive of `object`.
template <class T> sent_as<T> copied(const T& object) {
    if constexpr (std::is_same_v<T, sent_as<T>> && can_be_copied<T>()) {
        return object;
    } else {
        const Packing packing = packed(object);
        Unpacking bytes(packing.bytes());
        return unpacked<sent_as<T>>(bytes);
    }
}

// What is made of the objects of an exchange.
template <class T> struct SingleObject {  // of scatter and bcast; a T{} outside an intercommunicator's groups
    T operator()(const Exchange& exchange) const { return exchange.size() == 0 ? nothing<T>() : exchange.object<T>(0); }
};
template <class T> struct OwnOrSingleObject {  // the root keeps its own
    template <class U> OwnOrSingleObject(bool is_own, const U& object) {
        if (is_own)
            own.emplace(copied(object));
    }
    T operator()(const Exchange& exchange) { return own ? std::move(*own) : SingleObject<T>()(exchange); }
    std::optional<T> own;
};
template <class T> struct AllObjects {
    std::vector<T> operator()(const Exchange& exchange) const { return exchange.objects<T>(); }
};

template <class T> std::vector<Packing> one_packed(const T& object, bool gives = true, Packing::Blocks blocks = Packing::Blocks::inside) {
    std::vector<Packing> packed_objects;
    if (gives)
        pack(object, packed_objects.emplace_back(blocks));
    return packed_objects;
}

template <class T>
std::vector<Packing> each_packed(const std::vector<T>& objects, bool gives = true, Packing::Blocks blocks = Packing::Blocks::inside) {
    std::vector<Packing> packed_objects;
    if (gives) {
        packed_objects.reserve(objects.size());
        for (const T& object : objects) pack(object, packed_objects.emplace_back(blocks));
    }
    return packed_objects;
}

/// Runs one to its end and returns what `make` makes of it. Blocks beside the bytes are of objects that stay.
template <class Sent, class Make> auto exchange_packed(const Comm& comm, Pattern pattern, std::vector<Packing> objects, int root, Make make, At at) {
    Exchange run(comm, pattern, objects, root, object_type<Sent>, at);
    return run.run(comm, make);
}
/// The same; where `make`, which returns a std::optional, throws on one process, this throws on all.
template <class Sent, class Make> auto combine_packed(const Comm& comm, Pattern pattern, std::vector<Packing> objects, int root, Make make, At at) {
    std::exception_ptr failure;
    const auto attempt = [&](const Exchange& all) -> decltype(make(all)) {
        try {
            return make(all);
        } catch (...) {
            failure = std::current_exception();
            return std::nullopt;
        }
    };
    auto result = exchange_packed<Sent>(comm, pattern, std::move(objects), root, attempt, at);
    agree(comm, failure, at);
    return result;
}
/// Runs one of one object a process.
template <class T, class Make> auto exchange(const Comm& comm, Pattern pattern, const T& object, int root, Make make, At at) {
    return exchange_packed<sent_as<T>>(comm, pattern, one_packed(object, true, Packing::Blocks::beside), root, std::move(make), at);
}
/// The same of one object for each process, from where `gives` says so.
template <class T, class Make>
auto exchange_each(const Comm& comm, Pattern pattern, const std::vector<T>& objects, bool gives, int root, Make make, At at) {
    return exchange_packed<T>(comm, pattern, each_packed(objects, gives, Packing::Blocks::beside), root, std::move(make), at);
}

/// Starts one.
template <class Sent, class T, class Make>
ObjectRequest<T> iexchange(const Comm& comm, Pattern pattern, std::vector<Packing> objects, int root, Make make, At at) {
    auto operation = std::make_unique<ExchangeFor<T, Make>>(comm, pattern, objects, root, object_type<Sent>, std::move(make), at);
    operation->begin(comm);
    return ObjectRequest<T>(std::move(operation));
}

}  // namespace MPI4CXX::detail
