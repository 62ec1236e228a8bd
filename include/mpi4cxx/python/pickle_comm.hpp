// A communicator that speaks pickle, with the methods and the messages of mpi4py.
#pragma once

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/python/pickle_message.hpp>
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/message.hpp>
#include <mpi4cxx/object_request.hpp>
#include <mpi4cxx/op.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// The message of a pickle that a matched probe has taken out of the queue.
class MPI4CXX_API PickleMessage {
public:
    /// Receive the message as a value.
    template <class T> [[nodiscard]] T recv(Status* status = nullptr, At at = {}) {
        detail::ComingPickle<T> coming;
        return coming.read(receive(coming.target(), status, at), "recv", at);
    }

private:
    friend class PickleComm;
    PickleMessage(detail::Array<Message> parts, detail::Array<std::int64_t> sizes, Status status)
        : parts_(std::move(parts)), sizes_(std::move(sizes)), status_(status) {}
    detail::ReceivedPickle receive(detail::PickleTarget* target, Status* status, At at);

    detail::Array<Message> parts_;  // the pickle; with pkl5 also the buffers
    detail::Array<std::int64_t> sizes_;
    Status status_;
};

/// A communicator whose lowercase methods exchange values with those of mpi4py's communicator of the same processes: what Python sends by
/// `comm.send({"x": 1.5}, dest=1)` is `PickleComm(comm).recv<std::map<std::string, double>>(0)` here. It uses the messages of the communicator that
/// it is made from, which must outlive it. A received value of another type than the program asks for is an Exception of class ERR_TYPE.
///
/// Collective methods send sizes ahead, as an int in mpi4py 3 and as an MPI_Count in mpi4py 4. `mpi4py` is that version; 0 means the one that
/// MPI4CXX_MPI4PY names.
class MPI4CXX_API PickleComm {
public:
    explicit PickleComm(const Comm& comm, int mpi4py = 0, At at = {});
    /// Speak with a communicator of `mpi4py.util.pkl5`, which sends the data of large arrays beside the pickle, without a copy.
    [[nodiscard]] static PickleComm pkl5(const Comm& comm, int mpi4py = 0, At at = {});

    /// Return the rank of this process in the communicator.
    [[nodiscard]] int rank(At at = {}) const { return comm_.Get_rank(at); }
    /// Return the number of processes in the communicator.
    [[nodiscard]] int size(At at = {}) const { return comm_.Get_size(at); }

    // Point to point

