// The messages of mpi4py's lowercase methods.
#include <mpi4cxx/python/pickle_comm.hpp>

#include <mpi4cxx/attribute.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>

#include "communicators/ordered_probe.hpp"
#include "communicators/plan.hpp"
#include "communicators/send_modes.hpp"
#include "handles/attached_buffer.hpp"
#include "python/pickle_stack.hpp"
#include "requests/progress.hpp"
#include "runtime/settings.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>

namespace MPI4CXX {

using detail::call;
using detail::get;

namespace detail {

namespace {

Count length_of(const MPI_Status& status, Place where) { return get<MPI_Get_count>(&status, MPI_BYTE, where); }

/// Returns the elements as a member or a result of what users look into.
template <class T> Array<T> array_of(std::vector<T> elements) {
    Array<T> result(elements.size());
    std::move(elements.begin(), elements.end(), result.begin());
    return result;
}

/// What pkl5 sends first: the size of the pickle, then that of each buffer.
std::vector<std::int64_t> sizes_of(const PickleWriter& pickle) {
    std::vector<std::int64_t> sizes{static_cast<std::int64_t>(pickle.pickle().size())};
    for (const auto& buffer : pickle.buffers()) sizes.push_back(static_cast<std::int64_t>(buffer.size()));
    return sizes;
}

void check_sizes(std::span<const std::int64_t> sizes, const char* function, Place where) {
    if (!are_sizes(std::as_bytes(sizes)))
        throw Exception(MPI_ERR_TYPE, function,
                        "the message is none of mpi4py.util.pkl5: it does not begin with sizes. A plain communicator of mpi4py's needs "
                        "PickleComm(comm), one of mpi4py.util.pkl5 PickleComm::pkl5(comm)",
                        where);
}

/// Returns the sizes in the first message of pkl5: of the pickle, and of each buffer.
std::vector<std::int64_t> sizes_in(const Bytes& message, const char* function, Place where) {
    std::vector<std::int64_t> sizes(message.size() % sizeof(std::int64_t) == 0 ? message.size() / sizeof(std::int64_t) : 0);
    if (!sizes.empty())
        std::memcpy(sizes.data(), message.data(), message.size());
    check_sizes(sizes, function, where);
    return sizes;
}

/// Returns memory for a pickle and its buffers.
ReceivedPickle room_for(std::span<const std::int64_t> sizes, PickleTarget* target) {
    ReceivedPickle room;
    room.pickle = Bytes::claimed(static_cast<std::size_t>(sizes[0]));
    const auto buffers = sizes.subspan(1);
    if (buffers.size() == 1 && target != nullptr)
        room.in_place = target->memory_for(static_cast<std::size_t>(buffers[0]));
    if (!room.in_place.empty())
        return room;
    room.buffers = Array<Bytes>(buffers.size());
    for (std::size_t i = 0; i < buffers.size(); ++i) room.buffers[i] = Bytes::claimed(static_cast<std::size_t>(buffers[i]));
    return room;
}

Count sum_of(std::span<const std::int64_t> sizes) { return std::accumulate(sizes.begin(), sizes.end(), Count{0}); }

/// Calls `f(address, count)` for the pickle and for each buffer.
template <class F> void for_each_piece(ReceivedPickle& received, F f) {
    f(received.pickle.data(), static_cast<Count>(received.pickle.size()));
    for (Bytes& buffer : received.buffers) f(buffer.data(), static_cast<Count>(buffer.size()));
    if (!received.in_place.empty())
        f(received.in_place.data(), static_cast<Count>(received.in_place.size()));
}
template <class F> void for_each_piece(const PickleWriter& pickle, F f) {
    f(pickle.pickle().data(), static_cast<Count>(pickle.pickle().size()));
    for (const auto& buffer : pickle.buffers()) f(buffer.data(), static_cast<Count>(buffer.size()));
}

ReceivedPickle copy_of(const PickleWriter& pickle) {
    ReceivedPickle copy = room_for(sizes_of(pickle), nullptr);
    std::vector<std::byte*> rooms;
    for_each_piece(copy, [&](std::byte* to, Count) { rooms.push_back(to); });
    std::size_t i = 0;
    for_each_piece(pickle, [&](const std::byte* data, Count size) { copy_bytes(rooms[i++], data, static_cast<std::size_t>(size)); });
    return copy;
}

/// The memory of a nonblocking send.
struct KeptPickle final : RequestResources {
    explicit KeptPickle(PickleWriter&& written) : pickle(std::move(written)) {}
    [[nodiscard]] bool is_needed() const override { return true; }
    [[nodiscard]] bool is_all() const override { return true; }
    PickleWriter pickle;
};

/// Held while the messages of one pickle are posted: the receiver would mix them with those that another thread sends with the same tag.
std::mutex posting;

/// A nonblocking send of pkl5: of the sizes, and of the pickle. There are no buffers, because the value may be changed at once.
class PickleSend final : public Pending {
public:
    PickleSend(PickleWriter&& pickle, SendMode mode, int dest, int tag, const Comm& comm, At at)
        : Pending({at, comm.address()}), pickle_(std::move(pickle)), size_(static_cast<std::int64_t>(pickle_.pickle().size())) {
        requests_.reserve(2);
        {
            const std::lock_guard lock(posting);
            requests_.push_back(start_send(mode, &size_, 1, MPI_INT64_T, dest, tag, comm.handle(), where_));
            requests_.push_back(start_send(mode, pickle_.pickle().data(), size_, MPI_BYTE, dest, tag, comm.handle(), where_));
        }
        where_ = {at, static_cast<const MPI_Comm*>(nullptr)};  // the communicator may be gone when the sends are complete
        Pending::begin();
    }

private:
    void step() override {
        std::erase_if(requests_, [this](MPI_Request& request) { return passed(request); });
        complete_ = requests_.empty();
    }
    PickleWriter pickle_;
    std::int64_t size_;
    std::vector<MPI_Request> requests_;
};

}  // namespace

struct PickleReceive::State {
    enum class Step : char { probe, first, parts };

