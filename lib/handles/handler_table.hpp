// The error handlers that are set on objects of a class without attributes. A table keeps their functions.
#pragma once

#include "handles/error_handling.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace MPI4CXX::detail {

template <class Class> class HandlerTable {
public:
    static void keep(const Class& self, Installed handler, At) {
        const std::lock_guard lock(mutex);
        std::swap(table[self.handle()], handler);  // the old one is destroyed outside the lock, because its function is the user's
    }
    static std::shared_ptr<ErrorFunction> find(const Class& self, MPI_Errhandler raw, At) {
        const std::lock_guard lock(mutex);
        const auto entry = table.find(self.handle());
        return entry != table.end() && entry->second.raw == raw ? entry->second.function : nullptr;
    }
    static void forget(const Class& self, At = {}) noexcept {
        typename Table::node_type gone;  // destroyed outside the lock, because the function is the user's
        const std::lock_guard lock(mutex);
        gone = table.extract(self.handle());
    }

private:
    using Table = std::map<typename Class::raw_type, Installed>;
    static inline std::mutex mutex;
    static inline Table& table = *new Table;  // never destroyed, because objects may be closed later
};

}  // namespace MPI4CXX::detail
