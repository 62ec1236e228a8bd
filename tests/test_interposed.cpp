#include "catch.hpp"
#include "support.hpp"

#include "interpose.h"

#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cctype>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace MPI = mpi4cxx;

// Every MPI function that the library calls is made to fail here once: that must be an Exception, with its name, its code
// and the line of the call. All on COMM_SELF, so that no process waits for another.

namespace {

constexpr MPI::Count large = MPI::Count{1} << 31;  // no memory is touched: the call fails before

/// A call of the library that comes to `function`, with buffers of `n` elements.
struct Case {
    std::string function;
    std::string kinds;  // 'c': it has a large-count twin; 'w': which is what is called; 'i': it is blocking, and may run otherwise while an object is
                        // pending; 'r': it is refused where MPI has no large counts
    std::function<void(MPI::Count)> call;
    MPI::At at;
    template <class F> Case(const char* name, const char* twins, F f, MPI::At place = {}) : function(name), kinds(twins), call(f), at(place) {}
};

/// A code that Exception must hand on, of a class of its own.
constexpr int code = MPI_ERR_NO_SPACE;

std::set<std::string> covered;

/// "MPI_Send_c" if there is one: an MPI-3 has none, there "MPI_Send" is called with another datatype.
std::string large_twin(const std::string& function) {
    static const bool is_native = fail_next("MPI_Send_c", MPI_SUCCESS) != 0;
    return is_native ? function + "_c" : function;
}

/// "MPI_Ibcast"
std::string nonblocking(std::string function) {
    function.replace(4, 1, {'I', static_cast<char>(std::tolower(function[4]))});
    return function;
}

/// Lets `functions` fail while `f` runs; the one that does must be reported.
template <class F> void check_failure(const Case& c, const std::vector<std::string>& functions, F f) {
    INFO(functions.front());
    (void)failures();
    bool known = false;
    for (const std::string& function : functions)
        if (fail_next(function.c_str(), code) != 0) {
            known = true;
            covered.insert(function);
        }
    CHECK(known);
    try {
        f();
        FAIL_CHECK("nothing was thrown");
    } catch (const MPI::Exception& e) {
        CHECK(e.Get_error_code() == code);
        CHECK((e.function() == c.function || e.function() == nonblocking(c.function)));
        CHECK(std::string(e.where().file) == __FILE__);
        CHECK(e.where().line == c.at.line);
        CHECK(std::string(e.what()).find(c.function.substr(5)) != std::string::npos);
    }
    CHECK(failures() == 1);
}

void check(const Case& c) {
    const auto is = [&](char kind) { return c.kinds.find(kind) != std::string::npos; };
    const auto twin = [&](const std::string& function) { return is('w') ? large_twin(function) : function; };
    check_failure(c, {twin(c.function)}, [&] { c.call(1); });
    if (is('r') && large_twin(c.function) == c.function)
        CHECK(thrown<MPI::Exception>([&] { c.call(large); }).find("not supported by this MPI") != std::string::npos);
    else if (is('c'))
        check_failure(c, {large_twin(c.function)}, [&] { c.call(large); });
    if (!is('i'))
        return;
    auto pending = MPI::COMM_SELF.irecv<int>(0, 99);  // so that a blocking call has something to drive
    check_failure(c, {twin(c.function), twin(nonblocking(c.function))}, [&] { c.call(1); });
    if (is('c'))
        check_failure(c, {large_twin(c.function), large_twin(nonblocking(c.function))}, [&] { c.call(large); });
    pending.cancel();
    (void)pending.wait();
}

}  // namespace

