#include "requests/ending.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>

#include "requests/channel.hpp"
#include "requests/progress.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace MPI4CXX::detail {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(5);
std::size_t given_up = 0;  // how many incomplete operations have been waited for and reported

/// Returns the size of a message, with what travels beside it if it is the envelope of an object.
std::size_t size_of(std::span<const std::byte> message) {
    Envelope envelope{.magic = 0};
    if (message.size() >= sizeof envelope)
        std::memcpy(&envelope, message.data(), sizeof envelope);
    if (envelope.magic != Envelope::mark)
        return message.size();
    const auto object = message.subspan(sizeof envelope);
    return sizeof envelope + (object.size() == envelope.length ? Unpacking(object, envelope.blocks).remaining() : envelope.length);
}

/// The messages that have arrived when no process receives any more. They are received here, because MPI may otherwise wait for their senders.
class Unreceived {
public:
    void take_all(MPI_Comm comm) {
        while (true) {
            int found = 0;
            MPI_Message message = MPI_MESSAGE_NULL;
            MPI_Status status;
            call<MPI_Improbe>(MPI_ANY_SOURCE, MPI_ANY_TAG, comm, &found, &message, &status);
            if (found == 0)
                return;
            const auto size = static_cast<std::size_t>(get<MPI_Get_count>(&status, MPI_BYTE));
            Bytes bytes = Bytes::claimed(size);
            call<MPI_Mrecv>(bytes.data(), static_cast<MPI_Count>(size), MPI_BYTE, &message, MPI_STATUS_IGNORE);
            if (comm == MPI_COMM_WORLD)
                note(status, {bytes.data(), size});
        }
    }
    /// Reports these messages and the number of incomplete operations on objects.
    void report(std::size_t incomplete) {
        if (number_ == 0 && incomplete == 0)
            return;
        if (number_ > most)
            text_ += ", and " + std::to_string(number_ - most) + " more";
        if (incomplete != 0)
            text_ += std::string(number_ == 0 ? "" : "; ") + "incomplete operations on objects: " + std::to_string(incomplete);
        std::fprintf(stderr, "mpi4cxx: rank %d ends MPI with %s\n", get<MPI_Comm_rank>(MPI_COMM_WORLD), text_.c_str());
    }

private:
    static constexpr std::size_t most = 3;

    void note(const MPI_Status& status, std::span<const std::byte> message) {
        if (++number_ > most)
            return;
        text_ += number_ == 1 ? "messages on MPI_COMM_WORLD that nobody has received: " : ", ";
        text_ += std::to_string(size_of(message)) + " bytes from rank " + std::to_string(status.MPI_SOURCE) + " with tag " +
                 std::to_string(status.MPI_TAG);
    }

    std::size_t number_ = 0;
    std::string text_;
};

/// A barrier that tells when all processes of a communicator have come here. Tools do not see these PMPI_ calls; they see that this process is in
/// MPI_Finalize.
class Others {
public:
    explicit Others(MPI_Comm comm) : request_(get<PMPI_Ibarrier>(comm)) {}
    [[nodiscard]] bool are_here() {
        int flag = 0;
        call<PMPI_Test>(&request_, &flag, MPI_STATUS_IGNORE);
        return flag != 0;
    }

private:
    MPI_Request request_;
};

void end_on(MPI_Comm channel) {
    for (Others others(channel); !others.are_here();) drive();  // the others may still wait for what this process sends
    cancel_all();
    Unreceived unreceived;
    std::optional<Others> others;
    std::size_t left = drive_all();
    clock::time_point last_step = clock::now();
    while (!others || !others->are_here()) {
        unreceived.take_all(MPI_COMM_WORLD);
        const std::size_t before = std::exchange(left, drive_all());
        if (left != before)
            last_step = clock::now();
        if (left != 0 && clock::now() < last_step + patience)
            continue;
        unreceived.take_all(channel);  // the bytes that belong to these messages
        if (!others)
            others.emplace(channel);
    }
    given_up = drive_all();
    unreceived.report(given_up);
}

/// Ends operations on other communicators than the channel's. Their other processes may be gone.
void end_alone() {
    cancel_all();
    std::size_t left = drive_all();
    for (clock::time_point last_step = clock::now(); left > given_up && clock::now() < last_step + patience;)
        if (std::exchange(left, drive_all()) != left)
            last_step = clock::now();
    if (left > given_up)
        std::fprintf(stderr, "mpi4cxx: MPI ends with incomplete operations on objects: %zu\n", left);
    given_up = left;
}

}  // namespace

void end_operations() noexcept try {
    static bool has_ended_channel = false;
    if (opened_channel != MPI_COMM_NULL && !std::exchange(has_ended_channel, true))
        return end_on(opened_channel);
    end_alone();
} catch (const std::exception&) {  // MPI fails at its end, and nobody could do anything about that
}

}  // namespace MPI4CXX::detail
