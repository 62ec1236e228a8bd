#include "case.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace MPI = mpi4cxx;

// Linked after the files of cases, so that this runs when they have.
TEST_CASE("Each function that the library calls has been made to fail, or has a reason why not", "[interposed]") {
    std::map<std::string, std::string_view> reviewed{
        {"MPI_Abort", "ends the process in either case"},
        {"MPI_Finalize", "called when all is over"},
        {"MPI_Init", "called by programs that have no Environment"},
        {"MPI_Init_thread", "called before any test"},
    };
    std::set<std::string> all;
    for (int i = 0; i < interposed_size; ++i) all.insert(interposed[i]);
    if (MPI::COMM_WORLD.size() == 1)
        for (const char* function : {"MPI_Allgatherv", "MPI_Iallgatherv", "MPI_Allgatherv_init", "MPIX_Allgatherv_init"})
            for (const char* ending : {"", "_c"})
                if (const std::string name = std::string(function) + ending; all.count(name) == 1)
                    reviewed[name] = "not called for one process";
    if (MPI::detail::miscounts_in_lone_alltoallw())
        for (const char* function : {"MPI_Alltoallw", "MPI_Alltoallw_c"})
            if (all.count(function) == 1)
                reviewed[function] = "wrong in this MPI for one process, where its nonblocking twin is called";
    if (!MPI::detail::has_int_neighbor_alltoallw())
        for (const char* function : {"MPI_Neighbor_alltoallw", "MPI_Ineighbor_alltoallw", "MPI_Neighbor_alltoallw_init"})
            reviewed[function] = "wrong in this MPI, unlike the large-count twin that is called";
    for (const char* function : {"MPI_Add_error_class", "MPI_Add_error_code", "MPI_Add_error_string"})
        if (all.count(function) == 1 && covered.count(function) == 0)
            reviewed[function] = "called once, to describe an error";
    CHECK(all.size() > 80);
    for (const std::string& function : all) {
        INFO(function);
        CHECK((covered.count(function) == 1) != (reviewed.count(function) == 1));
    }
    for (const auto& [function, reason] : reviewed) {
        INFO(function);
        CHECK(all.count(function) == 1);
    }
}
