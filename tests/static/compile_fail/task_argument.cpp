// error: mpi4cxx: a task's arguments and its result travel as objects, and this type cannot
#include <mpi4cxx/futures.hpp>

class Account {
public:
    explicit Account(int balance = 0) : balance_(balance) {}
    [[nodiscard]] int balance() const { return balance_; }
#ifndef REJECTED
    template <class Archive> void serialize(Archive& archive) { archive(balance_); }
#endif

private:
    int balance_;
};

static int balance(const Account& account) { return account.balance(); }

void submit(mpi4cxx::futures::Executor& executor, const Account& account) { (void)executor.submit(balance, account); }