    MPI_Comm comm;  // a copy: the Comm may be moved before the message comes
    PickleBuffers buffers;
    const char* method;
    PickleTarget* target = nullptr;
    bool was_cancelled = false;
    Step step = Step::probe;
    std::optional<OrderedProbe> probe;  // with pkl5 until the parts are posted, because a later receive could take them
    Bytes first;
    std::vector<MPI_Request> requests;
    ReceivedPickle received;
};

PickleReceive::PickleReceive(const Comm& comm, PickleBuffers buffers, int source, int tag, const char* method, At at)
    : Pending(at), state_(std::make_unique<State>()) {
    check_comm(comm, {at, method});
    state_->comm = comm.handle();
    state_->buffers = buffers;
    state_->method = method;
    where_ = {at, &state_->comm};
    state_->probe.emplace(comm.handle(), source, tag, method, where_);
}
PickleReceive::~PickleReceive() = default;

void PickleReceive::cancel() {
    if (state_->step != State::Step::probe)
        return;
    state_->probe.reset();
    state_->was_cancelled = true;
    call<MPI_Status_set_cancelled>(&status_, 1, where_);
    complete_ = true;
}

void PickleReceive::receive_into(PickleTarget* target) noexcept { state_->target = target; }

ReceivedPickle* PickleReceive::arrived() noexcept { return state_->was_cancelled ? nullptr : &state_->received; }

void PickleReceive::step() try {
    State& state = *state_;
    if (state.step == State::Step::probe) {
        MPI_Message message = MPI_MESSAGE_NULL;
        if (!state.probe->take(message, status_, where_))
            return;
        state.step = State::Step::first;
        state.received.from_null = message == MPI_MESSAGE_NO_PROC;
        state.first = Bytes::claimed(static_cast<std::size_t>(state.received.from_null ? 0 : length_of(status_, where_)));
        state.requests.push_back(get<MPI_Imrecv>(state.first.data(), static_cast<Count>(state.first.size()), MPI_BYTE, &message, where_));
        if (state.buffers == PickleBuffers::inside || state.received.from_null)
            state.probe.reset();
    }
    const auto all_passed = [&] {
        std::erase_if(state.requests, [this](MPI_Request& request) { return passed(request); });
        return state.requests.empty();
    };
    if (!all_passed())
        return;
    if (state.step == State::Step::first && state.buffers == PickleBuffers::beside && !state.received.from_null) {
        std::vector<std::int64_t> sizes;
        const auto post_parts = [&](MPI_Comm comm) {
            sizes = sizes_in(state.first, state.method, where_);
            state.received = room_for(sizes, state.target);
            for_each_piece(state.received, [&](void* to, Count size) {
                state.requests.push_back(get<MPI_Irecv>(to, size, MPI_BYTE, status_.MPI_SOURCE, status_.MPI_TAG, comm, where_));
            });
        };
        state.probe->with_comm(post_parts, where_);
        state.step = State::Step::parts;
        length_ = static_cast<std::size_t>(sum_of(sizes));
        state.probe.reset();
        if (!all_passed())
            return;
    }
    if (state.step == State::Step::first)
        state.received.pickle = std::move(state.first);
    complete_ = true;
} catch (...) {
    state_->probe.reset();  // what has failed takes no more messages
    throw;
}

}  // namespace detail

using detail::ReceivedPickle;
using detail::ReceivedPickles;

namespace {

int chosen_mpi4py() {
    const std::string version = detail::setting("MPI4CXX_MPI4PY");
    return version.empty() ? detail::usual_mpi4py() : version == "3" ? 3 : 4;
}

/// The sizes that collective methods send ahead: of type int or MPI_Count.
class Sizes {
public:
    Sizes(std::size_t number, int mpi4py) : number_(number), mpi4py_(mpi4py), narrow_(mpi4py == 3 ? number : 0), wide_(mpi4py == 3 ? 0 : number) {}
    Sizes(std::span<const Count> sizes, int mpi4py, const char* method, At at) : Sizes(sizes.size(), mpi4py) {
        for (std::size_t i = 0; i < number_; ++i)
            if (mpi4py_ != 3)
                wide_[i] = sizes[i];
            else if (sizes[i] <= std::numeric_limits<int>::max())
                narrow_[i] = static_cast<int>(sizes[i]);
            else
                detail::misuse({at, method}, "the pickle has " + std::to_string(sizes[i]) + " bytes, mpi4py 3 takes at most 2147483647");
    }
    [[nodiscard]] void* data() noexcept { return mpi4py_ == 3 ? static_cast<void*>(narrow_.data()) : wide_.data(); }
    [[nodiscard]] MPI_Datatype type() const noexcept { return mpi4py_ == 3 ? MPI_INT : MPI_COUNT; }
    [[nodiscard]] Count operator[](std::size_t i) const noexcept { return mpi4py_ == 3 ? narrow_[i] : wide_[i]; }
    [[nodiscard]] detail::Array<Count> all() const {
        detail::Array<Count> sizes(number_);
        for (std::size_t i = 0; i < number_; ++i) sizes[i] = (*this)[i];
        return sizes;
    }

private:
    std::size_t number_;
    int mpi4py_;
    std::vector<int> narrow_;
    std::vector<Count> wide_;
};

/// Throws an Exception if a size that has come is none: the other side has another version of mpi4py.
std::size_t checked_sum(const Sizes& sizes, std::size_t number, const char* method, detail::Place where) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < number; ++i) {
        if (sizes[i] < 0)
            throw Exception(MPI_ERR_TYPE, method,
                            "a size has come that is none: does the Python side have the version of mpi4py that MPI4CXX_MPI4PY names?", where);
        sum += static_cast<std::size_t>(sizes[i]);
    }
    return sum;
}

