// error: no matching (member )?function for call to .*Create_keyval
#include <mpi4cxx/intracomm.hpp>

#include <memory>

#ifdef REJECTED
auto key = mpi4cxx::Comm::Create_keyval<std::unique_ptr<int>>(mpi4cxx::DUP_FN);
#else
auto key = mpi4cxx::Comm::Create_keyval<std::unique_ptr<int>>(mpi4cxx::NULL_COPY_FN);
#endif
