// Broadcasts and the other collectives of objects.
#include <mpi4cxx/detail/communicators/object_collective.hpp>

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/communicators/agreement.hpp>

#include "communicators/object_route.hpp"
#include "communicators/outside.hpp"
#include "communicators/plan.hpp"
#include "requests/channel.hpp"
#include "requests/progress.hpp"
#include "requests/side_tag.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// The size of the first message of a broadcast, which holds all of a small object. No object has less memory.
constexpr std::size_t first_block = Packing::first_size;

/// The most bytes of each further message of a broadcast. So a process that has no memory for all can take part with as much as this.
constexpr std::size_t bcast_limit = 64 << 20;

/// The size of a process's slot in an exchange: enough for most numbers, names and small structs.
constexpr std::size_t slot_size = 512;

/// An impossible length, sent by a process that was given the wrong number of objects. So all processes learn of the error; otherwise they would
/// wait for objects that never come.
constexpr std::uint64_t wrong_number = ~std::uint64_t{0};
/// The same of a process that has no tag left for a large object.
constexpr std::uint64_t no_tag = wrong_number - 1;
/// The same of a process that could not pack its objects. The reason follows as text.
constexpr std::uint64_t not_packed = no_tag - 1;
/// What no process sends: another call's data has come.
constexpr std::uint64_t no_object = not_packed - 1;

/// Writes to `slot` that this process gives no object.
void refuse(std::span<std::byte> slot, std::uint64_t as, const std::string& words) {
    const Envelope envelope{.length = as};
    std::memcpy(slot.data(), &envelope, sizeof envelope);
    const auto text = slot.subspan(sizeof envelope);
    const std::size_t n = std::min(words.size(), text.size() - 1);
    std::memcpy(text.data(), words.data(), n);
    text[n] = std::byte{};
}
/// Returns the words that `refuse` has written.
std::string words_in(std::span<const std::byte> slot) {
    const auto text = slot.subspan(sizeof(Envelope));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(std::find(text.begin(), text.end(), std::byte{}) - text.begin())};
}

bool fits(const Envelope& envelope, std::size_t room) { return envelope.length <= room - sizeof envelope; }
/// Returns how many messages follow the slot.
std::size_t messages_behind(const Envelope& envelope) { return (fits(envelope, slot_size) ? 0 : 1) + envelope.blocks; }

}  // namespace

// Broadcast --------------------------------------------------------------------------------------------------------------

namespace {

/// Calls `bcast(begin, size)` for each message of a broadcast of `size` bytes.
template <class F> void for_each_message(std::size_t size, F bcast) {
    for (std::size_t begin = 0; begin < size; begin += bcast_limit) bcast(begin, std::min(bcast_limit, size - begin));
}

void bcast_bytes(const Comm& comm, void* data, std::size_t size, int root, At at) {
    for_each_message(size, [&](std::size_t begin, std::size_t n) {
        comm.Bcast({static_cast<std::byte*>(data) + begin, static_cast<Count>(n)}, root, at);
    });
}

}  // namespace

void bcast_object(const Comm& comm, const Packing& object, int root, At at) {
    comm.Bcast({object.data(), first_block}, root, at);
    if (!fits(object.envelope(), first_block)) {
        const auto bytes = object.bytes();
        bcast_bytes(comm, const_cast<std::byte*>(bytes.data()), bytes.size(), root, at);
    }
    for (const Block& block : object.blocks()) bcast_bytes(comm, const_cast<void*>(block.data), block.size, root, at);
}

void bcast_failure(const Comm& comm, int root, At at) {
    const std::exception_ptr failure = std::current_exception();
    Bytes slot(first_block);
    refuse({slot.data(), first_block}, not_packed, words_of(failure, comm, at));
    comm.Bcast({slot.data(), first_block}, root, at);
    std::rethrow_exception(failure);
}

Broadcast::Broadcast(const Comm& comm, int root, const ObjectType& type, At at) : comm_(comm), root_(root), at_(at), bytes_(first_block) {
    comm.Bcast({bytes_.data(), first_block}, root, at);
    Envelope envelope;
    std::memcpy(&envelope, bytes_.data(), sizeof envelope);
    if (envelope.length == not_packed)
        throw Exception(MPI_ERR_OTHER, "bcast", words_in({bytes_.data(), first_block}), {at, comm.address()});
    const std::byte* bytes = bytes_.data() + sizeof envelope;
    if (!fits(envelope, first_block)) {
        try {
            bytes_ = Bytes::claimed(envelope.length);
        } catch (...) {
            if (envelope.magic != Envelope::mark)  // another call's data has come
                throw;
            const std::size_t sizes = envelope.blocks * sizeof(std::uint64_t);  // of the blocks, at the end of the bytes
            bytes_ = drop(envelope.length, sizes);
            open({bytes_.data(), sizes}, envelope.blocks);
            skip();
            throw;
        }
        bcast_bytes(comm, bytes_.data(), envelope.length, root, at);
        bytes = bytes_.data();
    }
    open({bytes, envelope.length}, envelope.blocks);
    if (envelope.type != type.hash) {
        skip();
        throw type.mismatch("bcast", envelope.type, {at, comm.address()});
    }
}