TEST_CASE("A communication that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 0, y = 0;
    const auto a = [&](MPI::Count n) { return MPI::ConstBuf(&x, n, MPI::INT); };
    const auto b = [&](MPI::Count n) { return MPI::Buf(&y, n, MPI::INT); };
    const std::array<int, 1> narrow{1};
    const std::array<MPI::Count, 1> wide{large};
    const auto av = [&](MPI::Count n) { return n == 1 ? MPI::ConstBufV(a(n), narrow) : MPI::ConstBufV(a(n), wide); };
    const auto bv = [&](MPI::Count n) { return n == 1 ? MPI::BufV(b(n), narrow) : MPI::BufV(b(n), wide); };
    const auto lasting = [&](MPI::Count n) { return MPI::LastingConstBuf(&x, n, MPI::INT); };
    const MPI::Op op = MPI::Op::Create<int>([](int p, int q) { return p + q; });

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Send", "ci", [&](MPI::Count n) { comm.Send(a(n), 0); }),
        Case("MPI_Ssend", "ci", [&](MPI::Count n) { comm.Ssend(a(n), 0); }),
        Case("MPI_Bsend", "c", [&](MPI::Count n) { comm.Bsend(a(n), 0); }),
        Case("MPI_Rsend", "ci", [&](MPI::Count n) { comm.Rsend(a(n), 0); }),
        Case("MPI_Recv", "ci", [&](MPI::Count n) { comm.Recv(b(n)); }),
        Case("MPI_Isend", "c", [&](MPI::Count n) { (void)comm.Isend(lasting(n), 0); }),
        Case("MPI_Issend", "c", [&](MPI::Count n) { (void)comm.Issend(lasting(n), 0); }),
        Case("MPI_Ibsend", "c", [&](MPI::Count n) { (void)comm.Ibsend(lasting(n), 0); }),
        Case("MPI_Irsend", "c", [&](MPI::Count n) { (void)comm.Irsend(lasting(n), 0); }),
        Case("MPI_Irecv", "c", [&](MPI::Count n) { (void)comm.Irecv(b(n)); }),
        Case("MPI_Sendrecv", "c", [&](MPI::Count n) { comm.Sendrecv(a(n), 0, 0, b(n)); }),
        Case("MPI_Probe", "", [&](MPI::Count) { comm.Probe(); }),
        Case("MPI_Iprobe", "", [&](MPI::Count) { (void)comm.Iprobe(); }),
        Case("MPI_Mprobe", "", [&](MPI::Count) { (void)comm.Mprobe(); }),
        Case("MPI_Mprobe", "", [&](MPI::Count) { (void)comm.Recv<int>(); }),
        Case("MPI_Improbe", "", [&](MPI::Count) { (void)comm.Improbe(); }),
        Case("MPI_Barrier", "", [&](MPI::Count) { comm.Barrier(); }),
        Case("MPI_Bcast", "c", [&](MPI::Count n) { comm.Bcast(b(n)); }),
        Case("MPI_Gather", "c", [&](MPI::Count n) { comm.Gather(a(n), b(n)); }),
        Case("MPI_Gatherv", "c", [&](MPI::Count n) { comm.Gatherv(a(n), bv(n)); }),
        Case("MPI_Scatter", "c", [&](MPI::Count n) { comm.Scatter(a(n), b(n)); }),
        Case("MPI_Scatterv", "c", [&](MPI::Count n) { comm.Scatterv(av(n), b(n)); }),
        Case("MPI_Allgather", "c", [&](MPI::Count n) { comm.Allgather(a(n), b(n)); }),
        Case("MPI_Alltoall", "c", [&](MPI::Count n) { comm.Alltoall(a(n), b(n)); }),
        Case("MPI_Alltoallv", "c", [&](MPI::Count n) { comm.Alltoallv(av(n), bv(n)); }),
        Case("MPI_Reduce", "c", [&](MPI::Count n) { comm.Reduce(a(n), b(n)); }),
        Case("MPI_Allreduce", "c", [&](MPI::Count n) { comm.Allreduce(a(n), b(n)); }),
        Case("MPI_Allreduce", "c", [&](MPI::Count n) { comm.Allreduce(a(n), b(n), op); }),
        Case("MPI_Reduce_scatter_block", "cr", [&](MPI::Count n) { comm.Reduce_scatter_block(a(n), b(n)); }),
        Case("MPI_Scan", "c", [&](MPI::Count n) { comm.Scan(a(n), b(n)); }),
        Case("MPI_Exscan", "c", [&](MPI::Count n) { comm.Exscan(a(n), b(n)); }),
    }) check(c);

    MPI::Request sent = comm.Isend(x, 0, 3);
    MPI::Message m = comm.Mprobe(0, 3);  // one for all: what fails does not receive it
    for (const Case& c : std::vector<Case>{
        Case("MPI_Mrecv", "ci", [&](MPI::Count n) { m.Recv(b(n)); }),
        Case("MPI_Imrecv", "c", [&](MPI::Count n) { (void)m.Irecv(b(n)); }),
        Case("MPI_Mrecv", "i", [&](MPI::Count) { (void)m.recv<int>(); }),
        Case("MPI_Imrecv", "", [&](MPI::Count) { (void)m.irecv<int>(); }),
    }) check(c);
    m.Recv(y);
    sent.Wait();

    int z = 0;
    std::array<MPI::Request, 1> requests{comm.Irecv(z, 0, 98)};
    for (const Case& c : std::vector<Case>{
        Case("MPI_Wait", "", [&](MPI::Count) { requests[0].Wait(); }),
        Case("MPI_Test", "", [&](MPI::Count) { (void)requests[0].Test(); }),
        Case("MPI_Request_get_status", "", [&](MPI::Count) { (void)requests[0].Get_status(); }),
        Case("MPI_Cancel", "", [&](MPI::Count) { requests[0].Cancel(); }),
        Case("MPI_Waitall", "", [&](MPI::Count) { MPI::Request::Waitall(requests); }),
        Case("MPI_Waitany", "", [&](MPI::Count) { (void)MPI::Request::Waitany(requests); }),
        Case("MPI_Waitsome", "", [&](MPI::Count) { (void)MPI::Request::Waitsome(requests); }),
        Case("MPI_Testall", "", [&](MPI::Count) { (void)MPI::Request::Testall(requests); }),
        Case("MPI_Testany", "", [&](MPI::Count) { (void)MPI::Request::Testany(requests); }),
        Case("MPI_Testsome", "", [&](MPI::Count) { (void)MPI::Request::Testsome(requests); }),
    }) check(c);
    // clang-format on
    sent = comm.Isend(x, 0, 98);
    requests[0].Wait();
    sent.Wait();
}

