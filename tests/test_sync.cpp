// Locks, counters and conditions among processes. What they protect is a number in a window that is read and written without any atomic operation.
#include <mpi4cxx/sync.hpp>

#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/op.hpp>

#include "support.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

namespace sync = mpi4cxx::sync;  // here, because unistd.h has a function of this name

/// A number on rank 0, which is read and written in two steps, so that two processes that do so at the same time lose one.
class Unprotected {
public:
    explicit Unprotected(const MPI::Intracomm& comm, int words = 1) : win_(MPI::Win::Allocate<int>(comm.rank() == 0 ? words : 0, comm)) {
        win_.Lock_all();
        if (comm.rank() == 0)
            for (int i = 0; i < words; ++i) set(0, i);
        comm.Barrier();
    }
    [[nodiscard]] int get(int word = 0) const {
        int value = 0;
        win_.Get(value, 0, word);
        win_.Flush(0);
        return value;
    }
    void set(int value, int word = 0) const {
        win_.Put(value, 0, word);
        win_.Flush(0);
    }

private:
    MPI::Win win_;
};

constexpr int rounds = 50;

/// The code of what `f` throws as a std::system_error, and its text.
template <class F> std::errc mistake(F f, std::string* text = nullptr) {
    try {
        f();
    } catch (const std::system_error& error) {
        if (text != nullptr)
            *text = error.what();
        return static_cast<std::errc>(error.code().value());
    }
    return {};
}

bool has_threads() { return MPI::Query_thread() == MPI::THREAD_MULTIPLE; }

}  // namespace

// Counter ------------------------------------------------------------------------------------------------------------

TEST_CASE("A counter hands each value out once", "[sync][counter]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        sync::Counter counter(comm);
        std::vector<std::int64_t> own;
        for (int i = 0; i < rounds; ++i) own.push_back(counter.next());
        CHECK(std::is_sorted(own.begin(), own.end()));
        std::vector<std::int64_t> all(own.size() * static_cast<std::size_t>(comm.size()));
        comm.Allgather(own, all);
        std::sort(all.begin(), all.end());
        std::vector<std::int64_t> wanted(all.size());
        std::iota(wanted.begin(), wanted.end(), 0);
        CHECK(all == wanted);
    });
}

TEST_CASE("A counter has a start, steps, increments and a root", "[sync][counter]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int last = comm.size() - 1;
    sync::Counter counter(comm, comm.rank() == last ? std::int64_t{1} << 40 : -1, -3, MPI::INFO_NULL, last);
    (void)counter.next();
    comm.Barrier();
    CHECK(counter.next(0) == (std::int64_t{1} << 40) - 3 * comm.size());
    comm.Barrier();
    (void)counter.next(10);
    comm.Barrier();
    CHECK(counter.next(0) == (std::int64_t{1} << 40) + 7 * comm.size());
    sync::Counter moved(std::move(counter));
    comm.Barrier();
    (void)moved.next();
    moved.free();
    CHECK(thrown<std::invalid_argument>([&] { sync::Counter(comm, 0, 1, MPI::INFO_NULL, comm.size()); }).find("root") != std::string::npos);
    if (comm.size() > 1)
        CHECK(thrown<std::invalid_argument>([&] {
                  sync::Counter(comm, 0, 1, MPI::INFO_NULL, comm.rank() == last ? 1 : 0);
              }).find("different roots") != std::string::npos);
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)moved.next(); }), "freed"));
}

TEST_CASE("A counter that was freed or moved from is refused", "[sync][counter]") {
    const std::string text = "the object was freed or moved from";
    sync::Counter counter(MPI::COMM_WORLD);
    sync::Counter moved(std::move(counter));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)counter.next(); }), "sync::Counter::next: " + text));
    CHECK(contains(thrown<std::invalid_argument>([&] { counter.free(); }), "sync::Counter::free: " + text));
    (void)moved.next();
    moved.free();
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)moved.next(2); }), text));
    CHECK(contains(thrown<std::invalid_argument>([&] { moved.free(); }), text));
}

