// error: mpi4cxx: this type cannot be sent as an object: give it a `template <class Archive> void serialize
#include <mpi4cxx/intracomm.hpp>

class Account {
public:
    explicit Account(int balance = 0) : balance_(balance) {}
#ifndef REJECTED
    template <class Archive> void serialize(Archive& archive) { archive(balance_); }
#endif

private:
    int balance_;
};

void send(const mpi4cxx::Comm& comm, const Account& account) { comm.send(account, 1); }