Broadcast::~Broadcast() {
    try {
        skip();
    } catch (...) {}
}

void Broadcast::receive(void* to, std::size_t size) { bcast_bytes(comm_, to, size, root_, at_); }

void Broadcast::skip() {
    while (blocks_left() != 0) drop(next_block());
}

Bytes Broadcast::drop(std::size_t size, std::size_t kept) {
    Bytes message, last;
    try {
        message = Bytes::claimed(std::min(size, bcast_limit));
        last = Bytes::claimed(kept);
    } catch (...) {  // the others would take the next broadcast for this one
        abort_job("no memory to take part in a bcast");
    }
    for_each_message(size, [&](std::size_t begin, std::size_t n) {
        comm_.Bcast({message.data(), static_cast<Count>(n)}, root_, at_);
        const std::size_t first = std::max(begin, size - kept);  // to be kept
        if (first < begin + n)
            std::memcpy(last.data() + first - (size - kept), message.data() + first - begin, begin + n - first);
    });
    return last;
}

// Exchanges --------------------------------------------------------------------------------------------------------------

namespace {

/// The sends of bytes that do not fit their slots, and of blocks.
class LargeSends final : public Operation {
public:
    explicit LargeSends(std::span<Packing> objects) : objects_(std::move_iterator(objects.begin()), std::move_iterator(objects.end())) {}

    /// Reserves memory for `number` sends, before the other processes are told to expect them.
    void expect(std::size_t number) { requests_.reserve(number); }
    void start(std::size_t object, int receiver, MPI_Comm channel, Place where) {
        const Packing& packing = objects_[object];
        const auto send = [&](const void* data, std::size_t size) {
            requests_.push_back(get<MPI_Isend>(data, static_cast<Count>(size), MPI_BYTE, receiver, packing.envelope().side_tag, channel, where));
        };
        if (!fits(packing.envelope(), slot_size))
            send(packing.bytes().data(), packing.bytes().size());
        for (const Block& block : packing.blocks()) send(block.data, block.size);
    }
    [[nodiscard]] bool are_under_way() const noexcept { return !requests_.empty(); }
    void advance() override {
        int flag = 1;
        while (!requests_.empty() && flag != 0)
            if (MPI_Test(&requests_.back(), &flag, MPI_STATUS_IGNORE) != MPI_SUCCESS || flag != 0)
                requests_.pop_back();
        complete_ = requests_.empty();
    }
    /// Returns whether the sends can be left to complete in the background.
    bool may_be_kept() {
        std::size_t size = 0;
        for (const Packing& object : objects_) {
            if (!object.blocks().empty())  // the blocks belong to the caller
                return false;
            size += object.size();
        }
        return detached_.add(size);
    }
    [[nodiscard]] std::vector<Packing>& objects() noexcept { return objects_; }

private:
    std::vector<Packing> objects_;
    std::vector<MPI_Request> requests_;
    DetachedBytes detached_;
};

const char* method_of(Pattern pattern) {
    switch (pattern) {
    case Pattern::bcast: return "bcast";
    case Pattern::gather: return "gather";
    case Pattern::scatter: return "scatter";
    case Pattern::allgather: return "allgather";
    case Pattern::alltoall: break;
    }
    return "alltoall";
}

}  // namespace

struct Exchange::State {
    using clock = std::chrono::steady_clock;

    State(const Comm& communicator, Pattern kind, const GivenObjects& objects, int root_rank, const ObjectType& wanted, At at)
        : comm(communicator.handle()), where(at, &comm), pattern(kind), root(root_rank), type(wanted),
          sends(std::make_unique<LargeSends>(objects.objects)), refusal(objects.failure) {}