TEST_CASE("A loop over a counter shares out work", "[sync][counter]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Counter counter(comm);
    std::int64_t sum = 0;
    for (const std::int64_t item : counter) {
        if (item >= 100)
            break;
        sum += item;
    }
    CHECK(comm.allreduce(sum, MPI::SUM) == 99 * 100 / 2);
}

// Mutex --------------------------------------------------------------------------------------------------------------

TEST_CASE("A mutex excludes other processes", "[sync][mutex]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        sync::Mutex mutex(comm);
        const Unprotected number(comm);
        for (int i = 0; i < rounds; ++i) {
            const std::lock_guard guard(mutex);
            number.set(number.get() + 1);
        }
        comm.Barrier();
        CHECK(number.get() == rounds * comm.size());
    });
}

TEST_CASE("Processes get a mutex in the order in which they ask", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm);
    const Unprotected order(comm, comm.size() + 1), asked(comm);
    if (comm.rank() == 0)
        mutex.lock();
    comm.Barrier();
    if (comm.rank() == 0) {
        for (int rank = 1; rank < comm.size(); ++rank) {
            comm.Send(rank, rank, 1);  // now ask
            comm.Recv(MPI::Buf(), rank, 2);
            std::this_thread::sleep_for(std::chrono::milliseconds(30));  // rank is between its message and its place in the queue
            (void)order.get();                                           // lets MPI answer it
        }
        mutex.unlock();
    } else {
        int rank = 0;
        comm.Recv(rank, 0, 1);
        comm.Send(MPI::ConstBuf(), 0, 2);
        const std::lock_guard guard(mutex);
        const int place = order.get(comm.size());
        order.set(rank, place);
        order.set(place + 1, comm.size());
    }
    comm.Barrier();
    CHECK(order.get(comm.size()) == comm.size() - 1);
    for (int rank = 1; rank < comm.size(); ++rank) CHECK(order.get(rank - 1) == rank);
}

TEST_CASE("A mutex that is held cannot be had without waiting", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm);
    if (comm.rank() == 0)
        CHECK(mutex.acquire(false));
    comm.Barrier();
    CHECK(mutex.locked() == (comm.rank() == 0));
    CHECK(mutex.count() == (comm.rank() == 0 ? 1 : 0));
    CHECK_FALSE(mutex.try_lock());
    CHECK_FALSE(mutex.acquire(false));
    comm.Barrier();
    if (comm.rank() == 0)
        mutex.release();
    comm.Barrier();
    CHECK_FALSE(mutex.locked());
    int had = 0;
    if (std::unique_lock lock(mutex, std::try_to_lock); lock.owns_lock())
        had = 1;
    CHECK(comm.allreduce(had, MPI::SUM) >= 1);
}

TEST_CASE("A recursive mutex counts", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm, true);
    const Unprotected number(comm);
    for (int i = 0; i < rounds; ++i) {
        const std::lock_guard outer(mutex);
        const int before = number.get();
        {
            const std::lock_guard inner(mutex);
            CHECK(mutex.count() == 2);
            CHECK(mutex.acquire(false));
            mutex.release();
        }
        CHECK(mutex.count() == 1);
        number.set(before + 1);
    }
    comm.Barrier();
    CHECK(number.get() == rounds * comm.size());
}

TEST_CASE("Guards of the standard library take several mutexes", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex first(comm), second(comm);
    const Unprotected number(comm);
    for (int i = 0; i < rounds; ++i) {
        if (comm.rank() % 2 == 0) {
            const std::scoped_lock both(first, second);
            number.set(number.get() + 1);
        } else {
            const std::scoped_lock both(second, first);
            number.set(number.get() + 1);
        }
    }
    comm.Barrier();
    CHECK(number.get() == rounds * comm.size());
}

