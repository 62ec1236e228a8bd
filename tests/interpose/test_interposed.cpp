#include "case.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace MPI = mpi4cxx;

// Linked after the files of cases, so that this runs when they have.
TEST_CASE("Each function that the library calls has been made to fail, or has a reason why not", "[interposed]") {
    std::map<std::string_view, std::string_view> reviewed{
        {"MPI_Abort", "ends the process in either case"},
        {"MPI_Finalize", "called by a destructor"},
        {"MPI_Group_free", "cleans up after a result or an error"},
        {"MPI_Init_thread", "called before any test"},
        {"MPI_Comm_create_keyval", "called once, when the channel opens"},
        {"MPI_Comm_set_attr", "called once, when the channel opens"},
        {"MPI_Comm_get_attr", "called once, when the channel opens"},
        {"MPI_Comm_remote_size", "of intercommunicators, which the library cannot make yet"},
        {"MPI_Comm_remote_group", "of intercommunicators, which the library cannot make yet"},
        {"MPI_Ibcast_c", "of slots, which are small"},
        {"MPI_Igather_c", "of slots, which are small"},
        {"MPI_Iscatter_c", "of slots, which are small"},
        {"MPI_Iallgather_c", "of slots, which are small"},
        {"MPI_Iallreduce_c", "of one number"},
        {"MPI_Ireduce_c", "of one number"},
        {"MPI_Ialltoall_c", "of slots, which are small"},
        {"MPI_Type_create_keyval", "called once, for the 65th operation"},
        {"MPI_Type_set_attr", "for more than 64 operations at once"},
        {"MPI_Type_get_attr", "called by a reduction, which cannot throw"},
    };
    if (MPI::COMM_WORLD.size() == 1)
        for (const char* function : {"MPI_Allgatherv", "MPI_Allgatherv_c"}) reviewed[function] = "not called for one process";
    if (large_twin("MPI_Send") == "MPI_Send") {
        std::erase_if(reviewed, [](const auto& entry) { return entry.first.ends_with("_c"); });
    }
    std::set<std::string> all;
    for (int i = 0; i < interposed_size; ++i) all.insert(interposed[i]);
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
        CHECK(all.count(std::string(function)) == 1);
    }
}