    [[nodiscard]] const Envelope& envelope(std::size_t i) const noexcept { return *reinterpret_cast<const Envelope*>(in.data() + i * slot_size); }
    [[nodiscard]] std::span<const std::byte> slot_of(std::size_t i) const noexcept { return {in.data() + i * slot_size, slot_size}; }
    [[nodiscard]] bool is_object(std::size_t i) const noexcept { return envelope(i).magic == Envelope::mark && envelope(i).length < not_packed; }
    /// Takes tags for the objects that do not fit their slots. Returns how many messages follow.
    std::size_t take_tags();
    [[nodiscard]] Route route_of(std::size_t i) const noexcept {
        return {channel, envelope(i).sender, envelope(i).side_tag, envelope(i).receipt != 0, where.file, where.line, &comm};
    }
    void fill_slots(std::size_t processes, const Comm& communicator);
    template <auto Bcast, auto Gather, auto Scatter, auto Allgather, auto Alltoall, class F> void call_mpi(F f);
    void send_large(const Comm& communicator);
    /// Posts receives of what does not fit the slots. Returns the error of this exchange, if there is one.
    std::exception_ptr open_slots();
    /// Posts a receive of the bytes of an object. If there is no memory for them, has them dropped and returns the error.
    std::exception_ptr receive_large(std::size_t slot);
    /// Returns the error of an exchange in which a process gives no objects.
    [[nodiscard]] std::exception_ptr no_objects(std::uint64_t refused) const;
    [[nodiscard]] bool goes_to_all() const noexcept { return pattern == Pattern::bcast || pattern == Pattern::allgather; }
    [[nodiscard]] bool is_under_way() const noexcept {
        return slots != MPI_REQUEST_NULL || !receives.empty() || (sends != nullptr && sends->are_under_way());
    }

    MPI_Comm comm;  // a copy: the communicator may be destroyed before the exchange is over
    Place where;
    MPI_Comm channel = opened_channel;
    int own_rank = channel_rank();  // on the channel
    Pattern pattern;
    int root;
    const ObjectType& type;
    std::unique_ptr<LargeSends> sends;
    std::size_t processes = 0;
    std::size_t given = 0, received = 0;  // slots
    std::uint64_t refused_as = 0;         // if this process gives no objects: wrong_number, no_tag or not_packed
    std::exception_ptr refusal;           // the error of the last two
    Bytes out, in;
    MPI_Request slots = MPI_REQUEST_NULL;
    bool opened = false;
    std::vector<Bytes> large;
    std::vector<MPI_Request> receives;
    std::vector<bool> taken;  // for each object, whether it has been read
    bool sends_last = false;  // whether the sends are awaited only after the objects have been read
    clock::time_point patience = clock::now() + std::chrono::milliseconds(10);
    State* next_broken_off = nullptr;
};

std::size_t Exchange::State::take_tags() {
    std::size_t messages = 0;
    std::vector<SideTag> tags;
    for (Packing& object : sends->objects())
        if (const std::size_t number = messages_behind(object.envelope()); number != 0) {
            tags.emplace_back(where.at()).write_to(object.envelope(), own_rank);
            messages += number;
        }
    const bool skips_root = pattern == Pattern::bcast && root >= 0;
    const std::size_t receivers = goes_to_all() ? processes - (skips_root ? 1 : 0) : 1;
    for (SideTag& tag : tags) tag.use(static_cast<int>(receivers), channel);
    return messages * receivers;
}

void Exchange::State::fill_slots(std::size_t expected, const Comm& communicator) {
    std::vector<Packing>& objects = sends->objects();
    given = objects.empty() && refused_as == 0 ? 0 : expected;
    out = Bytes(given * slot_size);
    if (refused_as == 0)
        try {
            sends->expect(take_tags());
        } catch (const Exception&) {
            refused_as = no_tag;
            refusal = std::current_exception();
        }
    const std::string words = refused_as == not_packed ? words_of(refusal, communicator, where.at()) : std::string();
    for (std::size_t i = 0; i < given; ++i) {
        std::byte* const slot = out.data() + i * slot_size;
        if (refused_as != 0)
            refuse({slot, slot_size}, refused_as, words);
        else
            std::memcpy(slot, objects[i].data(), fits(objects[i].envelope(), slot_size) ? objects[i].size() : sizeof(Envelope));
    }
}

void Exchange::State::send_large(const Comm& communicator) {
    if (refused_as != 0)
        return;
    const auto send = [&](std::size_t object, int dest) {
        sends->start(object, channel == opened_channel ? channel_rank(communicator, dest, where.at()) : dest, channel, where);
    };
    for (std::size_t i = 0; i < given; ++i) {
        if (messages_behind(sends->objects()[i].envelope()) == 0)
            continue;
        if (pattern == Pattern::gather)
            send(i, root);
        else if (!goes_to_all())
            send(i, static_cast<int>(i));
        else
            for (int rank = 0; rank < static_cast<int>(processes); ++rank)
                if (pattern == Pattern::allgather || rank != root)
                    send(i, rank);
    }
}