TEST_CASE("Mistakes with a mutex are std::system_error", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm);
    std::string text;
    const auto made = "test_sync.cpp:" + std::to_string(__LINE__ - 2);
    CHECK(mistake([&] { mutex.unlock(); }, &text) == std::errc::operation_not_permitted);
    CHECK(contains(text, "sync::Mutex::unlock: this thread does not hold the mutex"));
    CHECK(contains(text, made));
    {
        const std::lock_guard guard(mutex);
        CHECK(mistake([&] { mutex.acquire(); }, &text) == std::errc::resource_deadlock_would_occur);
        CHECK(contains(text, "test_sync.cpp:" + std::to_string(__LINE__ - 1)));
        CHECK(mistake([&] { mutex.lock(); }) == std::errc::resource_deadlock_would_occur);
        CHECK_FALSE(mutex.try_lock());
        CHECK(contains(thrown<std::invalid_argument>([&] { mutex.free(); }), "release it first"));
    }
    comm.Barrier();
    mutex.free();
    CHECK(contains(thrown<std::invalid_argument>([&] { mutex.lock(); }), "freed"));
    CHECK(contains(thrown<std::invalid_argument>([&] { mutex.release(); }), "freed"));
}

TEST_CASE("A mutex that is destroyed while it is held goes to the next", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Unprotected number(comm);
    {
        sync::Mutex mutex(comm);
        if (comm.rank() == 0)
            mutex.lock();
        comm.Barrier();
        if (comm.rank() != 0) {
            const std::lock_guard guard(mutex);
            number.set(number.get() + 1);
        }
    }
    comm.Barrier();
    CHECK(number.get() == comm.size() - 1);
}

TEST_CASE("An exception that unwinds one process gives its lock back", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    {
        sync::Mutex mutex(comm);
        const auto use = [&] {
            const std::lock_guard guard(mutex);
            if (comm.rank() == 0)
                throw std::runtime_error("on rank 0");
        };
        CHECK(thrown<std::runtime_error>(use) == (comm.rank() == 0 ? "on rank 0" : ""));
    }
    // Every process drops these, and frees them when all come together to make something else.
    CHECK(thrown<std::runtime_error>([&] {
              const sync::Mutex mutex(comm);
              const sync::Condition condition(comm);
              const sync::Semaphore semaphore(comm);
              const sync::Counter counter(comm);
              const sync::Sequential sequential(comm);
              throw std::runtime_error("everywhere");
          }) == "everywhere");
    const MPI::Intracomm copy = comm.Dup();
    // Only one process drops these; the others destroy them, and wait for nobody.
    CHECK(thrown<std::runtime_error>([&] {
              const sync::Mutex mutex(comm);
              const sync::Condition condition(comm);
              const sync::Semaphore semaphore(comm);
              const sync::Counter counter(comm);
              const sync::Sequential sequential(comm);
              if (comm.rank() == 0)
                  throw std::runtime_error("on rank 0");
          }) == (comm.rank() == 0 ? "on rank 0" : ""));
    const MPI::Intracomm other = comm.Dup();
}