std::vector<Aint> displacements(std::span<const Count> sizes) {
    std::vector<Aint> displs(sizes.size());
    std::exclusive_scan(sizes.begin(), sizes.end(), displs.begin(), Aint{0});
    return displs;
}

/// Counts and displacements as MPI takes them: of type int wherever they fit, as mpi4py's are.
struct Layout {
    explicit Layout(std::span<const Count> sizes) : wide_counts(sizes.begin(), sizes.end()), wide_displs(displacements(sizes)) {
        constexpr Count most = std::numeric_limits<int>::max();
        is_wide = !sizes.empty() && (wide_displs.back() > most || *std::max_element(sizes.begin(), sizes.end()) > most);
        if (is_wide)
            return;
        counts_.assign(sizes.begin(), sizes.end());
        displs_.assign(wide_displs.begin(), wide_displs.end());
    }
    [[nodiscard]] detail::Counts counts() const { return is_wide ? detail::Counts(wide_counts.data()) : detail::Counts(somewhere(counts_)); }
    [[nodiscard]] detail::Displs displs() const { return is_wide ? detail::Displs(wide_displs.data()) : detail::Displs(somewhere(displs_)); }

    std::vector<Count> wide_counts;
    std::vector<Aint> wide_displs;
    bool is_wide = false;

private:
    static const int* somewhere(const std::vector<int>& ints) {
        static constexpr int nothing = 0;
        return ints.empty() ? &nothing : ints.data();
    }
    std::vector<int> counts_, displs_;
};

