// Calls before MPI is initialized and after it is finalized, by an Environment or, with an argument, by the program itself.
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int failures = 0;

void check(bool is_right, unsigned long line, const std::string& text) {
    if (is_right)
        return;
    ++failures;
    std::printf("line %lu: %s\n", line, text.c_str());
}

/// Whether `f` throws what it must, with the line of its call.
template <class F> void refused(unsigned long line, const std::string& words, F f) {
    std::string text = "nothing thrown";
    try {
        f();
    } catch (const MPI::Exception& e) {
        text = e.what();
    } catch (const std::exception& e) {
        text = std::string("not an Exception: ") + e.what();
    }
    check(text.find(words) != std::string::npos && text.find("lifetime.cpp:" + std::to_string(line) + ")") != std::string::npos, line, text);
}

void refuses_all(const std::string& words) {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    double x = 1, y = 0;
    const std::vector<double> much(100'000);
    MPI::Request none;
    // clang-format off
    refused(__LINE__, words, [&] { (void)world.Get_rank(); });
    refused(__LINE__, words, [&] { (void)world.size(); });
    refused(__LINE__, words, [&] { world.Send(x, 0); });
    refused(__LINE__, words, [&] { world.Recv(x, 0); });
    refused(__LINE__, words, [&] { (void)world.Recv<int>(); });
    refused(__LINE__, words, [&] { (void)world.Isend(x, 0); });
    refused(__LINE__, words, [&] { (void)world.Irecv(x, 0); });
    refused(__LINE__, words, [&] { (void)world.Send_init(x, 0); });
    refused(__LINE__, words, [&] { world.Sendrecv(x, 0, 0, y, 0); });
    refused(__LINE__, words, [&] { world.Probe(); });
    refused(__LINE__, words, [&] { none.Wait(); });
    refused(__LINE__, words, [&] { world.Barrier(); });
    refused(__LINE__, words, [&] { world.Bcast(x); });
    refused(__LINE__, words, [&] { world.Allreduce(x, y); });
    refused(__LINE__, words, [&] { world.Gather(x, y); });
    refused(__LINE__, words, [&] { (void)world.Iallreduce(x, y); });
    refused(__LINE__, words, [&] { world.send(1, 0); });
    refused(__LINE__, words, [&] { world.send(much, 0); });
    refused(__LINE__, words, [&] { (void)world.recv<int>(0); });
    refused(__LINE__, words, [&] { (void)world.irecv<int>(0); });
    refused(__LINE__, words, [&] { (void)world.bcast(1); });
    refused(__LINE__, words, [&] { (void)world.allgather(std::string("a")); });
    refused(__LINE__, words, [&] { (void)world.iallgather(1); });
    refused(__LINE__, words, [&] { (void)world.Dup(); });
    refused(__LINE__, words, [&] { (void)world.Idup(); });
    refused(__LINE__, words, [&] { (void)world.Split(); });
    refused(__LINE__, words, [&] { (void)world.Create_cart({1}); });
    refused(__LINE__, words, [&] { (void)world.group(); });
    refused(__LINE__, words, [&] { (void)MPI::DOUBLE.Create_contiguous(3); });
    refused(__LINE__, words, [&] { (void)MPI::Op::Create<int>([](int a, int b) { return a + b; }); });
    refused(__LINE__, words, [&] { (void)MPI::Comm::Create_keyval<int>(); });
    refused(__LINE__, words, [&] { (void)MPI::Alloc_mem(8); });
    refused(__LINE__, words, [&] { (void)MPI::Get_processor_name(); });
    // clang-format on
    // what is allowed at any time
    (void)MPI::Is_initialized();
    (void)MPI::Is_finalized();
    check(MPI::Get_version().version >= 3 && !MPI::Get_library_version().empty(), __LINE__, "no version");
}

/// Requests that are pending when MPI ends. Nobody sends what they wait for.
struct Pending {
    int number = 0;
    MPI::Prequest persistent;
    MPI::ObjectRequest<std::string> waited, tested, both, awaited;
    std::string text;
    MPI::Request into;

    void begin() {
        const MPI::Intracomm& world = MPI::COMM_WORLD;
        persistent = world.Recv_init(number, 0, 1);
        persistent.Start();
        for (auto* object : {&waited, &tested, &both, &awaited}) *object = world.irecv<std::string>(0, 2);
        into = world.irecv_into(text, 0, 2);
    }
    void refuse(const std::string& words) {
        const unsigned long await_line = __LINE__ + 1;
        const auto await = [](MPI::ObjectRequest<std::string>& request) -> MPI::Coroutine<std::string> { co_return co_await request; };
        // clang-format off
        refused(__LINE__, words, [&] { persistent.Wait(); });
        refused(__LINE__, words, [&] { (void)persistent.Test(); });
        refused(__LINE__, words, [&] { MPI::Request::Waitall(std::span(&persistent, 1)); });
        refused(__LINE__, words, [&] { persistent.Cancel(); });
        refused(__LINE__, words, [&] { (void)waited.wait(); });
        refused(__LINE__, words, [&] { (void)tested.test(); });
        refused(__LINE__, words, [&] { both.Wait(); });
        refused(await_line, words, [&] { (void)await(awaited).get(); });
        refused(__LINE__, words, [&] { into.Wait(); });
        // clang-format on
    }
};

/// While MPI runs, and before it ends, when all that has been bound is unbound.
void use() {
    double x = 1, y = 0;
    MPI::COMM_WORLD.Allreduce(x, y);
    check(y == MPI::COMM_WORLD.size(), __LINE__, "a wrong sum");
    struct Particle {
        double mass;
        int id;
    };
    (void)MPI::datatype_of<Particle>();  // is freed when MPI ends
}

/// Where MPI runs but nobody has made an Environment.
void refuses_objects() {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const std::string words = "make an mpi4cxx::Environment on every process first";
    const std::vector<double> much(100'000);
    const auto asked = [&](unsigned long line, auto f) {
        std::string text = "nothing thrown";
        try {
            f();
        } catch (const std::invalid_argument& e) {
            text = e.what();
        }
        check(text.find(words) != std::string::npos && text.find("lifetime.cpp:" + std::to_string(line) + ")") != std::string::npos, line, text);
    };
    // clang-format off
    asked(__LINE__, [&] { world.send(much, 0); });
    asked(__LINE__, [&] { (void)world.isend(1, 0); });
    asked(__LINE__, [&] { (void)world.recv<int>(0); });
    asked(__LINE__, [&] { (void)world.irecv<int>(0); });
    asked(__LINE__, [&] { (void)world.sendrecv<int>(1, 0); });
    asked(__LINE__, [&] { (void)world.gather(std::string("a")); });
    asked(__LINE__, [&] { (void)world.iallgather(1); });
    // clang-format on
    { const MPI::Environment env; }
    check(world.allgather(world.rank()).size() == static_cast<std::size_t>(world.size()), __LINE__, "not all objects");
}

}  // namespace

int main(int argc, char** argv) {
    Pending pending;
    refuses_all("MPI is not initialized: make an mpi4cxx::Environment first");
    if (argc > 1) {
        MPI_Init(&argc, &argv);
        use();
        refuses_objects();
        MPI_Finalize();
    } else {
        const MPI::Environment env(argc, argv);
        use();
        pending.begin();
    }
    refuses_all("MPI is finalized: the Environment has ended");
    for (void (*const begin)() : {+[] { const MPI::Environment again; }, +[] { MPI::Init(); }}) {
        std::string text = "nothing thrown";
        try {
            begin();
        } catch (const std::invalid_argument& e) {
            text = e.what();
        }
        check(text.find("MPI has ended in this process and cannot begin again") != std::string::npos, __LINE__, text);
    }
    if (argc == 1)
        pending.refuse("MPI is finalized: the Environment has ended");
    return failures == 0 ? 0 : 1;
}
