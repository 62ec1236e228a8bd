#include "bench/command.hpp"
#include "bench/machine.hpp"
#include "bench/measure.hpp"
#include "bench/units.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>

namespace bench {

namespace {

struct Parameters {
    bool is_quiet = false, has_typed = false, has_objects = false;
    MPI::Count largest = 4 << 20;
    Rounds rounds;
};

/// Sends a buffer from rank 0 to rank 1 and back; a process that is alone, to itself.
void trip(const MPI::Intracomm& pair, std::vector<std::byte>& buffer) {
    if (pair.size() == 1) {
        std::vector<std::byte> back(buffer.size());
        pair.Sendrecv(buffer, 0, 0, back, 0);
        buffer.swap(back);
    } else if (pair.rank() == 0) {
        pair.Send(buffer, 1);
        pair.Recv(buffer, 1);
    } else {
        pair.Recv(buffer, 0);
        pair.Send(buffer, 0);
    }
}

/// The same with an object.
void trip(const MPI::Intracomm& pair, std::vector<double>& object) {
    if (pair.size() == 1) {
        object = pair.sendrecv<std::vector<double>>(object, 0);
    } else if (pair.rank() == 0) {
        pair.send(object, 1);
        object = pair.recv<std::vector<double>>(1);
    } else {
        object = pair.recv<std::vector<double>>(0);
        pair.send(object, 0);
    }
}

/// Returns how long a message takes from rank to rank.
template <class T> double seconds_of_message(const MPI::Intracomm& pair, std::size_t bytes, Rounds rounds) {
    std::vector<T> message(std::max<std::size_t>(bytes / sizeof(T), 1));
    if (pair.rank() == 0)
        message.front() = message.back() = T{42};
    const double seconds = time_of(pair, rounds, [&] { trip(pair, message); }).seconds;
    if (message.front() != T{42} || message.back() != T{42})
        throw std::runtime_error("pingpong: what arrives is not what was sent, in a message of " + std::to_string(bytes) + " bytes");
    return seconds / pair.size();
}

std::string timed(double seconds, MPI::Count bytes) {
    return formatted("  %10s  %10s", time_text(seconds).c_str(), rate_text(static_cast<double>(bytes) / seconds).c_str());
}

/// Measures the processes of `pair`. Returns the sentence for the verdict.
std::string measure(const MPI::Intracomm& pair, const Parameters& given, const std::string& who) {
    const bool has_typed = given.has_typed || !given.has_objects, has_objects = given.has_objects || !given.has_typed;
    const bool prints = !given.is_quiet && pair.rank() == 0;
    std::vector<MPI::Count> sizes = {8, 64, 512, 4 << 10, 32 << 10, 256 << 10, 1 << 20, 4 << 20};
    std::erase_if(sizes, [&](MPI::Count bytes) { return bytes >= given.largest; });
    sizes.push_back(given.largest);

    std::string smallest, fastest;
    double best = 0;
    if (prints)
        std::printf("pingpong: %s\n%10s%s%s\n", who.c_str(), "bytes", has_typed ? "       typed            " : "", has_objects ? "     objects" : "");
    for (const MPI::Count bytes : sizes) {
        const auto size = static_cast<std::size_t>(bytes);
        const double typed = has_typed ? seconds_of_message<std::byte>(pair, size, given.rounds) : 0;
        const double object = has_objects ? seconds_of_message<double>(pair, size, given.rounds) : 0;
        if (prints)
            std::printf("%10lld%s%s\n", static_cast<long long>(bytes), has_typed ? timed(typed, bytes).c_str() : "",
                        has_objects ? timed(object, bytes).c_str() : "");
        const double seconds = has_typed ? typed : object;
        if (smallest.empty())
            smallest = bytes_text(bytes) + " in " + time_text(seconds);
        if (const double rate = static_cast<double>(bytes) / seconds; rate > best) {
            best = rate;
            fastest = bytes_text(bytes) + " at " + rate_text(rate);
        }
    }
    return smallest + ", " + fastest + " (" + who + ")";
}

/// Returns the lowest rank that shares memory with rank 0, or that does not; none if there is no such rank.
std::optional<int> partner(const std::vector<Place>& places, bool is_near) {
    const auto found = std::find_if(places.begin() + 1, places.end(), [&](const Place& one) { return (one.node == places.front().node) == is_near; });
    return found == places.end() ? std::nullopt : std::optional(static_cast<int>(found - places.begin()));
}

std::string run(const MPI::Intracomm& comm, const Parameters& given) {
    const std::vector<Place> places = places_of(comm);
    std::string verdict;
    const auto measure_with = [&](int other, const std::string& who) {
        const bool is_one = comm.rank() == 0 || comm.rank() == other;
        if (const MPI::Intracomm pair = comm.Split(is_one ? 0 : MPI::UNDEFINED); is_one)
            verdict += (verdict.empty() ? "" : "; ") + measure(pair, given, who);
        wait_idly(comm);
    };
    if (comm.size() == 1)
        measure_with(0, "rank 0 with itself");
    if (const auto other = partner(places, true))
        measure_with(*other, "ranks 0 and " + std::to_string(*other) + " of one node");
    if (const auto other = partner(places, false))
        measure_with(*other, "ranks 0 and " + std::to_string(*other) + " of two nodes");
    return verdict;
}

}  // namespace

Command pingpong() {
    const auto given = std::make_shared<Parameters>();
    return {"pingpong",
            "times messages between two processes of one node, and of two nodes",
            {quiet(given->is_quiet), flag("-t, --typed", "only typed buffers, Send and Recv", given->has_typed),
             flag("-o, --objects", "only objects, send and recv of a std::vector<double>", given->has_objects),
             amount("-n, --size", "BYTES", "of the largest message", given->largest, 1), loop(given->rounds.loop), skip(given->rounds.skip)},
            [given](const MPI::Intracomm& comm) { return run(comm, *given); }};
}

}  // namespace bench