/// Returns the next message that `probe` finds. Returns one that is null if none has come and this does not wait.
Message next_message(detail::OrderedProbe& probe, bool waits, Status& found, detail::Place where) {
    MPI_Message message = MPI_MESSAGE_NULL;
    do {
        (void)detail::drive();  // earlier receives take what has come for them
        if (probe.take(message, *Status::to(&found), where))
            return Message::take(message);
    } while (waits);
    return {};
}

/// Receives the sizes that pkl5 sends first. `status` becomes that of all that follow them.
std::vector<std::int64_t> take_sizes(Message& first, Status& status, detail::Place where) {
    detail::Bytes message = detail::Bytes::claimed(static_cast<std::size_t>(status.Get_count(BYTE, where.at())));
    first.Recv({message.data(), static_cast<Count>(message.size()), BYTE}, nullptr, where.at());
    std::vector<std::int64_t> sizes = detail::sizes_in(message, "recv", where);
    status.Set_elements(BYTE, detail::sum_of(sizes), where.at());
    return sizes;
}

/// The duplicate for reductions, which mpi4py makes too. It is an attribute of the communicator, so that all PickleComms share it.
struct Reductions {
    MPI_Comm comm = MPI_COMM_NULL;
    int next_tag = 0;
};

const Keyval<Comm, Reductions>& reductions_key(At at) {
    static const auto& key = *new Keyval(Comm::Create_keyval<Reductions>(
        {}, [](const Comm&, Reductions& reductions) { call<MPI_Comm_free>(&reductions.comm); }, at));  // not destroyed after the end of MPI
    return key;
}

}  // namespace

PickleComm::PickleComm(const Comm& comm, detail::PickleBuffers buffers, int mpi4py, At at)
    : comm_(Comm::borrow(comm.handle())), buffers_(buffers), mpi4py_(mpi4py != 0 ? mpi4py : chosen_mpi4py()) {
    detail::check_comm(comm, {at, "PickleComm"});
    if (mpi4py_ != 3 && mpi4py_ != 4)
        detail::misuse({at, "PickleComm"}, "mpi4py " + std::to_string(mpi4py_) + " is not known, but 3 and 4 are");
}
PickleComm::PickleComm(const Comm& comm, int mpi4py, At at) : PickleComm(comm, detail::PickleBuffers::inside, mpi4py, at) {}
PickleComm PickleComm::pkl5(const Comm& comm, int mpi4py, At at) { return {comm, detail::PickleBuffers::beside, mpi4py, at}; }

bool PickleComm::is_root(int root, At at) const { return detail::is_root(comm_, root, at); }

// Point to point

void PickleComm::send_pickle(const detail::PickleWriter& pickle, detail::SendMode mode, int dest, int tag, At at) const {
    if (buffers_ == detail::PickleBuffers::inside || dest == PROC_NULL) {
        const auto bytes = pickle.pickle();
        return detail::send(mode, bytes.data(), static_cast<Count>(bytes.size()), MPI_BYTE, dest, tag, comm_.handle(), on(at));
    }
    const std::vector<std::int64_t> sizes = detail::sizes_of(pickle);
    std::vector<Request> sent;
    const auto start = [&](const void* data, Count count, MPI_Datatype type) {
        sent.push_back(Request::take(detail::start_send(mode, data, count, type, dest, tag, comm_.handle(), on(at))));
    };
    {
        const std::lock_guard lock(detail::posting);
        start(sizes.data(), static_cast<Count>(sizes.size()), MPI_INT64_T);
        detail::for_each_piece(pickle, [&](const void* data, Count size) { start(data, size, MPI_BYTE); });
    }
    Request::Waitall(sent, {}, at);
}