std::exception_ptr Exchange::State::receive_large(std::size_t slot) {
    const Envelope& head = envelope(slot);
    std::exception_ptr failure;
    try {
        large[slot] = Bytes::claimed(head.length);
    } catch (...) {
        failure = std::current_exception();
    }
    receives.push_back(MPI_REQUEST_NULL);
    receives.back() = failure
                          ? idrop(route_of(slot))
                          : get<MPI_Irecv>(large[slot].data(), static_cast<Count>(head.length), MPI_BYTE, head.sender, head.side_tag, channel, where);
    if (head.receipt != 0 && head.blocks == 0) {
        receives.push_back(MPI_REQUEST_NULL);
        receives.back() = ianswer(route_of(slot));
    }
    return failure;
}

std::exception_ptr Exchange::State::open_slots() {
    std::exception_ptr failure;
    opened = true;
    std::uint64_t refused = refused_as;
    for (std::size_t i = 0; i < received; ++i) {
        const Envelope& head = envelope(i);
        if (!is_object(i)) {
            const bool has_words = head.magic == Envelope::mark && head.length == not_packed;
            if (has_words && !failure)
                failure = std::make_exception_ptr(Exception(MPI_ERR_OTHER, method_of(pattern), words_in(slot_of(i)), where));
            if (!has_words)
                refused = std::max(refused, head.magic != Envelope::mark ? no_object : head.length == no_tag ? no_tag : wrong_number);
            continue;
        }
        if (head.type != type.hash)
            failure = std::make_exception_ptr(type.mismatch(method_of(pattern), head.type, where));
        if (!fits(head, slot_size))
            if (const std::exception_ptr no_memory = receive_large(i))
                failure = no_memory;
    }
    return refused != 0 ? no_objects(refused) : failure;
}

std::exception_ptr Exchange::State::no_objects(std::uint64_t refused) const {
    if (refusal)
        return refusal;
    try {
        misuse({where.at(), method_of(pattern)},
               refused_as != 0        ? std::to_string(sends->objects().size()) + " objects for " + std::to_string(processes) + " processes"
               : refused == no_tag    ? "too many large objects are on their way from another process"
               : refused == no_object ? "what another process has sent is no object: it makes another call"
                                      : "another process gave a number of objects that is not the number of processes");
    } catch (...) {
        return std::current_exception();
    }
}

Exchange::Exchange(const Comm& comm, Pattern pattern, const GivenObjects& objects, int root, const ObjectType& type, At at)
    : Pending(at), state_(std::make_unique<State>(comm, pattern, objects, root, type, at)) {
    need_channel(comm, at);
    State& state = *state_;
    where_ = state.where;
    if (is_outside(comm.handle())) [[unlikely]] {
        state.channel = own_channel(comm.handle(), where_);
        state.own_rank = comm.Get_rank(at);
    }
    state.processes = static_cast<std::size_t>(peers(comm, at));
    const bool rooted = pattern == Pattern::bcast || pattern == Pattern::gather || pattern == Pattern::scatter;
    const bool inter = rooted && comm.Is_inter(at), here = rooted && is_root(comm, root, at), is_outside = inter && root == PROC_NULL;
    const bool one_each = pattern == Pattern::scatter || pattern == Pattern::alltoall;
    const bool gives = !rooted || (pattern == Pattern::gather ? !is_outside && !(inter && here) : here);
    if (!gives)
        state.sends->objects().clear();
    else if (state.refusal)
        state.refused_as = not_packed;
    else if (one_each && state.sends->objects().size() != state.processes)
        state.refused_as = wrong_number;
    if (pattern == Pattern::gather)
        state.received = here ? state.processes : 0;
    else if (rooted)
        state.received = is_outside || (here && (inter || pattern == Pattern::bcast)) ? 0 : 1;
    else
        state.received = state.processes;
    state.large.resize(state.received);
    state.taken.resize(state.received);
    state.in = Bytes((pattern == Pattern::bcast ? 1 : state.received) * slot_size);  // MPICH wants a buffer even for PROC_NULL
    state.fill_slots(gives ? (one_each ? state.processes : 1) : 0, comm);
}

Exchange::~Exchange() {
    static std::atomic<State*> broken_off = nullptr;
    if (state_ != nullptr && state_->is_under_way()) {  // after a failure: MPI may still use this memory, so it is never freed
        state_->next_broken_off = broken_off.load();
        while (!broken_off.compare_exchange_weak(state_->next_broken_off, state_.get())) {}
        (void)state_.release();
    }
}

