// error: mpi4cxx: this function cannot be called in another process
#include <mpi4cxx/futures.hpp>

#include <string>

void submit(mpi4cxx::futures::Executor& executor, const std::string& text) {
#ifdef REJECTED
    (void)executor.submit([text](int n) { return text.substr(static_cast<std::size_t>(n)); }, 3);
#else
    (void)executor.submit([](int n, const std::string& own) { return own.substr(static_cast<std::size_t>(n)); }, 3, text);
#endif
}