Request PickleComm::isend_pickle(detail::PickleWriter pickle, detail::SendMode mode, int dest, int tag, At at) const {
    const bool is_beside = buffers_ == detail::PickleBuffers::beside && dest != PROC_NULL;
    // The request keeps a copy anyway. The attached buffer might have room for the sizes of pkl5 only, and the receiver would wait for the pickle.
    const bool sends_own_copy = mode == detail::SendMode::buffered && dest != PROC_NULL && (is_beside || detail::failed_bsend_blocks_receiver());
    if (sends_own_copy && !is_beside)
        detail::check_attached(pickle.pickle().size(), on(at));
    if (sends_own_copy)
        mode = detail::SendMode::standard;
    Request request;
    if (is_beside) {
        request = Request::take(std::make_unique<detail::PickleSend>(std::move(pickle), mode, dest, tag, comm_, at));
    } else {
        auto kept = std::make_unique<detail::KeptPickle>(std::move(pickle));
        const auto bytes = kept->pickle.pickle();
        detail::tidy_left();
        const MPI_Request raw = detail::start_send(mode, bytes.data(), static_cast<Count>(bytes.size()), MPI_BYTE, dest, tag, comm_.handle(), on(at));
        request = Request::take(raw, std::move(kept));
    }
    return sends_own_copy ? Request() : std::move(request);  // a send that is dropped goes on
}

ReceivedPickle PickleComm::receive(int source, int tag, detail::PickleTarget* target, Status* status, At at) const {
    // A receive that was started earlier gets the earlier message, and no other one the parts that follow the sizes of pkl5.
    if (detail::must_drive() || buffers_ == detail::PickleBuffers::beside) {
        detail::PickleReceive receive(comm_, buffers_, source, tag, "recv", at);
        receive.receive_into(target);
        receive.begin();
        while (!detail::complete_or_drive(receive)) {}
        receive.finish(on(at));
        if (status != nullptr)
            *status = Status(receive.status().get(at));
        return std::move(*receive.arrived());
    }
    return mprobe(source, tag, nullptr, at).receive(target, status, at);
}

PickleMessage PickleComm::mprobe(int source, int tag, Status* status, At at) const { return *match(true, source, tag, status, at); }

std::optional<PickleMessage> PickleComm::improbe(int source, int tag, Status* status, At at) const { return match(false, source, tag, status, at); }

std::optional<PickleMessage> PickleComm::match(bool waits, int source, int tag, Status* status, At at) const {
    const detail::Place where = on(at);
    Status found;
    detail::Array<Message> parts(1);
    std::vector<std::int64_t> sizes{0};
    if (buffers_ == detail::PickleBuffers::inside || source == PROC_NULL) {
        if (waits)
            parts[0] = comm_.Mprobe(source, tag, &found, at);
        else if (std::optional<Message> message = comm_.Improbe(source, tag, &found, at))
            parts[0] = std::move(*message);
        else
            return std::nullopt;
        if (source != PROC_NULL)
            sizes[0] = found.Get_count(BYTE, at);
    } else {
        detail::OrderedProbe probe(comm_.handle(), source, tag, waits ? "mprobe" : "improbe", where);  // no other receive takes the parts meanwhile
        Message first = next_message(probe, waits, found, where);
        if (!first)
            return std::nullopt;
        sizes = take_sizes(first, found, where);
        parts = detail::Array<Message>(sizes.size());
        Status of_part;
        for (Message& part : parts) part = next_message(probe, true, of_part, where);
    }
    if (status != nullptr)
        *status = found;
    return PickleMessage(std::move(parts), detail::array_of(std::move(sizes)), found);
}