    /// Send a value.
    template <class T> void send(const T& value, int dest, int tag = 0, At at = {}) const {
        send_pickle(detail::pickled(value, buffers_, "send", on(at)), detail::SendMode::standard, dest, tag, at);
    }
    /// Send a value. Returns when the receive has begun.
    template <class T> void ssend(const T& value, int dest, int tag = 0, At at = {}) const {
        send_pickle(detail::pickled(value, buffers_, "ssend", on(at)), detail::SendMode::synchronous, dest, tag, at);
    }
    /// Copy a value to the attached buffer and send it from there. With pkl5 the library keeps the copy. Local.
    template <class T> void bsend(const T& value, int dest, int tag = 0, At at = {}) const { ibsend(value, dest, tag, at).Wait(nullptr, at); }
    /// Receive a value. PROC_NULL as source gives `T{}`.
    template <class T> [[nodiscard]] T recv(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        detail::ComingPickle<T> coming;
        return coming.read(receive(source, tag, coming.target(), status, at), "recv", on(at));
    }
    /// Start to send a value, which may be changed at once.
    template <class T> [[nodiscard]] Request isend(const T& value, int dest, int tag = 0, At at = {}) const {
        return isend_pickle(detail::pickled(value, detail::PickleBuffers::inside, "isend", on(at)), detail::SendMode::standard, dest, tag, at);
    }
    /// Start to send a value. The request is complete when the receive has begun.
    template <class T> [[nodiscard]] Request issend(const T& value, int dest, int tag = 0, At at = {}) const {
        return isend_pickle(detail::pickled(value, detail::PickleBuffers::inside, "issend", on(at)), detail::SendMode::synchronous, dest, tag, at);
    }
    /// Copy a value to the attached buffer and start to send it from there. With pkl5 the library keeps the copy.
    template <class T> [[nodiscard]] Request ibsend(const T& value, int dest, int tag = 0, At at = {}) const {
        return isend_pickle(detail::pickled(value, detail::PickleBuffers::inside, "ibsend", on(at)), detail::SendMode::buffered, dest, tag, at);
    }
    /// Start to receive a value of any size. The message is looked for whenever this process is in the library.
    template <class T> [[nodiscard]] ObjectRequest<T> irecv(int source = ANY_SOURCE, int tag = ANY_TAG, At at = {}) const {
        auto receive = std::make_unique<detail::PickleReceiveOf<T>>(comm_, buffers_, source, tag, at);
        receive->begin();
        return ObjectRequest<T>(std::move(receive));
    }
    /// Send one value and receive another, of type `T`, at the same time.
    template <class T, class S> [[nodiscard]] T sendrecv(const S& value, int dest, int sendtag = 0, int source = ANY_SOURCE, int recvtag = ANY_TAG,
                                                         Status* status = nullptr, At at = {}) const {
        Request sent = isend(value, dest, sendtag, at);
        T received = recv<T>(source, recvtag, status, at);
        sent.Wait(nullptr, at);
        return received;
    }
    /// Wait for a message. With pkl5, `status` is that of its sizes.
    bool probe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return comm_.Probe(source, tag, status, at);
    }
    /// Tell whether a message can be received.
    [[nodiscard]] bool iprobe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const {
        return comm_.Iprobe(source, tag, status, at);
    }
    /// Wait for a message and take it out of the queue.
    [[nodiscard]] PickleMessage mprobe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const;
    /// Take a message out of the queue if there is one.
    [[nodiscard]] std::optional<PickleMessage> improbe(int source = ANY_SOURCE, int tag = ANY_TAG, Status* status = nullptr, At at = {}) const;

    // Collectives. Where the processes give values of several types, name one type for all that come: `comm.gather<python::Value>(x)`.

    /// Wait until every process has called this. Collective.
    void barrier(At at = {}) const { comm_.Barrier(at); }
    /// Return `root`'s value on every process. On the others the argument only tells the type. Collective.
    template <class T> [[nodiscard]] detail::unpickled_as<T> bcast(const T& value, int root = 0, At at = {}) const {
        if (!is_root(root, at)) {
            detail::ComingPickle<detail::unpickled_as<T>> coming;
            return coming.read(bcast_from(root, coming.target(), at), "bcast", on(at));
        }
        bcast_pickle(detail::pickled(value, buffers_, "bcast", on(at)), root, at);
        return detail::unpickled_copy(value);
    }
    /// Send `values[i]` from `root` to process i. Return the value of this process. `values` is significant on `root` only. Collective.
    template <class T, class S> [[nodiscard]] T scatter(const std::vector<S>& values, int root = 0, At at = {}) const {
        const std::vector<S> none;
        const bool gives = is_root(root, at);
        const std::vector<S>& given = gives ? values : none;
        if (sends_each())
            return detail::read_pickle<T>(exchange(pickled_alone(given, gives, "scatter", at), root, {}, "scatter", at)[0], "scatter", on(at));
        return detail::read_pickle<T>(scatter_pickles(detail::each_pickled(given, "scatter", on(at)), root, at), "scatter", on(at));
    }
    template <class T> [[nodiscard]] T scatter(const std::vector<T>& values, int root = 0, At at = {}) const {
        return scatter<T, T>(values, root, at);
    }
    /// Return the values of all processes, in the order of ranks, on `root`. Return an empty vector elsewhere. Collective.
    template <class T, class S> [[nodiscard]] std::vector<T> gather(const S& value, int root = 0, At at = {}) const {
        const detail::PickleWriter given = detail::pickled(value, each_buffers(), "gather", on(at));
        return sends_each() ? detail::read_pickles<T>(exchange({&given, 1}, {}, root, "gather", at), "gather", on(at))
                            : detail::read_pickles<T>(gather_pickles(given, root, at), "gather", on(at));
    }
    template <class T> [[nodiscard]] std::vector<detail::unpickled_as<T>> gather(const T& value, int root = 0, At at = {}) const {
        return gather<detail::unpickled_as<T>, T>(value, root, at);
    }
    /// Return the values of all processes, in the order of ranks. Collective.
    template <class T, class S> [[nodiscard]] std::vector<T> allgather(const S& value, At at = {}) const {
        const detail::PickleWriter given = detail::pickled(value, each_buffers(), "allgather", on(at));
        return sends_each() ? detail::read_pickles<T>(exchange({&given, 1}, {}, {}, "allgather", at), "allgather", on(at))
                            : detail::read_pickles<T>(allgather_pickles(given, at), "allgather", on(at));
    }
    template <class T> [[nodiscard]] std::vector<detail::unpickled_as<T>> allgather(const T& value, At at = {}) const {
        return allgather<detail::unpickled_as<T>, T>(value, at);
    }
    /// Send `values[i]` to process i. Return the values received from all processes, in the order of ranks. Collective.
    template <class T, class S> [[nodiscard]] std::vector<T> alltoall(const std::vector<S>& values, At at = {}) const {
        if (sends_each())
            return detail::read_pickles<T>(exchange(pickled_alone(values, true, "alltoall", at), {}, {}, "alltoall", at), "alltoall", on(at));
        return detail::read_pickles<T>(alltoall_pickles(detail::each_pickled(values, "alltoall", on(at)), at), "alltoall", on(at));
    }
    template <class T> [[nodiscard]] std::vector<T> alltoall(const std::vector<T>& values, At at = {}) const { return alltoall<T, T>(values, at); }
    /// Combine the values of all processes, in the order of ranks, along mpi4py's tree. Return the result on `root`. Each process combines what comes
    /// to it by its own `op`, so that the operation of the Python processes has to do the same. Collective.
    template <class T, class F = decltype((SUM))>
    [[nodiscard]] std::optional<detail::unpickled_as<T>> reduce(const T& value, F&& op = SUM, int root = 0, At at = {}) const {
        return reduce_on(Duplicate(*this, "reduce", at), detail::unpickled_copy(value), op, root, at);
    }
    /// Combine the values of all processes, in the order of ranks. Return the result on every process. Collective.
    template <class T, class F = decltype((SUM))> [[nodiscard]] detail::unpickled_as<T> allreduce(const T& value, F&& op = SUM, At at = {}) const {
        const Duplicate duplicate(*this, "allreduce", at);
        std::optional<detail::unpickled_as<T>> result = reduce_on(duplicate, detail::unpickled_copy(value), op, 0, at);
        return PickleComm(duplicate.comm, mpi4py_, at).bcast(result ? *std::move(result) : detail::unpickled_as<T>{}, 0, at);
    }
    /// Combine the values of the ranks up to this one, in the order of ranks. Collective.
    template <class T, class F = decltype((SUM))> [[nodiscard]] detail::unpickled_as<T> scan(const T& value, F&& op = SUM, At at = {}) const {
        return *combined_with_lower(detail::unpickled_copy(value), std::optional(detail::unpickled_copy(value)), op, "scan", at);
    }
    /// Combine the values of the ranks below this one, in the order of ranks. Return nothing on rank 0. Collective.
    template <class T, class F = decltype((SUM))>
    [[nodiscard]] std::optional<detail::unpickled_as<T>> exscan(const T& value, F&& op = SUM, At at = {}) const {
        return combined_with_lower(detail::unpickled_copy(value), std::optional<detail::unpickled_as<T>>(), op, "exscan", at);
    }

