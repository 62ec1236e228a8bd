// The thread that watches a process, and the report of rank 0.
#include "trace/watchdog.hpp"

#include "trace/deadlock_report.hpp"
#include "trace/results.hpp"
#include "trace/stack.hpp"
#include "trace/text.hpp"

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
constexpr auto longest_log_wait = 5s;
constexpr auto longest_results_wait = 60s;
constexpr auto output_time = 1s;  // time for the launcher to read the output, which it may lose after MPI_Abort

/// The watchdog of this process. Processes tell each other their state by files, because MPI does not work when a program hangs.
class Watchdog {
public:
    Watchdog(std::string folder, int rank, int size, double timeout, bool aborts)
        : folder_(std::move(folder)), rank_(rank), size_(size), timeout_(timeout), aborts_(aborts) {
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
        std::error_code ignored;
        if (has_saved_)
            fs::remove(still_file(rank_), ignored);
    }

    void save_all_logs() {
        std::error_code ignored;
        if (!is_logging)
            return;
        const bool is_first = fs::create_directory(end_file(), ignored);
        save_log();
        // The first writes the results. The others, which would end it with the job, wait for that.
        const auto limit = std::chrono::steady_clock::now() + (is_first ? longest_log_wait : longest_results_wait);
        const auto done = [&] { return is_first ? all_saved() : !exists(end_file()); };
        while (!done() && std::chrono::steady_clock::now() < limit) std::this_thread::sleep_for(20ms);
        if (is_first) {
            write_results(folder_, size_);
            fs::remove(end_file(), ignored);
        }
        std::this_thread::sleep_for(output_time);
    }

private:
    [[nodiscard]] std::string end_file() const { return folder_ + "/end"; }
    [[nodiscard]] std::string still_file(int rank) const { return folder_ + "/still." + std::to_string(rank); }
    [[nodiscard]] bool all_saved() const {
        for (int rank = 0; rank < size_; ++rank)
            if (!exists(log_file(folder_, rank)))
                return false;
        return true;
    }

    void save_log() {
        const std::lock_guard lock(log_mutex);
        if (!is_logging)  // another thread has saved it meanwhile
            return;
        own_log.end = now();
        own_log.save(log_file(folder_, rank_));
        is_logging = false;
    }

    void run() {
        std::unique_lock lock(mutex_);
        while (!over_.wait_for(lock, tick, [&] { return is_over_; })) {
            if (is_logging && exists(end_file()))
                save_log();
            if (timeout_ > 0)
                check_this_process();
        }
    }

    void check_this_process() {
        std::error_code ignored;
        const std::int64_t moves = activities;
        if (moves != seen_activities_ && has_saved_)
            fs::remove(still_file(rank_), ignored);
        const bool is_same = !observe_loops() && moves == seen_activities_;
        has_saved_ = has_saved_ && is_same;
        seen_activities_ = moves;
        if (static_cast<double>(now() - last_activity) < timeout_ * 1e9 || now() < next_try_)
            return;
        if (!has_saved_)
            save_state();
        if (rank_ == 0)
            check_all_ranks();
    }

    void save_state() {
        ProcessState state = current_process_state();
        state.version = ++version_;
        has_saved_ = state.save(still_file(rank_));
        if (has_saved_)
            return;
        std::error_code ignored;
        fs::remove(still_file(rank_), ignored);  // an older state
        next_try_ = now() + static_cast<std::int64_t>(timeout_ * 1e9);
        if (!std::exchange(has_complained_, true))
            print_message("watchdog: rank " + std::to_string(rank_) + " cannot write to " + folder_ + ", so that nothing moves cannot be reported\n");
    }

    /// On rank 0: reports when all processes have been seen without progress several times in a row. Of a loop that has ended its process learns only
    /// after a second.
    void check_all_ranks() {
        std::vector<ProcessState> ranks(static_cast<std::size_t>(size_));
        std::vector<std::int64_t> moves;
        for (int rank = 0; rank < size_; ++rank) {
            ProcessState& one = ranks[static_cast<std::size_t>(rank)];
            if (!one.load(still_file(rank)))
                return;
            moves.push_back(one.activities);
            moves.push_back(one.version);
        }
        equal_checks_ = moves != judged_ ? 1 : equal_checks_ + 1;
        judged_ = moves;
        const bool polls = std::any_of(ranks.begin(), ranks.end(), [](const ProcessState& s) { return s.polls; });
        if (equal_checks_ == (polls ? 20 : 3))
            report(ranks);
    }

    void report(const std::vector<ProcessState>& ranks) {
        const bool all_wait = std::all_of(ranks.begin(), ranks.end(), [](const ProcessState& s) { return s.waits; });
        const auto [why, is_progressing] = explain(ranks, timeout_);
        const bool ends = all_wait && !is_progressing && aborts_;
        const std::string text = why + (ends             ? "  The job is ended.\n"
                                        : !all_wait      ? "  The job goes on: not all wait in MPI.\n"
                                        : is_progressing ? "  The job goes on: a message or another call is under way.\n"
                                                         : "  The job is not ended: MPI4CXX_TRACE=watchdog,abort would.\n");
        print_message("watchdog: " + text);
        if (std::FILE* const file = std::fopen((folder_ + "/watchdog.txt").c_str(), "a"); file != nullptr) {
            std::fputs(text.c_str(), file);
            std::fclose(file);
        }
        if (!ends)
            return;
        save_all_logs();
        std::this_thread::sleep_for(output_time);
        std::error_code ignored;
        for (int rank = 0; rank < size_; ++rank) fs::remove(still_file(rank), ignored);
        // If MPI cannot be called while another thread is in it, the alarm ends this process, and the launcher ends the others.
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
    double timeout_;
    bool aborts_;
    std::int64_t seen_activities_ = -1;  // activities at the last check
    bool has_saved_ = false, has_complained_ = false;
    std::int64_t version_ = 0, next_try_ = 0;
    std::vector<std::int64_t> judged_;  // the states that the last check has seen
    int equal_checks_ = 0;
    std::mutex mutex_;
    std::condition_variable over_;
    bool is_over_ = false;
    std::thread thread_;
};

Watchdog* watchdog = nullptr;

}  // namespace

void start_watching(const std::string& folder, int rank, int size, double timeout, bool aborts) {
    watchdog = new Watchdog(folder, rank, size, timeout, aborts);
}

void stop_watching() {
    watchdog->stop();
    delete std::exchange(watchdog, nullptr);
}

void save_all_logs() {
    if (watchdog != nullptr)
        watchdog->save_all_logs();
}

void print_message(const std::string& text) {
    std::fflush(stdout);
    std::fputs(("mpi4cxx " + text).c_str(), stderr);
    std::fflush(stderr);
}

}  // namespace mpi4cxx::trace