TEST_CASE("A failing function of objects, handles and inquiry is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const std::string small = "object", huge(100'000, 'x');
    MPI::Intracomm other = comm.Dup();
    const MPI::Cartcomm grid = comm.Create_cart({1});
    MPI::Status status;
    MPI::Datatype type = MPI::INT.Dup();
    MPI::Op op = MPI::Op::Create<int>([](int p, int q) { return p + q; });
    const std::array<int, 1> lengths{1};
    const std::array<MPI::Aint, 1> displacements{0};
    const std::array<MPI_Datatype, 1> types{MPI_INT};
    const auto vector = std::vector<int>{1};
    const auto sent_first = [&](auto receive) {
        const MPI::Request sent = comm.isend(small, 0, 6);
        receive();
    };

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Send", "i", [&](MPI::Count) { comm.send(small, 0); }),
        Case("MPI_Ssend", "i", [&](MPI::Count) { comm.ssend(small, 0); }),
        Case("MPI_Ibsend", "", [&](MPI::Count) { comm.bsend(small, 0); }),
        Case("MPI_Ibsend", "", [&](MPI::Count) { (void)comm.ibsend(small, 0); }),
        Case("MPI_Recv", "i", [&](MPI::Count) { (void)comm.recv<int>(); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)comm.isend(small, 0); }),
        Case("MPI_Issend", "", [&](MPI::Count) { (void)comm.issend(small, 0); }),
        Case("MPI_Irecv", "", [&](MPI::Count) { (void)comm.irecv<int>(); }),
        Case("MPI_Isend", "", [&](MPI::Count) { (void)comm.sendrecv<int>(small, 0); }),
        Case("MPI_Isend", "", [&](MPI::Count) { comm.send(huge, 0); }),
        Case("MPI_Issend", "", [&](MPI::Count) { comm.ssend(huge, 0); }),
        Case("MPI_Irecv", "", [&](MPI::Count) { comm.send(huge, 0); }),  // of the answer that its block can come
        Case("MPI_Get_count", "w", [&](MPI::Count) { sent_first([&] { (void)comm.recv<std::string>(0, 6); }); }),
        Case("MPI_Get_count", "w", [&](MPI::Count) { sent_first([&] { (void)comm.irecv<std::string>(0, 6).wait(); }); }),
        Case("MPI_Status_set_elements_x", "", [&](MPI::Count) { sent_first([&] { (void)comm.recv<std::string>(0, 6, &status); }); }),
        Case("MPI_Status_set_elements_x", "", [&](MPI::Count) { sent_first([&] { (void)comm.irecv<std::string>(0, 6).wait(); }); }),
        Case("MPI_Test_cancelled", "", [&](MPI::Count) { sent_first([&] { (void)comm.irecv<std::string>(0, 6).wait(); }); }),
        Case("MPI_Bcast", "", [&](MPI::Count) { (void)comm.bcast(small); }),
        Case("MPI_Gather", "", [&](MPI::Count) { (void)comm.gather(small); }),
        Case("MPI_Scatter", "", [&](MPI::Count) { (void)comm.scatter(vector); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.allgather(small); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.Allgatherv(vector); }),
        Case("MPI_Alltoall", "", [&](MPI::Count) { (void)comm.alltoall(vector); }),
        Case("MPI_Allgather", "", [&](MPI::Count) { (void)comm.scan(small); }),
        Case("MPI_Gather", "", [&](MPI::Count) { (void)comm.reduce(small); }),
        Case("MPI_Ibarrier", "", [&](MPI::Count) { (void)comm.ibarrier(); }),
        Case("MPI_Ibcast", "", [&](MPI::Count) { (void)comm.ibcast(small); }),
        Case("MPI_Igather", "", [&](MPI::Count) { (void)comm.igather(small); }),
        Case("MPI_Iscatter", "", [&](MPI::Count) { (void)comm.iscatter(vector); }),
        Case("MPI_Iallgather", "", [&](MPI::Count) { (void)comm.iallgather(small); }),
        Case("MPI_Ireduce", "", [&](MPI::Count) { (void)comm.ireduce(1); }),
        Case("MPI_Iallreduce", "", [&](MPI::Count) { (void)comm.iallreduce(1); }),
        Case("MPI_Ialltoall", "", [&](MPI::Count) { (void)comm.ialltoall(vector); }),
        Case("MPI_Test", "", [&](MPI::Count) { (void)comm.iallgather(small).wait(); }),
        Case("MPI_Reduce", "", [&](MPI::Count) { (void)comm.reduce(1); }),
        Case("MPI_Allreduce", "", [&](MPI::Count) { (void)comm.allreduce(1); }),

        // who gets a large object is found out before anything is sent
        Case("MPI_Comm_group", "", [&](MPI::Count) { other.send(huge, 0); }),
        Case("MPI_Group_translate_ranks", "", [&](MPI::Count) { (void)other.isend(huge, 0); }),

        Case("MPI_Comm_rank", "", [&](MPI::Count) { (void)comm.Get_rank(); }),
        Case("MPI_Comm_size", "", [&](MPI::Count) { (void)comm.Get_size(); }),
        Case("MPI_Comm_get_name", "", [&](MPI::Count) { (void)comm.Get_name(); }),
        Case("MPI_Comm_set_name", "", [&](MPI::Count) { other.Set_name("name"); }),
        Case("MPI_Comm_test_inter", "", [&](MPI::Count) { (void)comm.Is_inter(); }),
        Case("MPI_Topo_test", "", [&](MPI::Count) { (void)comm.Get_topology(); }),
        Case("MPI_Comm_compare", "", [&](MPI::Count) { (void)MPI::Comm::Compare(comm, other); }),
        Case("MPI_Comm_dup", "", [&](MPI::Count) { (void)comm.Dup(); }),
        Case("MPI_Comm_set_errhandler", "", [&](MPI::Count) { (void)MPI::Intracomm::take(MPI_COMM_SELF); }),
        Case("MPI_Comm_split", "", [&](MPI::Count) { (void)comm.Split(); }),
        Case("MPI_Comm_free", "", [&](MPI::Count) { other.Free(); }),
        Case("MPI_Cart_create", "", [&](MPI::Count) { (void)comm.Create_cart({1}); }),
        Case("MPI_Cartdim_get", "", [&](MPI::Count) { (void)grid.Get_dim(); }),
        Case("MPI_Cart_get", "", [&](MPI::Count) { (void)grid.Get_topo(); }),
        Case("MPI_Cart_rank", "", [&](MPI::Count) { (void)grid.Get_cart_rank(lengths); }),
        Case("MPI_Cart_coords", "", [&](MPI::Count) { (void)grid.Get_coords(0); }),
        Case("MPI_Cart_shift", "", [&](MPI::Count) { (void)grid.Shift(0, 1); }),
        Case("MPI_Dims_create", "", [&](MPI::Count) { (void)MPI::Compute_dims(1, {0}); }),

        Case("MPI_Get_count", "w", [&](MPI::Count) { (void)status.Get_count(MPI::INT); }),
        Case("MPI_Get_elements_x", "", [&](MPI::Count) { (void)status.Get_elements(MPI::INT); }),
        Case("MPI_Status_set_elements_x", "", [&](MPI::Count) { status.Set_elements(MPI::INT, 1); }),
        Case("MPI_Test_cancelled", "", [&](MPI::Count) { (void)status.Is_cancelled(); }),
        Case("MPI_Status_set_cancelled", "", [&](MPI::Count) { status.Set_cancelled(true); }),

        Case("MPI_Type_size_x", "", [&](MPI::Count) { (void)type.Get_size(); }),
        Case("MPI_Type_get_extent_x", "", [&](MPI::Count) { (void)type.Get_extent(); }),
        Case("MPI_Type_get_true_extent_x", "", [&](MPI::Count) { (void)type.Get_true_extent(); }),
        Case("MPI_Type_get_name", "", [&](MPI::Count) { (void)type.Get_name(); }),
        Case("MPI_Type_set_name", "", [&](MPI::Count) { type.Set_name("name"); }),
        Case("MPI_Type_dup", "", [&](MPI::Count) { (void)type.Dup(); }),
        Case("MPI_Type_contiguous", "c", [&](MPI::Count n) { (void)type.Create_contiguous(n); }),
        Case("MPI_Type_vector", "c", [&](MPI::Count n) { (void)type.Create_vector(n, 1, 1); }),
        Case("MPI_Type_create_struct", "", [&](MPI::Count) { (void)MPI::Datatype::Create_struct(lengths, displacements, types); }),
        Case("MPI_Type_create_resized", "", [&](MPI::Count) { (void)type.Create_resized(0, 8); }),
        Case("MPI_Type_commit", "", [&](MPI::Count) { type.Commit(); }),
        Case("MPI_Type_free", "", [&](MPI::Count) { type.Free(); }),

        Case("MPI_Op_create", "", [&](MPI::Count) { (void)MPI::Op::Create<int>([](int p, int q) { return p + q; }); }),
        Case("MPI_Op_commutative", "", [&](MPI::Count) { (void)op.Is_commutative(); }),
        Case("MPI_Op_free", "", [&](MPI::Count) { op.Free(); }),

        Case("MPI_Initialized", "", [&](MPI::Count) { (void)MPI::Is_initialized(); }),
        Case("MPI_Finalized", "", [&](MPI::Count) { (void)MPI::Is_finalized(); }),
        Case("MPI_Query_thread", "", [&](MPI::Count) { (void)MPI::Query_thread(); }),
        Case("MPI_Is_thread_main", "", [&](MPI::Count) { (void)MPI::Is_thread_main(); }),
        Case("MPI_Get_processor_name", "", [&](MPI::Count) { (void)MPI::Get_processor_name(); }),
        Case("MPI_Get_version", "", [&](MPI::Count) { (void)MPI::Get_version(); }),
        Case("MPI_Get_library_version", "", [&](MPI::Count) { (void)MPI::Get_library_version(); }),
        Case("MPI_Error_class", "", [&](MPI::Count) { (void)MPI::Get_error_class(MPI::ERR_TAG); }),
        Case("MPI_Error_string", "", [&](MPI::Count) { (void)MPI::Get_error_string(MPI::ERR_TAG); }),
    }) check(c);

    // clang-format on
    CHECK_FALSE(other.Iprobe());
    CHECK(other.handle() != MPI_COMM_NULL);  // what could not be freed is still there
    CHECK(op.handle() != MPI_OP_NULL);
    CHECK(type.handle() != MPI_DATATYPE_NULL);
}