ReceivedPickle PickleMessage::receive(detail::PickleTarget* target, Status* status, At at) {
    if (parts_.empty())
        detail::misuse({at, "recv"}, "the message has been moved to another PickleMessage");
    if (status != nullptr)
        *status = status_;
    ReceivedPickle received = detail::room_for(sizes_, target);
    received.from_null = parts_[0].handle() == MPI_MESSAGE_NO_PROC;
    std::size_t i = 0;
    detail::for_each_piece(received, [&](std::byte* to, Count size) { parts_[i++].Recv({to, size, BYTE}, nullptr, at); });
    return received;
}

// Collectives

void PickleComm::bcast_pickle(const detail::PickleWriter& pickle, int root, At at) const {
    if (buffers_ == detail::PickleBuffers::beside) {
        need_intracomm("bcast", at);
        std::vector<std::int64_t> sizes = detail::sizes_of(pickle);
        auto number = static_cast<std::int64_t>(sizes.size());
        call<MPI_Bcast>(&number, Count{1}, MPI_INT64_T, root, comm_.handle(), on(at));
        call<MPI_Bcast>(sizes.data(), static_cast<Count>(sizes.size()), MPI_INT64_T, root, comm_.handle(), on(at));
    } else {
        const auto size = static_cast<Count>(pickle.pickle().size());
        Sizes sizes({&size, 1}, mpi4py_, "bcast", at);
        call<MPI_Bcast>(sizes.data(), Count{1}, sizes.type(), root, comm_.handle(), on(at));
    }
    detail::for_each_piece(pickle, [&](const std::byte* data, Count size) {
        call<MPI_Bcast>(const_cast<std::byte*>(data), size, MPI_BYTE, root, comm_.handle(), on(at));
    });
}

ReceivedPickle PickleComm::bcast_from(int root, detail::PickleTarget* target, At at) const {
    ReceivedPickle received;
    if (buffers_ == detail::PickleBuffers::beside) {
        need_intracomm("bcast", at);
        std::int64_t number = 0;
        call<MPI_Bcast>(&number, Count{1}, MPI_INT64_T, root, comm_.handle(), on(at));
        std::vector<std::int64_t> sizes(static_cast<std::size_t>(std::max<std::int64_t>(number, 0)));
        call<MPI_Bcast>(sizes.data(), static_cast<Count>(sizes.size()), MPI_INT64_T, root, comm_.handle(), on(at));
        detail::check_sizes(sizes, "bcast", on(at));
        received = detail::room_for(sizes, target);
    } else {
        Sizes sizes(1, mpi4py_);
        call<MPI_Bcast>(sizes.data(), Count{1}, sizes.type(), root, comm_.handle(), on(at));
        received.pickle = detail::Bytes::claimed(checked_sum(sizes, 1, "bcast", on(at)));
    }
    received.from_null = root == PROC_NULL;
    detail::for_each_piece(received, [&](std::byte* to, Count size) { call<MPI_Bcast>(to, size, MPI_BYTE, root, comm_.handle(), on(at)); });
    return received;
}

ReceivedPickle PickleComm::scatter_pickles(const detail::OutgoingPickles& pickles, int root, At at) const {
    const bool gives = is_root(root, at), comes = !comm_.Is_inter(at) || (!gives && root != PROC_NULL);
    const auto processes = static_cast<std::size_t>(gives ? detail::peers(comm_, at) : 0);
    check_number(pickles.sizes.size(), processes, gives, "scatter", at);
    Sizes sizes({pickles.sizes.data(), pickles.sizes.size()}, mpi4py_, "scatter", at), own(1, mpi4py_);
    call<MPI_Scatter>(sizes.data(), Count{1}, sizes.type(), own.data(), Count{1}, own.type(), root, comm_.handle(), on(at));
    ReceivedPickle received;
    received.from_null = !comes;
    received.pickle = detail::Bytes::claimed(checked_sum(own, 1, "scatter", on(at)));
    const Layout layout({pickles.sizes.data(), pickles.sizes.size()});
    call<MPI_Scatterv>(pickles.pickles.pickle().data(), layout.counts(), layout.displs(), MPI_BYTE, received.pickle.data(),
                       static_cast<Count>(received.pickle.size()), MPI_BYTE, root, comm_.handle(), on(at));
    return received;
}

