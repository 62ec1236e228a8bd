// Pickles in messages, as mpi4py sends and receives them.
#pragma once

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>
#include <mpi4cxx/detail/mpi/resize_to_overwrite.hpp>
#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/delivered.hpp>
#include <mpi4cxx/detail/python/pickle_writer.hpp>
#include <mpi4cxx/detail/requests/pending.hpp>
#include <mpi4cxx/message.hpp>
#include <mpi4cxx/python/conversion.hpp>
#include <mpi4cxx/python/read.hpp>
#include <mpi4cxx/python/write.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

/// A pickle that has been received, and the buffers beside it.
struct ReceivedPickle {
    Bytes pickle;
    Array<Bytes> buffers;
    std::span<std::byte> in_place;  // the only buffer, where a PickleTarget has memory for it
    bool from_null = false;         // nothing has come, because the source is PROC_NULL
};

template <class T> struct unpickled_type { using type = sent_as<T>; };
template <class T> struct unpickled_type<python::ArrayView<T>> { using type = python::Array<T>; };
/// The type in which a value is returned that was given as a `T`.
template <class T> using unpickled_as = typename unpickled_type<T>::type;

template <class T> unpickled_as<T> unpickled_copy(const T& value) {
    if constexpr (std::is_same_v<unpickled_as<T>, std::string> && requires { text(value); })
        return std::string(text(value));
    else if constexpr (is_span<T>)
        return {value.begin(), value.end()};
    else if constexpr (std::is_bounded_array_v<T>)
        return std::to_array(value);
    else
        return static_cast<unpickled_as<T>>(value);
}

/// What has memory for the only buffer beside a pickle.
class PickleTarget {
public:
    /// Returns as many bytes, or none.
    virtual std::span<std::byte> memory_for(std::size_t bytes) = 0;

protected:
    ~PickleTarget() = default;
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
    if (!received.in_place.empty())
        buffers.emplace_back(received.in_place);
    return read_pickle<T>(received.pickle, buffers, function, where);
}

/// A value that will be received.
template <class T> struct ComingPickle {
    PickleTarget* target() noexcept { return nullptr; }
    T read(const ReceivedPickle& received, const char* function, Place where) { return read_pickle<T>(received, function, where); }
};

template <class T>
concept NumberVector = is_instance<T, std::vector> && PythonNumber<typename T::value_type> && !std::is_same_v<T, std::vector<bool>>;
template <class T>
concept NumberArray = is_instance<T, python::Array> && NumberVector<decltype(T::elements)>;

/// Numbers that will be received: those of an array beside its pickle come straight into the memory of the vector.
template <class T>
    requires NumberVector<T> || NumberArray<T>
class ComingPickle<T> final : PickleTarget {
public:
    PickleTarget* target() noexcept { return this; }
    T read(const ReceivedPickle& received, const char* function, Place where) {
        if (received.in_place.empty())
            return read_pickle<T>(received, function, where);
        const std::span<const std::byte> buffer = received.in_place;
        const PickleDocument document(received.pickle, {&buffer, 1}, function, where);
        if (is_read(document))
            return std::move(value_);
        T other;
        python::read(python::Input(document, document.root()), other);
        return other;
    }

private:
    auto& numbers() noexcept {
        if constexpr (NumberArray<T>)
            return value_.elements;
        else
            return value_;
    }
    std::span<std::byte> memory_for(std::size_t bytes) override {
        if (bytes % sizeof(numbers()[0]) != 0)
            return {};
        try {
            resize_to_overwrite(numbers(), bytes / sizeof(numbers()[0]));
        } catch (const std::exception&) {  // the pickle is refused where its memory is asked for
            return {};
        }
        return std::as_writable_bytes(std::span(numbers()));
    }
    bool is_read(const PickleDocument& document) {
        using Number = std::remove_reference_t<decltype(numbers()[0])>;
        if (document.root().kind != PickleKind::array)
            return false;
        const PickleArray& array = document.array(document.root());
        if (array.data != std::as_bytes(std::span(numbers())).data() || array.type != number_type<Number>() || array.is_swapped)
            return false;
        if constexpr (NumberArray<T>) {
            const python::Input input(document, document.root());
            value_.shape = shape_of(input);
            value_.order = array.is_fortran ? python::Order::F : python::Order::C;
            return true;
        }
        return array.dimensions == 1;
    }
    T value_;
};

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

template <class T> std::vector<T> read_pickles(const Array<ReceivedPickle>& received, const char* function, Place where) {
    std::vector<T> values;
    values.reserve(received.size());
    for (const ReceivedPickle& one : received) values.push_back(read_pickle<T>(one, function, where));
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
    /// `method` is the user's call.
    PickleReceive(const Comm& comm, PickleBuffers buffers, int source, int tag, const char* method, At at);
    ~PickleReceive() override;
    using Pending::begin;

    void cancel() override;
    [[nodiscard]] bool is_receive() const override { return true; }

    /// Returns what has come; null if the receive was cancelled.
    [[nodiscard]] ReceivedPickle* arrived() noexcept;
    [[nodiscard]] Place where() const noexcept { return where_; }
    void receive_into(PickleTarget* target) noexcept;

private:
    void step() override;
    struct [[gnu::visibility("hidden")]] State;
    std::unique_ptr<State> state_;
};

template <class T> class PickleReceiveOf final : public PickleReceive {
public:
    PickleReceiveOf(const Comm& comm, PickleBuffers buffers, int source, int tag, At at) : PickleReceive(comm, buffers, source, tag, "irecv", at) {
        receive_into(coming_.target());
    }
    void deliver(void* to) override {
        if (const ReceivedPickle* const received = arrived())
            *static_cast<DeliveryTarget<T>*>(to) = coming_.read(*received, "irecv", where());
    }

private:
    ComingPickle<T> coming_;
};

}  // namespace MPI4CXX::detail
