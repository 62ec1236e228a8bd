// error: mpi4cxx: this type cannot be sent as an object: (it has only one of save and load|its serialize, or save and load, cannot be called)
#include <mpi4cxx/intracomm.hpp>

#include <string>

struct Account {
    std::string name;
#ifndef REJECTED
    template <class Archive> void load(Archive& archive) { archive(name); }
#endif
    template <class Archive> void save(Archive& archive) const { archive(name); }
};

void send(const mpi4cxx::Comm& comm, const Account& account) { comm.send(account, 1); }