TEST_CASE("A mutex excludes the threads of a process", "[sync][mutex]") {
    if (!has_threads())
        return;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm), recursive(comm, true);
    const Unprotected number(comm);
    int here = 0;
    const auto work = [&] {
        for (int i = 0; i < 20; ++i) {
            const std::lock_guard one(mutex), other(recursive), again(recursive);  // std::scoped_lock may try for a minute
            ++here;
            number.set(number.get() + 1);
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    comm.Barrier();
    CHECK(here == 60);
    CHECK(number.get() == 60 * comm.size());
    mutex.acquire();
    std::errc other{};
    bool is_locked_there = true, had = true;
    std::thread([&] {
        other = mistake([&] { mutex.release(); });
        is_locked_there = mutex.locked();
        had = mutex.try_lock();
    }).join();
    CHECK(other == std::errc::operation_not_permitted);
    CHECK_FALSE(is_locked_there);
    CHECK_FALSE(had);
    mutex.release();
}

TEST_CASE("A process that waits for a mutex drives its objects", "[sync][mutex]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() < 2)
        return;
    sync::Mutex mutex(comm);
    const std::vector<std::string> large(1000, std::string(1000, 'x'));
    std::vector<std::string> received;
    if (comm.rank() == 0)
        mutex.lock();
    comm.Barrier();
    if (comm.rank() == 1) {
        auto request = comm.irecv<std::vector<std::string>>(0, 4);
        mutex.lock();  // rank 0 gives it back once its object has been received
        received = request.wait();
        mutex.unlock();
    } else if (comm.rank() == 0) {
        comm.ssend(large, 1, 4);
        mutex.unlock();
    }
    comm.Barrier();
    CHECK(received == (comm.rank() == 1 ? large : std::vector<std::string>()));
}

// Condition ----------------------------------------------------------------------------------------------------------

namespace {

/// A queue between processes that holds at most two numbers. Words 0 and 1 count how many were put in and taken out.
class BoundedQueue {
public:
    explicit BoundedQueue(const MPI::Intracomm& comm) : mutex_(comm), not_full_(mutex_), not_empty_(mutex_), words_(comm, 2 + capacity) {}

    void put(int value) {
        const std::lock_guard guard(mutex_);
        not_full_.wait_for([&] { return length() < capacity; });
        words_.set(value, 2 + words_.get(0) % capacity);
        words_.set(words_.get(0) + 1, 0);
        not_empty_.notify();
    }
    int take() {
        const std::lock_guard guard(mutex_);
        not_empty_.wait_for([&] { return length() > 0; });
        const int value = words_.get(2 + words_.get(1) % capacity);
        words_.set(words_.get(1) + 1, 1);
        not_full_.notify();
        return value;
    }

private:
    static constexpr int capacity = 2;
    [[nodiscard]] int length() const {
        const int length = words_.get(0) - words_.get(1);
        CHECK((length >= 0 && length <= capacity));
        return length;
    }

    sync::Mutex mutex_;
    sync::Condition not_full_, not_empty_;
    Unprotected words_;
};

}  // namespace

TEST_CASE("Conditions make a queue between processes", "[sync][condition]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() < 2)
        return;
    BoundedQueue queue(comm);
    const int producers = comm.size() / 2, consumers = comm.size() - producers, items = 12 * consumers;
    int sum = 0;
    if (comm.rank() < producers)
        for (int i = 0; i < items; ++i) queue.put(i + 1);
    else
        for (int i = 0; i < producers * items / consumers; ++i) sum += queue.take();
    CHECK(comm.allreduce(sum, MPI::SUM) == producers * items * (items + 1) / 2);
}

TEST_CASE("A condition wakes as many as it is told to", "[sync][condition]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int others = comm.size() - 1;
    sync::Condition condition(comm);
    const Unprotected waiting(comm), awake(comm);
    {
        const std::lock_guard guard(condition);
        CHECK(condition.notify() == 0);
        CHECK(condition.notify_all() == 0);
    }
    comm.Barrier();
    if (comm.rank() != 0) {
        const std::lock_guard guard(condition);
        waiting.set(waiting.get() + 1);
        condition.wait();
        awake.set(awake.get() + 1);
    } else {
        const auto until = [&](const Unprotected& number, int value) {
            for (int now = -1; now < value;) {
                const std::lock_guard guard(condition);
                now = number.get();
            }
        };
        until(waiting, others);
        for (int woken = 0; woken < others;) {
            condition.acquire();
            CHECK(awake.get() == woken);
            const int n = condition.notify(2);
            CHECK(n == std::min(2, others - woken));
            condition.release();
            woken += std::max(n, 1);
            until(awake, woken);
        }
        const std::lock_guard guard(condition);
        CHECK(condition.notify_all() == 0);
    }
    comm.Barrier();
    CHECK(awake.get() == others);
}

TEST_CASE("A wait gives a recursive mutex up and gets it back as it was", "[sync][condition]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm, true);
    sync::Condition condition(mutex);
    const Unprotected here(comm);
    mutex.lock();
    mutex.lock();
    here.set(here.get() + 1);
    if (here.get() < comm.size()) {
        CHECK(condition.wait_for([&] { return std::optional<int>(here.get() == comm.size() ? std::optional(7) : std::nullopt); }) == 7);
    } else {
        CHECK(condition.notify_all() == comm.size() - 1);
    }
    CHECK(mutex.count() == 2);
    CHECK(condition.locked());
    mutex.unlock();
    mutex.unlock();
    CHECK_FALSE(condition.locked());
}

TEST_CASE("Several threads of a process wait for a condition", "[sync][condition]") {
    if (!has_threads())
        return;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    constexpr int each = 3;
    sync::Condition condition(comm);
    const Unprotected waiting(comm), awake(comm);
    std::vector<std::thread> threads;
    for (int i = 0; i < each; ++i)
        threads.emplace_back([&] {
            const std::lock_guard guard(condition);
            waiting.set(waiting.get() + 1);
            condition.wait();
            awake.set(awake.get() + 1);
        });
    if (comm.rank() == 0) {
        const int all = each * comm.size();
        for (int woken = 0; woken < all;) {
            const std::lock_guard guard(condition);
            if (waiting.get() < all)
                continue;
            const int n = condition.notify(each - 1);
            CHECK(n == std::min(each - 1, all - woken));
            woken += std::max(n, 1);
        }
    }
    for (std::thread& thread : threads) thread.join();
    comm.Barrier();
    CHECK(awake.get() == each * comm.size());
}

TEST_CASE("A condition refuses the use of a mutex that was freed", "[sync][condition]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm);
    sync::Condition condition(mutex);
    mutex.free();
    const auto is_refused = [](auto call) { CHECK(contains(thrown<std::invalid_argument>(call), "the mutex was freed")); };
    is_refused([&] { condition.acquire(); });
    is_refused([&] { condition.lock(); });
    is_refused([&] { condition.wait(); });
    is_refused([&] { (void)condition.notify(); });
    condition.free();
}

TEST_CASE("Mistakes with a condition are std::system_error", "[sync][condition]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex mutex(comm);
    sync::Condition condition(mutex);
    std::string text;
    CHECK(mistake([&] { condition.wait(); }, &text) == std::errc::operation_not_permitted);
    CHECK(contains(text, "sync::Condition::wait: this thread does not hold the mutex"));
    CHECK(mistake([&] { (void)condition.notify(); }) == std::errc::operation_not_permitted);
    CHECK(mistake([&] { (void)condition.notify_all(); }) == std::errc::operation_not_permitted);
    CHECK(mistake([&] { condition.release(); }) == std::errc::operation_not_permitted);
    condition.free();
    CHECK(contains(thrown<std::invalid_argument>([&] { condition.wait(); }), "freed"));
    mutex.acquire();  // it was not the condition's own
    mutex.release();
    comm.Barrier();
    mutex.free();
}

// Semaphore ----------------------------------------------------------------------------------------------------------

TEST_CASE("A semaphore lets in as many as it has permits", "[sync][semaphore]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int most = std::max(1, comm.size() - 1);
        sync::Semaphore semaphore(comm, most);
        const MPI::Win inside = MPI::Win::Allocate<int>(1, comm);
        inside.Lock_all();
        inside.span<int>()[0] = 0;
        inside.Sync();
        comm.Barrier();
        const auto add = [&](int n) {
            int before = 0;
            inside.Fetch_and_op(n, before, 0);
            inside.Flush(0);
            return before + n;
        };
        int largest = 0;
        for (int i = 0; i < 20; ++i) {
            semaphore.acquire();
            largest = std::max(largest, add(1));
            std::this_thread::yield();
            add(-1);
            semaphore.release();
        }
        CHECK(largest >= 1);
        CHECK(largest <= most);
        comm.Barrier();
        CHECK(add(0) == 0);
        inside.Unlock_all();
    });
}