TEST_CASE("A failing MPI_Allgatherv is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() == 1)  // another function does that
        return;
    const auto n = static_cast<std::size_t>(comm.size());
    int x = 0;
    std::vector<int> y(n), narrow(n, 1);
    std::vector<MPI::Count> wide(n, large);
    const MPI::Count all = comm.size() * large;
    // clang-format off
    check(Case("MPI_Allgatherv", "", [&](MPI::Count) { comm.Allgatherv(x, {y, narrow}); }));
    check(Case("MPI_Allgatherv", "w", [&](MPI::Count) { comm.Allgatherv({&x, large, MPI::INT}, {{y.data(), all, MPI::INT}, wide}); }));
    // clang-format on
}

TEST_CASE("Where a large count takes a datatype, one that cannot be made is an Exception of the call", "[interposed]") {
    if (large_twin("MPI_Send") != "MPI_Send")
        return;
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    int x = 0;
    MPI::Status status;
    status.Set_elements(MPI::INT, large);
    const Case send("MPI_Send", "", [&](MPI::Count) { comm.Send({&x, large, MPI::INT}, 0); });
    const Case vector("MPI_Type_vector", "", [&](MPI::Count) { (void)MPI::INT.Create_vector(large, 1, 2); });
    const Case reduction("MPI_Allreduce", "", [&](MPI::Count) { comm.Allreduce({&x, large, MPI::INT}, {&x, large, MPI::INT}); });
    const Case count("MPI_Get_count", "", [&](MPI::Count) { (void)status.Get_count(MPI::INT); });
    for (const char* function : {"MPI_Type_get_extent", "MPI_Type_contiguous", "MPI_Type_create_hvector", "MPI_Type_create_struct",
                                 "MPI_Type_create_resized", "MPI_Type_commit"})
        check_failure(send, {function}, [&] { send.call(1); });
    for (const char* function : {"MPI_Type_get_extent", "MPI_Type_contiguous", "MPI_Type_create_hvector"})
        check_failure(vector, {function}, [&] { vector.call(1); });
    check_failure(reduction, {"MPI_Type_get_extent"}, [&] { reduction.call(1); });
    for (const char* function : {"MPI_Type_size_x", "MPI_Get_elements_x"}) check_failure(count, {function}, [&] { count.call(1); });
}

TEST_CASE("A failure while an object is received belongs to whoever waits for it", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    auto receive = comm.irecv<int>(0, 4);
    MPI::Request send = comm.isend(7, 0, 4);
    (void)failures();
    fail_next("MPI_Test", code);
    while (!receive.Get_status()) {}
    CHECK(failures() == 1);
    CHECK(thrown<MPI::Exception>([&] { (void)receive.wait(); }).find("MPI_Test") == 0);
    CHECK(receive.is_null());
    MPI::Request dropped = comm.irecv<int>(0, 5);  // what failed is still posted, and takes the next
    dropped = MPI::Request();
}

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
        for (const char* function : {"MPI_Add_error_code", "MPI_Add_error_string"}) reviewed[function] = "called once, to describe an error";
        reviewed["MPI_Type_create_hindexed"] = "called once, for the room of all receives";
        std::erase_if(reviewed, [](const auto& entry) { return entry.first.ends_with("_c"); });
    }
    std::set<std::string> all;
    for (int i = 0; i < interposed_size; ++i) all.insert(interposed[i]);
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