private:
    /// The duplicate that mpi4py keeps for collectives made of messages, and the tag of this one. Collective in the first call.
    struct MPI4CXX_API Duplicate {
        Duplicate(const PickleComm& of, const char* method, At at);
        Intracomm comm;
        int tag = 0;
    };
    PickleComm(const Comm& comm, detail::PickleBuffers buffers, int mpi4py, At at);
    [[nodiscard]] detail::Place on(At at) const noexcept { return {at, comm_.address()}; }
    [[nodiscard]] bool is_root(int root, At at) const;

    /// Returns what `op` makes of two values.
    template <class T, class F> static T combined(F& op, T left, const T& right) {
        if constexpr (detail::combines<T, F>()) {
            T both = op(std::move(left), right);  // op may return a reference to one of its arguments
            return both;
        } else {
            return left;
        }
    }
    template <class T, class F> std::optional<T> reduce_on(const Duplicate& duplicate, T result, F& op, int root, At at) const {
        (void)sizeof(detail::check_combines<T, F>);
        detail::check_root(duplicate.comm, root, at);
        const auto rank = static_cast<unsigned>(duplicate.comm.Get_rank(at)), size = static_cast<unsigned>(duplicate.comm.Get_size(at));
        const auto send_to = [&](const T& sent, unsigned to) {
            send_sized(duplicate, detail::pickled(sent, detail::PickleBuffers::inside, "reduce", on(at)), static_cast<int>(to), at);
        };
        const auto from = [&](unsigned other) {
            return detail::read_pickle<T>(receive_sized(duplicate, static_cast<int>(other), at), "reduce", on(at));
        };
        // As in mpi4py, a process that has sent its result goes on. What it combines from then on reaches nobody, but the others count on its
        // messages.
        for (unsigned bit = 1; bit < size; bit <<= 1)
            if ((rank & bit) != 0) {
                send_to(result, rank & ~bit);
            } else if ((rank | bit) < size) {
                const T next = from(rank | bit);
                result = combined(op, std::move(result), next);
            }
        if (root != 0 && rank == 0)
            send_to(result, static_cast<unsigned>(root));
        if (root != 0 && rank == static_cast<unsigned>(root))
            result = from(0);
        return rank == static_cast<unsigned>(root) ? std::optional<T>(std::move(result)) : std::nullopt;
    }

    /// Returns the values of lower ranks combined with `result`. `block` becomes the combination of more and more processes around this one.
    template <class T, class F> std::optional<T> combined_with_lower(T block, std::optional<T> result, F& op, const char* method, At at) const {
        (void)sizeof(detail::check_combines<T, F>);
        const Duplicate duplicate(*this, method, at);
        const auto rank = static_cast<unsigned>(duplicate.comm.Get_rank(at)), size = static_cast<unsigned>(duplicate.comm.Get_size(at));
        for (unsigned bit = 1; bit < size; bit <<= 1) {
            const unsigned other = rank ^ bit;
            if (other >= size)
                continue;
            const detail::PickleWriter own = detail::pickled(block, detail::PickleBuffers::inside, method, on(at));
            T next = detail::read_pickle<T>(exchange_sized(duplicate, own, static_cast<int>(other), at), method, on(at));
            if (other > rank) {
                block = combined(op, std::move(block), next);
                continue;
            }
            block = combined(op, next, block);
            result = result ? combined(op, std::move(next), *result) : std::move(next);
        }
        return result;
    }

    void send_pickle(const detail::PickleWriter& pickle, detail::SendMode mode, int dest, int tag, At at) const;
    Request isend_pickle(detail::PickleWriter pickle, detail::SendMode mode, int dest, int tag, At at) const;
    detail::ReceivedPickle receive(int source, int tag, detail::PickleTarget* target, Status* status, At at) const;
    /// Takes a message, with all its parts, out of the queue.
    std::optional<PickleMessage> match(bool waits, int source, int tag, Status* status, At at) const;
    void bcast_pickle(const detail::PickleWriter& pickle, int root, At at) const;
    detail::ReceivedPickle bcast_from(int root, detail::PickleTarget* target, At at) const;
    detail::ReceivedPickle scatter_pickles(const detail::OutgoingPickles& pickles, int root, At at) const;
    detail::ReceivedPickles gather_pickles(const detail::PickleWriter& pickle, int root, At at) const;
    detail::ReceivedPickles allgather_pickles(const detail::PickleWriter& pickle, At at) const;
    detail::ReceivedPickles alltoall_pickles(const detail::OutgoingPickles& pickles, At at) const;
    /// Whether scatter, gather, allgather and alltoall send each value in messages of its own, as the pkl5 of mpi4py 4 does.
    [[nodiscard]] bool sends_each() const noexcept { return buffers_ == detail::PickleBuffers::beside && mpi4py_ != 3; }
    [[nodiscard]] detail::PickleBuffers each_buffers() const noexcept { return sends_each() ? buffers_ : detail::PickleBuffers::inside; }
    /// Returns a pickle of each value for its process, with buffers of its own.
    template <class S> std::vector<detail::PickleWriter> pickled_alone(const std::vector<S>& values, bool gives, const char* method, At at) const {
        need_intracomm(method, at);
        check_number(values.size(), static_cast<std::size_t>(size(at)), gives, method, at);
        std::vector<detail::PickleWriter> pickles;
        pickles.reserve(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            pickles.push_back(detail::pickled(static_cast<const S&>(values[i]), buffers_, method, on(at)));
        return pickles;
    }
    /// Sends a pickle from each process to each other one, or only from `source`, or only to `dest`. `pickles` is one for all, or one for each.
    [[nodiscard]] detail::Array<detail::ReceivedPickle> exchange(std::span<const detail::PickleWriter> pickles, std::optional<int> source,
                                                                 std::optional<int> dest, const char* method, At at) const;
    void need_intracomm(const char* method, At at) const;
    static void check_number(std::size_t values, std::size_t processes, bool gives, const char* method, At at);
    void send_sized(const Duplicate& duplicate, const detail::PickleWriter& pickle, int dest, At at) const;
    detail::ReceivedPickle receive_sized(const Duplicate& duplicate, int source, At at) const;
    /// Sends a pickle to another process and receives one of that process.
    [[nodiscard]] detail::ReceivedPickle exchange_sized(const Duplicate& duplicate, const detail::PickleWriter& pickle, int other, At at) const;

    Comm comm_;  // borrowed
    detail::PickleBuffers buffers_;
    int mpi4py_;
};

}  // namespace MPI4CXX