template <auto Bcast, auto Gather, auto Scatter, auto Allgather, auto Alltoall, class F> void Exchange::State::call_mpi(F f) {
    const Count n = slot_size;
    switch (pattern) {
    case Pattern::bcast: return f.template operator()<Bcast>(given != 0 ? out.data() : in.data(), n, MPI_BYTE, root, comm);
    case Pattern::gather: return f.template operator()<Gather>(out.data(), n, MPI_BYTE, in.data(), n, MPI_BYTE, root, comm);
    case Pattern::scatter: return f.template operator()<Scatter>(out.data(), n, MPI_BYTE, in.data(), n, MPI_BYTE, root, comm);
    case Pattern::allgather: return f.template operator()<Allgather>(out.data(), n, MPI_BYTE, in.data(), n, MPI_BYTE, comm);
    case Pattern::alltoall: return f.template operator()<Alltoall>(out.data(), n, MPI_BYTE, in.data(), n, MPI_BYTE, comm);
    }
}

void Exchange::exchange(const Comm& comm) {
    State& state = *state_;
    state.sends_last = true;
    state.call_mpi<MPI_Bcast, MPI_Gather, MPI_Scatter, MPI_Allgather, MPI_Alltoall>([&]<auto Fn>(auto... args) { call<Fn>(args..., state.where); });
    state.send_large(comm);
    failure_ = state.open_slots();
    while (!complete_or_drive(*this)) {}
    finish(state.where);
}

void Exchange::end() {
    State& state = *state_;
    for (std::size_t i = 0; state.opened && i < state.received; ++i)
        if (!state.taken[i] && state.is_object(i))
            drop(state.route_of(i), state.envelope(i).blocks);
    state.sends_last = false;
    if (state.is_under_way())
        go_on();
    while (!complete_or_drive(*this)) {}
    finish(state.where);
}

void Exchange::begin(const Comm& comm) {
    State& state = *state_;
    state.call_mpi<MPI_Ibcast, MPI_Igather, MPI_Iscatter, MPI_Iallgather, MPI_Ialltoall>([&]<auto Fn>(auto... args) {
        state.slots = get<Fn>(args..., state.where);
    });
    try {
        state.send_large(comm);
    } catch (...) {  // the collective has started, so the error is thrown to whoever waits for it
        failure_ = std::current_exception();
    }
    Pending::begin();
}

void Exchange::step() {
    State& state = *state_;
    if (!state.opened && passed(state.slots)) {
        if (failure_ != nullptr) {  // the sends of this process did not start, so their receives would never complete
            complete_ = true;
            return;
        }
        failure_ = state.open_slots();
    }
    while (!state.receives.empty()) {
        try {
            if (!passed(state.receives.back()))
                return;
        } catch (...) {  // the first error says most: what is dropped for want of memory is longer than its receive, too
            if (!failure_)
                failure_ = std::current_exception();
        }
        state.receives.pop_back();
    }
    if (!state.opened)
        return;
    if (!state.sends_last)
        state.sends->advance();
    complete_ = state.sends_last || state.sends->is_complete();
    // The receivers may be in blocking calls that wait for this process.
    if (!complete_ && State::clock::now() > state.patience && state.sends->may_be_kept()) {
        keep(std::move(state.sends));
        complete_ = true;
    }
}

std::size_t Exchange::size() const noexcept { return state_->received; }

std::span<const std::byte> Exchange::operator[](std::size_t i) const noexcept {
    const Envelope& envelope = state_->envelope(i);
    return {state_->large[i].data() != nullptr ? state_->large[i].data() : reinterpret_cast<const std::byte*>(&envelope + 1), envelope.length};
}

FromExchange::FromExchange(const Exchange& exchange, std::size_t i) {
    Exchange::State& state = *exchange.state_;
    const Envelope& envelope = state.envelope(i);
    state.taken[i] = true;
    route_ = state.route_of(i);
    open(exchange[i], envelope.blocks);
}

FromExchange::~FromExchange() { drop(route_, blocks_left()); }

void FromExchange::receive(void* to, std::size_t size) {
    recv_out_of_band(to, size, route_);
    if (route_.receipt && blocks_left() == 0)
        answer(route_);
}

// One call ---------------------------------------------------------------------------------------------------------------

void PendingCall::begin(MPI_Request request) {
    request_ = request;
    Pending::begin();
}

}  // namespace MPI4CXX::detail
