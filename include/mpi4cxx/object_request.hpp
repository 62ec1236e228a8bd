#pragma once

#include <mpi4cxx/detail/object.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/serialize.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace mpi4cxx {

/// A pending receive of an object of type `T`, which `wait` or `test` returns, once.
/// Receives of objects are posted at once, take messages of any size in the order of their posting, and go on whatever call
/// of this library the process sits in. From PROC_NULL comes a `T{}`.
template <class T> class [[nodiscard]] ObjectRequest final : public Request {
public:
    ObjectRequest() noexcept = default;
    explicit ObjectRequest(std::unique_ptr<detail::Receive> receive) noexcept : Request(Request::take(std::move(receive))) {}

    /// Wait for the object.
    T wait(Status* status = nullptr, At at = {}) { return unpacked(*wait_operation(status, at)); }
    /// Return the object if it has come.
    std::optional<T> test(Status* status = nullptr, At at = {}) {
        const auto operation = test_operation(status, at);
        return operation ? std::optional<T>(unpacked(*operation)) : std::nullopt;
    }

private:
    static T unpacked(detail::Operation& operation) {
        const std::optional<detail::Bytes> bytes = static_cast<detail::Receive&>(operation).take();
        return bytes ? detail::unpack<T>(*bytes) : T{};
    }
};

}  // namespace mpi4cxx