ReceivedPickles PickleComm::gather_pickles(const detail::PickleWriter& pickle, int root, At at) const {
    const bool takes = is_root(root, at), gives = !comm_.Is_inter(at) || (!takes && root != PROC_NULL);
    const auto size = static_cast<Count>(gives ? pickle.pickle().size() : 0);
    const auto processes = static_cast<std::size_t>(takes ? detail::peers(comm_, at) : 0);
    Sizes own({&size, 1}, mpi4py_, "gather", at), sizes(processes, mpi4py_);
    call<MPI_Gather>(own.data(), Count{1}, own.type(), sizes.data(), Count{1}, sizes.type(), root, comm_.handle(), on(at));
    ReceivedPickles received{detail::Bytes::claimed(checked_sum(sizes, processes, "gather", on(at))), sizes.all()};
    const Layout layout({received.sizes.data(), processes});
    call<MPI_Gatherv>(pickle.pickle().data(), size, MPI_BYTE, received.bytes.data(), layout.counts(), layout.displs(), MPI_BYTE, root, comm_.handle(),
                      on(at));
    return received;
}

ReceivedPickles PickleComm::allgather_pickles(const detail::PickleWriter& pickle, At at) const {
    const auto size = static_cast<Count>(pickle.pickle().size());
    const auto processes = static_cast<std::size_t>(detail::peers(comm_, at));
    Sizes own({&size, 1}, mpi4py_, "allgather", at), sizes(processes, mpi4py_);
    call<MPI_Allgather>(own.data(), Count{1}, own.type(), sizes.data(), Count{1}, sizes.type(), comm_.handle(), on(at));
    ReceivedPickles received{detail::Bytes::claimed(checked_sum(sizes, processes, "allgather", on(at))), sizes.all()};
    const Layout layout({received.sizes.data(), processes});
    call<MPI_Allgatherv>(pickle.pickle().data(), size, MPI_BYTE, received.bytes.data(), layout.counts(), layout.displs(), MPI_BYTE, comm_.handle(),
                         on(at));
    return received;
}

ReceivedPickles PickleComm::alltoall_pickles(const detail::OutgoingPickles& pickles, At at) const {
    const auto processes = static_cast<std::size_t>(detail::peers(comm_, at));
    check_number(pickles.sizes.size(), processes, true, "alltoall", at);
    Sizes sent({pickles.sizes.data(), processes}, mpi4py_, "alltoall", at), sizes(processes, mpi4py_);
    call<MPI_Alltoall>(sent.data(), Count{1}, sent.type(), sizes.data(), Count{1}, sizes.type(), comm_.handle(), on(at));
    ReceivedPickles received{detail::Bytes::claimed(checked_sum(sizes, processes, "alltoall", on(at))), sizes.all()};
    const Layout out({pickles.sizes.data(), processes}), in({received.sizes.data(), processes});
    if (out.is_wide || in.is_wide)
        detail::misuse({at, "alltoall"}, "the pickles of a process have more than 2147483647 bytes together");
    call<MPI_Alltoallv>(pickles.pickles.pickle().data(), out.counts(), out.displs(), MPI_BYTE, received.bytes.data(), in.counts(), in.displs(),
                        MPI_BYTE, comm_.handle(), on(at));
    return received;
}

// Both processes of a pair go through all pairs in the same order, so that none waits for one that waits for it.
detail::Array<ReceivedPickle> PickleComm::exchange(std::span<const detail::PickleWriter> pickles, std::optional<int> source, std::optional<int> dest,
                                                   const char* method, At at) const {
    const Duplicate duplicate(*this, method, at);
    if (source || dest)
        detail::check_root(duplicate.comm, source ? *source : *dest, at);
    const int rank = duplicate.comm.Get_rank(at), size = duplicate.comm.Get_size(at);
    const auto is_sent = [&](int from, int to) { return from == source.value_or(from) && to == dest.value_or(to); };
    const PickleComm messages(duplicate.comm, buffers_, mpi4py_, at);
    const auto pickle_for = [&](int to) -> const detail::PickleWriter& { return pickles[pickles.size() == 1 ? 0 : static_cast<std::size_t>(to)]; };
    const auto send_to = [&](int other) {
        if (is_sent(rank, other))
            messages.send_pickle(pickle_for(other), detail::SendMode::standard, other, duplicate.tag, at);
    };
    std::vector<ReceivedPickle> received;
    for (int other = 0; other < size; ++other) {
        if (rank < other)
            send_to(other);
        if (other != rank && is_sent(other, rank))
            received.push_back(messages.receive(other, duplicate.tag, nullptr, nullptr, at));
        if (other < rank)
            send_to(other);
        if (other == rank && is_sent(rank, rank))
            received.push_back(detail::copy_of(pickle_for(rank)));
    }
    return detail::array_of(std::move(received));
}

