// Pickles in messages, as mpi4py sends and receives them.
#pragma once

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/delivered.hpp>
#include <mpi4cxx/detail/python/pickle_writer.hpp>
#include <mpi4cxx/detail/requests/pending.hpp>
#include <mpi4cxx/message.hpp>
#include <mpi4cxx/python/conversion.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace MPI4CXX::detail {

/// A pickle that has been received, and the buffers beside it.
struct ReceivedPickle {
    Bytes pickle;
    Array<Bytes> buffers;
    bool from_null = false;  // nothing has come, because the source is PROC_NULL

    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t sum = pickle.size();
        for (const Bytes& buffer : buffers) sum += buffer.size();
        return sum;
    }
};

/// Reads a pickle. An empty message is None, as in mpi4py.
template <class T>
T read_pickle(std::span<const std::byte> pickle, std::span<const std::span<const std::byte>> buffers, const char* function, Place where) {
    static constexpr std::byte none[] = {std::byte{'N'}, std::byte{'.'}};
    const PickleDocument document(pickle.empty() ? std::span<const std::byte>(none) : pickle, buffers, function, where);
    T value{};
    python::read(python::Input(document, document.root()), value);
    return value;
}

template <class T> T read_pickle(const ReceivedPickle& received, const char* function, Place where) {
    if (received.from_null)
        return T{};
    std::vector<std::span<const std::byte>> buffers(received.buffers.begin(), received.buffers.end());
    return read_pickle<T>(received.pickle, buffers, function, where);
}

/// The pickles of several processes, one behind another.
struct ReceivedPickles {
    Bytes bytes;
    Array<Count> sizes;  // of each process; none where nothing comes
};

template <class T> std::vector<T> read_pickles(const ReceivedPickles& received, const char* function, Place where) {
    std::vector<T> values;
    values.reserve(received.sizes.size());
    const std::byte* next = received.bytes.data();
    for (const Count size : received.sizes) {
        values.push_back(read_pickle<T>({next, static_cast<std::size_t>(size)}, {}, function, where));
        next += size;
    }
    return values;
}

/// The pickles that go to several processes, one behind another.
struct OutgoingPickles {
    PickleWriter pickles;
    Array<Count> sizes;
};

template <class T> PickleWriter pickled(const T& value, PickleBuffers buffers, const char* function, Place where) {
    PickleWriter pickle(buffers, function, where);
    python::write(pickle, value);
    pickle.end();
    return pickle;
}

template <class T> OutgoingPickles each_pickled(const std::vector<T>& values, const char* function, Place where) {
    OutgoingPickles result{PickleWriter(PickleBuffers::inside, function, where), Array<Count>(values.size())};
    std::size_t begin = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0)
            begin = result.pickles.begin_next();
        python::write(result.pickles, static_cast<const T&>(values[i]));
        result.sizes[i] = static_cast<Count>(result.pickles.end() - begin);
    }
    return result;
}

/// A pending receive of a pickle of any size.
class MPI4CXX_API PickleReceive : public Pending {
public:
    PickleReceive(const Comm& comm, PickleBuffers buffers, int source, int tag, At at);
    ~PickleReceive() override;
    using Pending::begin;

    void cancel() override;
    [[nodiscard]] bool is_receive() const override { return true; }

    /// Returns what has come; null if the receive was cancelled.
    [[nodiscard]] ReceivedPickle* arrived() noexcept;
    [[nodiscard]] Place where() const noexcept { return where_; }

private:
    void step() override;
    struct [[gnu::visibility("hidden")]] State;
    std::unique_ptr<State> state_;
};

template <class T> class PickleReceiveOf final : public PickleReceive {
public:
    using PickleReceive::PickleReceive;
    void deliver(void* to) override {
        if (const ReceivedPickle* const received = arrived())
            *static_cast<DeliveryTarget<T>*>(to) = read_pickle<T>(*received, "irecv", where());
    }
};

}  // namespace MPI4CXX::detail
