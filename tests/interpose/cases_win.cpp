#include "case.hpp"

#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A call of a window that fails is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& self = MPI::COMM_SELF;
    int memory[4] = {}, x = 0, y = 0;
    const MPI::Win win = MPI::Win::Create(memory, 4, MPI::INFO_NULL, self);
    MPI::Win dynamic = MPI::Win::Create_dynamic(self), spare = MPI::Win::Allocate<int>(1, self);
    const MPI::Group group = self.group();
    const MPI::Errhandler handler = MPI::Win::Create_errhandler([](const MPI::Win&, int) {});
    const auto buf = [&](MPI::Count n) { return MPI::Buf(&x, n, MPI::INT); };
    const auto into = [&](MPI::Count n) { return MPI::Buf(&y, n, MPI::INT); };
    // Whose epochs and memory are unknown, so that every call comes to MPI.
    const MPI::Win raw = MPI::Win::borrow(win.handle()), raw_dynamic = MPI::Win::borrow(dynamic.handle());

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Win_create", "", [&](MPI::Count) { (void)MPI::Win::Create(x, self); }),
        Case("MPI_Win_allocate", "", [&](MPI::Count) { (void)MPI::Win::Allocate<int>(1, self); }),
        Case("MPI_Win_allocate_shared", "", [&](MPI::Count) { (void)MPI::Win::Allocate_shared<int>(1, self); }),
        Case("MPI_Win_create_dynamic", "", [&](MPI::Count) { (void)MPI::Win::Create_dynamic(self); }),
        Case("MPI_Win_attach", "", [&](MPI::Count) { dynamic.Attach(memory); }),
        Case("MPI_Win_detach", "", [&](MPI::Count) { raw_dynamic.Detach(memory); }),
        Case("MPI_Win_shared_query", "", [&](MPI::Count) { (void)win.Shared_query(0); }),
        Case("MPI_Win_get_group", "", [&](MPI::Count) { (void)win.Get_group(); }),
        Case("MPI_Win_get_name", "", [&](MPI::Count) { (void)win.Get_name(); }),
        Case("MPI_Win_set_name", "", [&](MPI::Count) { win.Set_name("x"); }),
        Case("MPI_Win_get_info", "", [&](MPI::Count) { (void)win.Get_info(); }),
        Case("MPI_Win_set_info", "", [&](MPI::Count) { win.Set_info(MPI::INFO_NULL); }),
        Case("MPI_Win_create_keyval", "", [&](MPI::Count) { (void)MPI::Win::Create_keyval<int>(); }),
        Case("MPI_Win_get_attr", "", [&](MPI::Count) { (void)win.flavor(); }),
        Case("MPI_Win_set_attr", "", [&](MPI::Count) { win.Set_attr(MPI_WIN_BASE, nullptr); }),
        Case("MPI_Win_delete_attr", "", [&](MPI::Count) { win.Delete_attr(MPI_WIN_BASE); }),
        Case("MPI_Win_create_errhandler", "", [&](MPI::Count) { (void)MPI::Win::Create_errhandler([](const MPI::Win&, int) {}); }),
        Case("MPI_Win_get_errhandler", "", [&](MPI::Count) { (void)win.Get_errhandler(); }),
        Case("MPI_Win_set_errhandler", "", [&](MPI::Count) { win.Set_errhandler(MPI::ERRORS_RETURN); }),
        Case("MPI_Win_call_errhandler", "", [&](MPI::Count) { win.Call_errhandler(MPI::SUCCESS); }),
        Case("MPI_Win_start", "", [&](MPI::Count) { win.Start(group); }),
        Case("MPI_Win_post", "", [&](MPI::Count) { win.Post(group); }),
        Case("MPI_Win_complete", "", [&](MPI::Count) { raw.Complete(); }),
        Case("MPI_Win_wait", "", [&](MPI::Count) { raw.Wait(); }),
        Case("MPI_Win_test", "", [&](MPI::Count) { (void)raw.Test(); }),
        Case("MPI_Win_fence", "", [&](MPI::Count) { win.Fence(); }),
        Case("MPI_Win_lock", "", [&](MPI::Count) { win.Lock(0); }),
        Case("MPI_Win_lock_all", "", [&](MPI::Count) { win.Lock_all(); }),
        Case("MPI_Win_unlock", "", [&](MPI::Count) { raw.Unlock(0); }),
        Case("MPI_Win_unlock_all", "", [&](MPI::Count) { raw.Unlock_all(); }),
        Case("MPI_Win_flush", "", [&](MPI::Count) { raw.Flush(0); }),
        Case("MPI_Win_flush_all", "", [&](MPI::Count) { raw.Flush_all(); }),
        Case("MPI_Win_flush_local", "", [&](MPI::Count) { raw.Flush_local(0); }),
        Case("MPI_Win_flush_local_all", "", [&](MPI::Count) { raw.Flush_local_all(); }),
        Case("MPI_Win_sync", "", [&](MPI::Count) { win.Sync(); }),
        Case("MPI_Put", "", [&](MPI::Count n) { raw.Put(buf(n), 0); }),
        Case("MPI_Get", "", [&](MPI::Count n) { raw.Get(buf(n), 0); }),
        Case("MPI_Accumulate", "", [&](MPI::Count n) { raw.Accumulate(buf(n), 0); }),
        Case("MPI_Get_accumulate", "", [&](MPI::Count n) { raw.Get_accumulate(buf(n), into(n), 0); }),
        Case("MPI_Rput", "", [&](MPI::Count n) { (void)raw.Rput(buf(n), 0); }),
        Case("MPI_Rget", "", [&](MPI::Count n) { (void)raw.Rget(buf(n), 0); }),
        Case("MPI_Raccumulate", "", [&](MPI::Count n) { (void)raw.Raccumulate(buf(n), 0); }),
        Case("MPI_Rget_accumulate", "", [&](MPI::Count n) { (void)raw.Rget_accumulate(buf(n), into(n), 0); }),
        Case("MPI_Fetch_and_op", "", [&](MPI::Count) { raw.Fetch_and_op(x, y, 0); }),
        Case("MPI_Compare_and_swap", "", [&](MPI::Count) { raw.Compare_and_swap(x, x, y, 0); }),
        Case("MPI_Win_free", "", [&](MPI::Count) { spare.Free(); }),
    }) check(c);
    // clang-format on
    auto key = MPI::Win::Create_keyval<int>();
    check(Case("MPI_Win_free_keyval", "", [&](MPI::Count) { key.Free(); }));
}

TEST_CASE("A vote on freeing that fails is an Exception, and the window stays", "[interposed]") {
    MPI::Win win = MPI::Win::Allocate<int>(1, MPI::COMM_SELF);
    check(Case("MPI_Wait", "", [&](MPI::Count) { win.Free(); }));
}