TEST_CASE("A semaphore can be tried, and refuses more permits than it had", "[sync][semaphore]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Semaphore semaphore(comm, 2), unbounded(comm, 0, false);
    if (comm.rank() == 0) {
        CHECK(semaphore.try_acquire());
        CHECK(semaphore.acquire(false));
        CHECK_FALSE(semaphore.try_acquire());
        semaphore.release(2);
        CHECK(contains(thrown<std::invalid_argument>([&] { semaphore.release(); }), "1 permits are given back, but 2 of 2 are free already"));
        CHECK(contains(thrown<std::invalid_argument>([&] { semaphore.release(0); }), "0 permits"));
        CHECK_FALSE(unbounded.try_acquire());
        unbounded.release(comm.size() + 3);
    }
    unbounded.acquire();
    comm.Barrier();
    if (comm.rank() == 0) {
        for (int i = 0; i < 3; ++i) CHECK(unbounded.try_acquire());
        CHECK_FALSE(unbounded.try_acquire());
    }
    CHECK(contains(thrown<std::invalid_argument>([&] { sync::Semaphore(comm, comm.rank() == 0 ? -1 : 1); }), "-1 permits"));
    (void)sync::Semaphore(comm, comm.rank() == 0 ? 1 : -1);  // what rank 0 passes counts
    comm.Barrier();
    semaphore.free();
    CHECK(contains(thrown<std::invalid_argument>([&] { semaphore.acquire(); }), "freed"));
}

