#include "ending.hpp"

#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/message.hpp>

#include "channel.hpp"
#include "progress.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace mpi4cxx::detail {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(5);

/// What lies here when no process receives any more. It is received, for MPI may wait for its sender else.
class Unreceived {
public:
    void take_all(const Comm& comm) {
        Status status;
        while (std::optional<Message> message = comm.Improbe(ANY_SOURCE, ANY_TAG, &status)) {
            const auto size = static_cast<std::size_t>(status.Get_count(BYTE));
            Bytes bytes = Bytes::claimed(size);
            message->Recv({bytes.data(), static_cast<Count>(size), BYTE});
            if (comm == COMM_WORLD)
                note(status, size);
        }
    }
    /// Says it, and how many operations on objects are incomplete.
    void report(std::size_t incomplete) {
        if (number_ == 0 && incomplete == 0)
            return;
        if (number_ > most)
            text_ += ", and " + std::to_string(number_ - most) + " more";
        if (incomplete != 0)
            text_ += std::string(number_ == 0 ? "" : "; ") + "incomplete operations on objects: " + std::to_string(incomplete);
        std::fprintf(stderr, "mpi4cxx: rank %d ends MPI with %s\n", COMM_WORLD.Get_rank(), text_.c_str());
    }

private:
    static constexpr std::size_t most = 3;

    void note(const Status& status, std::size_t size) {
        if (++number_ > most)
            return;
        text_ += number_ == 1 ? "messages on MPI_COMM_WORLD that nobody has received: " : ", ";
        text_ += std::to_string(size) + " bytes from rank " + std::to_string(status.Get_source()) + " with tag " + std::to_string(status.Get_tag());
    }

    std::size_t number_ = 0;
    std::string text_;
};

/// All processes of a communicator, once they come here. Tools do not see these calls, but that this process is in MPI_Finalize.
class Others {
public:
    explicit Others(const Comm& comm) : request_(get<PMPI_Ibarrier>(comm.handle())) {}
    [[nodiscard]] bool are_here() {
        int flag = 0;
        call<PMPI_Test>(&request_, &flag, MPI_STATUS_IGNORE);
        return flag != 0;
    }

private:
    MPI_Request request_;
};

void end_on(const Comm& channel) {
    for (Others others(channel); !others.are_here();) drive();  // they may still wait for what this one sends
    cancel_all();
    Unreceived unreceived;
    std::optional<Others> others;
    std::size_t left = drive_all();
    clock::time_point last_step = clock::now();
    while (!others || !others->are_here()) {
        unreceived.take_all(COMM_WORLD);
        const std::size_t before = std::exchange(left, drive_all());
        if (left != before)
            last_step = clock::now();
        if (left != 0 && clock::now() < last_step + patience)
            continue;
        unreceived.take_all(channel);  // the bytes of these messages
        if (!others)
            others.emplace(channel);
    }
    unreceived.report(drive_all());
}

}  // namespace

void end_operations() noexcept try {
    static bool has_ended = false;
    if (std::exchange(has_ended, true))
        return;
    if (opened_channel != MPI_COMM_NULL)
        return end_on(Comm::borrow(opened_channel));
    cancel_all();
    while (drive_all() != 0) {}
} catch (const std::exception&) {  // MPI fails at its end: nobody could do anything about it
}

}  // namespace mpi4cxx::detail
