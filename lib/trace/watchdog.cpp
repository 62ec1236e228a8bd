#include "trace/watchdog.hpp"

#include "trace/output.hpp"
#include "trace/stack.hpp"
#include "trace/standstill.hpp"

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

namespace mpi4cxx::trace {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto tick = 100ms;
constexpr auto longest_rescue = 5s;
constexpr auto output_time = 1s;  // in which the launcher reads what was said, before MPI_Abort may make it forget that

/// The files by which processes know of each other: MPI does not move when they are needed.
class Watchdog {
public:
    Watchdog(std::string folder, int rank, int size, double patience, bool aborts)
        : folder_(std::move(folder)), rank_(rank), size_(size), patience_(patience), aborts_(aborts) {
        prepare_stacks();
        sigset_t all, before;  // signals are for the program's threads
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        thread_ = std::thread([this] { run(); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        over_.notify_all();
        thread_.join();
    }

    void rescue() {
        std::error_code ignored;
        if (!is_logging)
            return;
        const bool is_first = fs::create_directory(end_file(), ignored);
        save_log();
        const auto limit = std::chrono::steady_clock::now() + longest_rescue;
        const auto done = [&] { return is_first ? all_saved() : fs::exists(folder_ + "/summary.txt"); };
        while (!done() && std::chrono::steady_clock::now() < limit) std::this_thread::sleep_for(20ms);
        if (is_first)
            write_results(folder_, size_);
        fs::remove(end_file(), ignored);
        std::this_thread::sleep_for(output_time);
    }

private:
    [[nodiscard]] std::string end_file() const { return folder_ + "/end"; }
    [[nodiscard]] std::string still_file(int rank) const { return folder_ + "/still." + std::to_string(rank); }
    [[nodiscard]] bool all_saved() const {
        for (int rank = 0; rank < size_; ++rank)
            if (!fs::exists(log_file(folder_, rank)))
                return false;
        return true;
    }

    void save_log() {
        const std::lock_guard lock(log_mutex);
        own_log.end = now();
        own_log.save(log_file(folder_, rank_));
        is_logging = false;
    }

    void run() {
        std::unique_lock lock(mutex_);
        while (!over_.wait_for(lock, tick, [&] { return is_over_; })) {
            if (is_logging && fs::exists(end_file()))
                save_log();
            if (patience_ > 0)
                look();
        }
    }

    void look() {
        std::error_code ignored;
        const std::int64_t moves = activities;
        if (moves != seen_ && told_)
            fs::remove(still_file(rank_), ignored);
        told_ = told_ && moves == seen_;
        seen_ = moves;
        if (static_cast<double>(now() - last_activity) < patience_ * 1e9)
            return;
        if (!told_)
            look_at_this_process().save(still_file(rank_));
        told_ = true;
        if (rank_ == 0)
            judge();
    }

    /// Rank 0: whether all stand still, twice.
    void judge() {
        std::vector<Standstill> ranks(static_cast<std::size_t>(size_));
        std::vector<std::int64_t> moves;
        for (int rank = 0; rank < size_; ++rank) {
            Standstill& one = ranks[static_cast<std::size_t>(rank)];
            if (!one.load(still_file(rank)))
                return;
            moves.push_back(one.activities);
        }
        const bool is_new = moves != judged_;
        sightings_ = is_new ? 1 : sightings_ + 1;
        judged_ = moves;
        if (sightings_ == 3)
            report(ranks);
    }

    void report(const std::vector<Standstill>& ranks) {
        const bool all_wait = std::all_of(ranks.begin(), ranks.end(), [](const Standstill& s) { return s.waits; });
        const auto [why, moves] = explain(ranks, patience_);
        const bool ends = all_wait && !moves && aborts_;
        const std::string text = why + (ends        ? "  The job is ended.\n"
                                        : !all_wait ? "  The job goes on: not all wait in MPI.\n"
                                        : moves     ? "  The job goes on: a message is on its way.\n"
                                                    : "  The job is not ended: MPI4CXX_TRACE=watchdog,abort would.\n");
        say("watchdog: " + text);
        if (std::FILE* const file = std::fopen((folder_ + "/watchdog.txt").c_str(), "a"); file != nullptr) {
            std::fputs(text.c_str(), file);
            std::fclose(file);
        }
        if (!ends)
            return;
        rescue();
        std::this_thread::sleep_for(output_time);
        std::error_code ignored;
        for (int rank = 0; rank < size_; ++rank) fs::remove(still_file(rank), ignored);
        // Where MPI cannot be called while another thread is in it, this process ends by itself, and the launcher ends the others.
        std::signal(SIGALRM, SIG_DFL);
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_UNBLOCK, &alarms, nullptr);
        alarm(5);
        PMPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
        std::_Exit(EXIT_FAILURE);
    }

    std::string folder_;
    int rank_, size_;
    double patience_;
    bool aborts_;
    std::int64_t seen_ = -1;  // how often this process had moved when last looked at
    bool told_ = false;
    std::vector<std::int64_t> judged_;
    int sightings_ = 0;
    std::mutex mutex_;
    std::condition_variable over_;
    bool is_over_ = false;
    std::thread thread_;
};

Watchdog* watchdog = nullptr;

}  // namespace

void start_watching(const std::string& folder, int rank, int size, double patience, bool aborts) {
    watchdog = new Watchdog(folder, rank, size, patience, aborts);
}

void stop_watching() {
    watchdog->stop();
    delete std::exchange(watchdog, nullptr);
}

void rescue_logs() {
    if (watchdog != nullptr)
        watchdog->rescue();
}

void say(const std::string& text) {
    std::fflush(stdout);
    std::fputs(("mpi4cxx " + text).c_str(), stderr);
    std::fflush(stderr);
}

}  // namespace mpi4cxx::trace