TEST_CASE("Permits go to those that wait", "[sync][semaphore]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Semaphore semaphore(comm, 0, false);
    if (comm.rank() == 0)
        for (int i = 1; i < comm.size(); ++i) semaphore.release();
    else
        semaphore.acquire();
    comm.Barrier();
    CHECK_FALSE(semaphore.try_acquire());
    comm.Barrier();
}

TEST_CASE("Several threads of a process use a semaphore", "[sync][semaphore]") {
    if (!has_threads())
        return;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Semaphore semaphore(comm, 2);
    std::atomic<int> inside = 0, largest = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 10; ++round) {
                semaphore.acquire();
                const int now = ++inside;
                for (int before = largest; before < now && !largest.compare_exchange_weak(before, now);) {}
                --inside;
                semaphore.release();
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(largest >= 1);
    CHECK(largest <= 2);
    comm.Barrier();
}

// Sequential ---------------------------------------------------------------------------------------------------------

TEST_CASE("Processes run one after another, in the order of their ranks", "[sync][sequential]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        sync::Sequential sequential(comm);
        const Unprotected turns(comm);
        for (int round = 0; round < 5; ++round) {
            const std::lock_guard turn(sequential);
            const int before = turns.get();
            CHECK(before == round * comm.size() + comm.rank());
            turns.set(before + 1);
        }
        sequential.begin();
        sequential.end();
        comm.Barrier();
        CHECK(turns.get() == 5 * comm.size());
    });
}

TEST_CASE("Nobody waits for the turn of a process that has thrown", "[sync][sequential]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int last = comm.size() - 1;
        CHECK(thrown<std::runtime_error>([&] {
                  sync::Sequential sequential(comm);
                  if (comm.rank() == last)
                      throw std::runtime_error("on the last rank");
                  const std::lock_guard turn(sequential);
              }) == (comm.rank() == last ? "on the last rank" : ""));
        (void)comm.Dup();
        // The turn that nobody has taken is not that of the next ones.
        sync::Sequential next(comm);
        const Unprotected turns(comm);
        const std::lock_guard turn(next);
        CHECK(turns.get() == comm.rank());
        turns.set(comm.rank() + 1);
    });
}

TEST_CASE("Mistakes with a sequential part are std::system_error", "[sync][sequential]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Sequential sequential(comm);
    std::string text;
    CHECK(mistake([&] { sequential.end(); }, &text) == std::errc::operation_not_permitted);
    CHECK(contains(text, "sync::Sequential::end: it is not this process's turn"));
    sequential.begin();
    CHECK(mistake([&] { sequential.lock(); }) == std::errc::resource_deadlock_would_occur);
    sync::Sequential moved(std::move(sequential));
    CHECK(contains(thrown<std::invalid_argument>([&] { sequential.begin(); }), "moved from"));
    if (comm.rank() != comm.size() - 1)
        moved.end();  // the last one leaves it to the destructor
}

TEST_CASE("What is among processes is moved, not copied", "[sync]") {
    CHECK_FALSE(std::is_copy_constructible_v<sync::Mutex>);
    CHECK_FALSE(std::is_copy_constructible_v<sync::Condition>);
    CHECK_FALSE(std::is_copy_constructible_v<sync::Semaphore>);
    CHECK_FALSE(std::is_copy_constructible_v<sync::Counter>);
    CHECK_FALSE(std::is_copy_constructible_v<sync::Sequential>);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    sync::Mutex first(comm), second(comm);
    first = std::move(second);
    // guards know no line of the program, and this one knows none of its own any more
    CHECK(thrown<std::invalid_argument>([&] { second.lock(); }) == "sync::Mutex::lock: the object was freed or moved from");
    { const std::lock_guard guard(first); }
    sync::Semaphore semaphore(comm);
    semaphore = sync::Semaphore(comm, 2);
    semaphore.acquire();
    semaphore.release();
    comm.Barrier();
}
