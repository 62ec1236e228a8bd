// Programs whose other ranks serve the first, or that go wrong: pool WAY
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <dlfcn.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <new>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;
using namespace mpi4cxx::futures;
using namespace std::chrono_literals;

namespace {

int square(int x) { return x * x; }

void require(bool condition, const char* what) {
    if (!condition)
        throw std::logic_error(what);
}

std::vector<int> numbers(int n) {
    std::vector<int> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

void check_squares(Executor& executor, int n) {
    int expected = 0;
    for (const int value : executor.map(square, numbers(n))) {
        require(value == expected * expected, "a map's result is wrong");
        ++expected;
    }
    require(expected == n, "a map has lost results");
}

// One executor, several one after the other, several at once, and one that an exception unwinds.
void many() {
    std::set<int> pids;
    {
        MPIPoolExecutor executor;
        check_squares(executor, 1000);
        for (const int pid : executor.broadcast([] { return static_cast<int>(getpid()); })) pids.insert(pid);
        const int workers = executor.num_workers();
        std::printf("%d workers in %zu processes\n", workers, pids.size());
        executor.shutdown();
        executor.shutdown();
    }
    {
        MPIPoolExecutor all, one({.max_workers = 1});
        require(one.num_workers() == 1, "max_workers is 1");
        auto a = all.map(square, numbers(500)), b = one.map(square, numbers(500));
        require(a.list() == b.list(), "two executors at once do not agree");
    }
    try {
        MPIPoolExecutor unwound({.prefetch = 1});
        for (int i = 0; i < 1000; ++i) (void)unwound.submit([] { std::this_thread::sleep_for(10ms); });
        throw std::runtime_error("caught");
    } catch (const std::runtime_error&) {}
    MPIPoolExecutor last;
    check_squares(last, 1000);
    Pool pool(2);
    require(pool.map(square, numbers(5)) == std::vector<int>{0, 1, 4, 9, 16}, "Pool::map");
    require(pool.apply(square, 3) == 9, "Pool::apply");
    const auto async = pool.map_async(square, numbers(100));
    async.wait();
    require(async.ready() && async.successful() && async.get().back() == 99 * 99, "Pool::map_async");
    require(pool.apply_async(square, 4).get(10.0) == 16, "Pool::apply_async");
    require(pool.starmap(std::plus<>(), std::vector<std::pair<int, int>>{{1, 2}, {3, 4}}) == std::vector<int>{3, 7}, "Pool::starmap");
    require(pool.starmap_async(std::plus<>(), std::vector<std::pair<int, int>>{{1, 2}}).get() == std::vector<int>{3}, "Pool::starmap_async");
    int sum = 0;
    for (const int value : pool.imap(square, numbers(10))) sum += value;
    for (const int value : pool.imap_unordered(square, numbers(10))) sum += value;
    for (const int value : pool.istarmap(std::plus<>(), std::vector<std::pair<int, int>>{{1, 2}})) sum += value;
    for (const int value : pool.istarmap_unordered(std::plus<>(), std::vector<std::pair<int, int>>{{1, 2}})) sum += value;
    require(sum == 2 * 285 + 6, "Pool::imap");
    try {
        pool.join();
        require(false, "Pool::join before close");
    } catch (const std::invalid_argument&) {}
    pool.close();
    pool.join();
    std::puts("many: ok");
}

void kill_this() {
    raise(SIGKILL);
    std::puts("killed");
}

/// Never ends.
int overflow(int depth) {
    volatile char space[1000];
    space[depth % 1000] = static_cast<char>(depth);
    return depth < 0 ? space[3] : overflow(depth + 1) + space[depth % 7];
}

/// A rank that dies in a task says in which.
void in_a_task(void (*what)()) {
    MPIPoolExecutor executor;
    for (int i = 0; i < 3; ++i) executor.submit(square, i).result();
    executor.submit(what).result();
    std::puts("went on");
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What a process that waits uses of a core, after a second.
void idle() {
    MPIPoolExecutor executor;
    check_squares(executor, 1000);
    std::this_thread::sleep_for(1s);
    const auto cpu = [&] { return executor.broadcast(cpu_seconds); };
    const std::vector<double> before = cpu();
    std::this_thread::sleep_for(100ms);  // these tasks have woken them
    const double own = cpu_seconds();
    std::this_thread::sleep_for(3s);
    const double used = (cpu_seconds() - own) / 3;
    const std::vector<double> after = cpu();
    double most = 0;
    for (std::size_t i = 0; i < before.size(); ++i) most = std::max(most, (after[i] - before[i]) / 3.1);
    std::printf("idle: manager %.2f %%, busiest worker %.2f %%\n", 100 * used, 100 * most);
    require(used < 0.05, "an idle manager uses more than 5 % of a core");
    require(most < 0.05, "an idle worker uses more than 5 % of a core");
}

/// A worker that cannot write a large result for want of memory goes on.
void no_memory() {
    MPIPoolExecutor executor({.max_workers = 1});
    const auto make = [] {
        constexpr std::size_t size = 100'000'001;
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        const rlimit limit{pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + size + size / 2, RLIM_INFINITY};
        setrlimit(RLIMIT_AS, &limit);
        return std::vector<char>(size);
    };
    try {
        (void)executor.submit(make).result();
        require(false, "there was memory for the result and for its bytes");
    } catch (const std::bad_alloc&) {}
    check_squares(executor, 10);
    std::puts("no_memory: ok");
}

/// An executor that cannot start all its threads says so.
void no_threads() {
    constexpr std::size_t size = 1 << 30;  // of a thread's stack
    pthread_attr_t attributes, before;
    pthread_getattr_default_np(&before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    pthread_setattr_default_np(&attributes);
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit{};
    getrlimit(RLIMIT_AS, &limit);
    const rlimit room_for_two{pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + 2 * size + size / 2, limit.rlim_max};
    setrlimit(RLIMIT_AS, &room_for_two);
    try {
        const MPIPoolExecutor executor({.max_workers = 10});
        require(false, "there was room for all threads");
    } catch (const std::system_error&) {}
    setrlimit(RLIMIT_AS, &limit);
    pthread_setattr_default_np(&before);
    MPIPoolExecutor executor({.max_workers = 2});
    check_squares(executor, 10);
    std::puts("no_threads: ok");
}

/// A worker that computes while its long result is under way holds nobody up.
void long_result() {
    const std::string path = "/tmp/mpi4cxx-long-result-" + std::to_string(getpid());
    const auto make = [](int size) { return std::vector<char>(static_cast<std::size_t>(size)); };
    const auto wait_for_file = [](const std::string& name) {
        while (!std::ifstream(name)) std::this_thread::sleep_for(1ms);
    };
    MPIPoolExecutor executor({.prefetch = 2});
    for (int i = 0; i < 5; ++i) (void)executor.on(0).submit(make, 1'000'000).result();  // so that later messages arrive at once
    const auto result = executor.on(0).submit(make, 20'000'000);
    const auto next = executor.on(0).submit(wait_for_file, path);
    try {
        (void)result.result(0.5);
        std::puts("MPI needs no help of the sender");
    } catch (const TimeoutError&) {
        std::puts("MPI needs the sender");
    }
    executor.on(1).submit([](const std::string& name) { std::ofstream file(name); }, path).result();
    next.result();
    require(result.result().size() == 20'000'000, "the long result has another size");
    std::remove(path.c_str());
    std::puts("long_result: ok");
}

void* const openmp = dlopen("libgomp.so.1", RTLD_NOW | RTLD_GLOBAL);
int openmp_threads() { return openmp == nullptr ? 0 : reinterpret_cast<int (*)()>(dlsym(openmp, "omp_get_max_threads"))(); }

/// Tasks of an executor without the option have as many threads as before those of one that has it.
void threads_of_tasks() {
    MPIPoolExecutor own, three({.threads = 3});
    const std::vector<int> before = own.broadcast(openmp_threads);
    for (const int threads : three.broadcast(openmp_threads)) require(openmp == nullptr || threads == 3, "a task has not three threads");
    require(own.broadcast(openmp_threads) == before, "a task has the threads of another executor");
    std::puts("threads_of_tasks: ok");
}

/// Children that tasks fork may end in any way.
void forks() {
    const auto exits = [] {
        const pid_t child = fork();
        if (child == 0)
            std::exit(3);
        int status = 0;
        waitpid(child, &status, 0);
        return WEXITSTATUS(status);
    };
    const auto crashes = [] {
        const pid_t child = fork();
        if (child == 0)
            raise(SIGSEGV);
        int status = 0;
        waitpid(child, &status, 0);
        return status;  // a sanitizer makes an exit of the crash
    };
    MPIPoolExecutor executor;
    require(executor.submit(exits).result() == 3, "the child has exited with another status");
    require(executor.submit(crashes).result() != 0, "the child has not crashed");
    check_squares(executor, 10);
    std::puts("forks: ok");
}

/// The other ranks serve one executor at a time.
void both_kinds() {
    const auto refused = [](auto make) {
        try {
            make();
        } catch (const std::invalid_argument& e) {
            return std::string(e.what());
        }
        return std::string("nothing was thrown");
    };
    if (MPICommExecutor outer{MPI::COMM_WORLD}) {
        require(refused([] { const MPIPoolExecutor inner; }).find("other processes serve an MPICommExecutor") != std::string::npos, "inner pool");
        check_squares(outer, 10);
    }
    MPIPoolExecutor executor;
    require(refused([] { const MPICommExecutor inner(MPI::COMM_WORLD); }).find("serve MPIPoolExecutor until MPI ends") != std::string::npos,
            "MPICommExecutor beside a pool");
    check_squares(executor, 10);
    std::puts("both_kinds: ok");
}

/// An executor that lives when MPI ends lets its workers go.
void outlives() {
    static MPICommExecutor executor{MPI::COMM_WORLD};
    if (executor)
        for (int i = 0; i < 20; ++i)
            (void)executor.submit([] {
                std::this_thread::sleep_for(5ms);
                std::puts("done");
            });
    std::puts("left");
}

/// What all processes have made before the pool ends on rank 0, which is alone there.
const double* table = nullptr;
void made_before(const std::string& path) {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Intracomm comm = world.Dup();
    const auto file = MPI::File::Open(world, path, MPI::MODE_CREATE | MPI::MODE_WRONLY);
    file.Write_at(world.Get_rank(), static_cast<char>('a' + world.Get_rank()));
    const auto win = MPI::Win::Allocate(8, 1, MPI::INFO_NULL, world);
    const auto locked = MPI::Win::Allocate(8, 1, MPI::INFO_NULL, world);
    locked.Lock_all();
    const MPI::sync::Counter counter(world);
    const MPI::sync::Mutex mutex(world);
    const MPI::sync::Semaphore semaphore(world);
    const MPI::sync::Condition condition(world);
    const MPI::sync::Sequential sequential(world);
    MPI::SharedArray<double> array(world, {10});
    if (world.Get_rank() == 0)
        std::iota(array.begin(), array.end(), 0.0);
    world.Barrier();
    table = array.data();
    MPIPoolExecutor executor;
    require(executor.map([](int i) { return table[i]; }, numbers(10)).list().back() == 9, "a task does not see the table");
    std::puts("made_before: ok");
}

/// The picture of an executor has nothing of those before it.
void traces() {
    const std::string path = "/tmp/mpi4cxx-traces-" + std::to_string(getpid()) + ".json";
    for (int i = 0; i < 5; ++i) {
        {
            MPIPoolExecutor before;
            check_squares(before, 10);
        }
        MPIPoolExecutor executor;
        (void)executor.submit(square, 3).result();
        executor.trace(path);
        std::ifstream file(path);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        std::remove(path.c_str());
        require(text.find("\"ph\": \"X\"") == text.rfind("\"ph\": \"X\""), "the picture shows tasks of an earlier executor");
    }
    std::puts("traces: ok");
}

// Many small tasks with random exceptions and sizes.
std::string work(int number, const std::string& argument) {
    if (number % 13 == 0)
        throw std::out_of_range(std::to_string(number));
    return argument + std::to_string(number);
}
void soak(int n) {
    MPIPoolExecutor executor;
    std::mt19937 random(7);
    const auto text = [&](int i) { return std::string(i % 1000 == 0 ? random() % 200'000 : random() % 64, static_cast<char>('a' + i % 26)); };
    int done = 0, thrown = 0;
    while (done < n) {
        std::vector<Future<std::string>> futures;
        std::vector<std::string> texts;
        for (int i = 0; i < 2000; ++i) {
            texts.push_back(text(done + i));
            futures.push_back(executor.submit(work, done + i, texts.back()));
        }
        for (std::size_t i = 0; i < futures.size(); ++i, ++done) {
            try {
                require(futures[i].result() == texts[i] + std::to_string(done), "a result is another task's");
                require(done % 13 != 0, "an exception is lost");
            } catch (const std::out_of_range& e) {
                require(std::string(e.what()).starts_with(std::to_string(done) + " (in a task on "), "an exception is another task's");
                ++thrown;
            }
        }
    }
    require(thrown == (done + 12) / 13, "exceptions are lost");
    std::printf("soak: %d tasks, %d exceptions: ok\n", done, thrown);
}

/// Goes on in tasks of 1 ms, n at once a worker.
void program_throws() {
    MPIPoolExecutor executor;
    for (int i = 0; i < 100; ++i) (void)executor.submit([] { std::this_thread::sleep_for(1ms); });
    throw std::runtime_error("the program's own failure");
}

void progress() {
    MPIPoolExecutor executor;
    for (const int value : executor.map({.chunksize = 1, .progress = true}, square, numbers(50))) (void)value;
    std::puts("progress: ok");
}

void backwards() {  // main ends while tasks are pending
    MPIPoolExecutor executor;
    for (int i = 0; i < 20; ++i)
        (void)executor.submit([] {
            std::this_thread::sleep_for(5ms);
            std::puts("done");
        });
    executor.shutdown(false);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string way = argc > 1 ? argv[1] : "many";
    const std::map<std::string, std::function<void()>> ways{
        {"many", many},
        {"idle", idle},
        {"progress", progress},
        {"backwards", backwards},
        {"no_memory", no_memory},
        {"no_threads", no_threads},
        {"long_result", long_result},
        {"threads_of_tasks", threads_of_tasks},
        {"forks", forks},
        {"both_kinds", both_kinds},
        {"traces", traces},
        {"outlives", outlives},
        {"made_before", [&] { made_before(argv[2]); }},
        {"throws", program_throws},
        {"soak", [&] { soak(argc > 2 ? std::atoi(argv[2]) : 20'000); }},
        {"crash", [] { in_a_task([] { raise(SIGSEGV); }); }},
        {"exit", [] { in_a_task([] { std::exit(0); }); }},
        {"quick_exit", [] { in_a_task([] { std::quick_exit(0); }); }},
        {"abort", [] { in_a_task(std::abort); }},
        {"overflow", [] { in_a_task([] { std::printf("%d\n", overflow(1)); }); }},
        {"_exit", [] { in_a_task([] { _exit(3); }); }},  // with 0, MPICH's mpiexec ends with 0 at times, in C too
        {"kill", [] { in_a_task(kill_this); }},
        {"thread", [] { in_a_task([] { std::thread([] { raise(SIGSEGV); }).join(); }); }},
        {"terminate", [] { in_a_task([]() noexcept { (void)std::string("text").at(99); }); }},
    };
    const bool has_threads = argc <= 3 || std::string(argv[3]) != "single";
    MPI::Environment env(argc, argv, has_threads ? MPI::THREAD_MULTIPLE : MPI::THREAD_SINGLE);
    ways.at(way)();
}
