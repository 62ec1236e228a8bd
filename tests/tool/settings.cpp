// What the library's variables of the environment do: settings environment|init|init_thread WHAT
// Starts MPI in one of the three ways, says the level of thread support, and calls the error handler of WHAT.
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

namespace MPI = mpi4cxx;

static void call_errhandler(const std::string& what) {
    if (what == "world")
        MPI::COMM_WORLD.Call_errhandler(MPI::ERR_OTHER);
    if (what == "self")
        MPI::COMM_SELF.Call_errhandler(MPI::ERR_OTHER);
    if (what == "duplicate")
        MPI::COMM_WORLD.Dup().Call_errhandler(MPI::ERR_OTHER);
    if (what == "window")
        MPI::Win::Allocate<int>(1, MPI::COMM_WORLD).Call_errhandler(MPI::ERR_OTHER);
    if (what == "file")
        MPI::File::Open(MPI::COMM_SELF, "/dev/null", MPI::MODE_RDONLY).Call_errhandler(MPI::ERR_FILE);
}

int main(int argc, char** argv) {
    const std::string way = argc > 2 ? argv[1] : "", what = argc > 2 ? argv[2] : "";
    if (way == "init")
        MPI::Init();
    if (way == "init_thread")
        (void)MPI::Init_thread(MPI::THREAD_MULTIPLE);
    {
        const MPI::Environment env(MPI::THREAD_MULTIPLE);
        const MPI::ThreadLevel level = MPI::Query_thread();
        std::printf("thread level %d\n", (level >= MPI::THREAD_FUNNELED) + (level >= MPI::THREAD_SERIALIZED) + (level >= MPI::THREAD_MULTIPLE));
        std::fflush(stdout);
        call_errhandler(what);
        std::printf("went on\n");
    }
    if (way != "environment")
        MPI::Finalize();
}
