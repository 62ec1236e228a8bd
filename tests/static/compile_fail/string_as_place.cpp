// error: (could not convert|cannot convert|no viable conversion|invalid conversion)
#include <mpi4cxx/info.hpp>

void set(mpi4cxx::Info& info) {
#ifdef REJECTED
    info.Set("key", "value", "another");
#else
    info.Set("key", "value", mpi4cxx::At());
#endif
}