void PickleComm::need_intracomm(const char* method, At at) const {
    if (comm_.Is_inter(at))
        detail::misuse({at, method}, "PickleComm does this on an intracommunicator, but not on an intercommunicator");
}

void PickleComm::check_number(std::size_t values, std::size_t processes, bool gives, const char* method, At at) {
    if (gives && values != processes)
        detail::misuse({at, method}, "there are " + std::to_string(values) + " values for " + std::to_string(processes) + " processes");
}

// Reductions

PickleComm::Duplicate::Duplicate(const PickleComm& of, const char* method, At at) {
    of.need_intracomm(method, at);
    const auto& key = reductions_key(at);  // no lock: collective calls on one communicator come one after another, and those on others must not wait
    Reductions* found = of.comm_.Get_attr(key, at);
    if (found == nullptr) {
        of.comm_.Set_attr(key, {get<MPI_Comm_dup>(of.comm_.handle(), of.on(at)), 0}, at);
        found = of.comm_.Get_attr(key, at);
    }
    comm = Intracomm::borrow(found->comm);
    tag = found->next_tag++;
    if (found->next_tag >= of.comm_.Get_attr(TAG_UB, at).value_or(32767))
        found->next_tag = 0;
}

void PickleComm::send_sized(const Duplicate& duplicate, const detail::PickleWriter& pickle, int dest, At at) const {
    const auto size = static_cast<Count>(pickle.pickle().size());
    Sizes sizes({&size, 1}, mpi4py_, "reduce", at);
    call<MPI_Send>(sizes.data(), Count{1}, sizes.type(), dest, duplicate.tag, duplicate.comm.handle(), on(at));
    call<MPI_Send>(pickle.pickle().data(), size, MPI_BYTE, dest, duplicate.tag, duplicate.comm.handle(), on(at));
}

ReceivedPickle PickleComm::receive_sized(const Duplicate& duplicate, int source, At at) const {
    Sizes sizes(1, mpi4py_);
    call<MPI_Recv>(sizes.data(), Count{1}, sizes.type(), source, duplicate.tag, duplicate.comm.handle(), MPI_STATUS_IGNORE, on(at));
    ReceivedPickle received;
    received.pickle = detail::Bytes::claimed(checked_sum(sizes, 1, "reduce", on(at)));
    call<MPI_Recv>(received.pickle.data(), static_cast<Count>(received.pickle.size()), MPI_BYTE, source, duplicate.tag, duplicate.comm.handle(),
                   MPI_STATUS_IGNORE, on(at));
    return received;
}

ReceivedPickle PickleComm::exchange_sized(const Duplicate& duplicate, const detail::PickleWriter& pickle, int other, At at) const {
    const auto exchange = [&](const void* data, Count count, void* to, Count room, MPI_Datatype type) {
        duplicate.comm.Sendrecv({data, count, Datatype::borrow(type)}, other, duplicate.tag, {to, room, Datatype::borrow(type)}, other, duplicate.tag,
                                nullptr, at);
    };
    const auto size = static_cast<Count>(pickle.pickle().size());
    Sizes sizes({&size, 1}, mpi4py_, "scan", at), coming(1, mpi4py_);
    exchange(sizes.data(), 1, coming.data(), 1, sizes.type());
    ReceivedPickle received;
    received.pickle = detail::Bytes::claimed(checked_sum(coming, 1, "scan", on(at)));
    exchange(pickle.pickle().data(), size, received.pickle.data(), static_cast<Count>(received.pickle.size()), MPI_BYTE);
    return received;
}

}  // namespace MPI4CXX
