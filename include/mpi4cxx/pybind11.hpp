/// mpi4py's handles and Python's buffers as arguments and results of functions of an extension module made with pybind11:
///
///     PYBIND11_MODULE(solver, module) {
///         mpi4cxx::python::import_mpi4py();
///         module.def("total", [](const MPI::Intracomm& comm, const MPI::ConstBuf& part) { … },
///         pybind11::call_guard<pybind11::gil_scoped_release>());
///     }
///
/// A handle from Python stays Python's: it is borrowed for the call. A handle that a function returns by value is given to Python, where it is freed
/// by `Free()` as mpi4py's own are; one that is returned by reference is not. With the call guard above, other threads of Python run while the
/// function waits. The functions that define the module include this header, which needs pybind11 and mpi4py/mpi4py.h.
#pragma once

#include <mpi4cxx/mpi4cxx.hpp>

#include <pybind11/pybind11.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wcast-qual"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wunused-variable"
#endif
#include <mpi4py/mpi4py.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC diagnostic push
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wsubobject-linkage"  // mpi4py's functions are variables of each source file
#endif

namespace MPI4CXX::python {

namespace detail {

/// The name of a class, as an argument of a template.
template <std::size_t N> struct ClassName {
    char text[N]{};
    consteval ClassName(const char (&name)[N]) { std::copy_n(name, N, text); }
};

/// What mpi4py calls a class, its type, and the functions that make an object and find the handle in one.
template <ClassName Name, auto* Type, auto* New, auto* Get> struct HandleClass {
    static constexpr auto name = pybind11::detail::const_name("mpi4py.MPI.") + pybind11::detail::const_name(Name.text);
    static PyTypeObject* type() { return *Type; }
    static PyObject* make(auto raw) { return (*New)(raw); }
    static auto* get(PyObject* object) { return (*Get)(object); }
};
template <ClassName Name, auto* Type> using CommClass = HandleClass<Name, Type, &PyMPIComm_New, &PyMPIComm_Get>;

// clang-format off
template <class T> struct handle_class;
template <> struct handle_class<Comm> : CommClass<"Comm", &__pyx_ptype_6mpi4py_3MPI_Comm> {};
template <> struct handle_class<Intracomm> : CommClass<"Intracomm", &__pyx_ptype_6mpi4py_3MPI_Intracomm> {};
template <> struct handle_class<Intercomm> : CommClass<"Intercomm", &__pyx_ptype_6mpi4py_3MPI_Intercomm> {};
template <> struct handle_class<Cartcomm> : CommClass<"Cartcomm", &__pyx_ptype_6mpi4py_3MPI_Cartcomm> {};
template <> struct handle_class<Graphcomm> : CommClass<"Graphcomm", &__pyx_ptype_6mpi4py_3MPI_Graphcomm> {};
template <> struct handle_class<Distgraphcomm> : CommClass<"Distgraphcomm", &__pyx_ptype_6mpi4py_3MPI_Distgraphcomm> {};
template <> struct handle_class<Group> : HandleClass<"Group", &__pyx_ptype_6mpi4py_3MPI_Group, &PyMPIGroup_New, &PyMPIGroup_Get> {};
template <> struct handle_class<Datatype> : HandleClass<"Datatype", &__pyx_ptype_6mpi4py_3MPI_Datatype, &PyMPIDatatype_New, &PyMPIDatatype_Get> {};
template <> struct handle_class<Op> : HandleClass<"Op", &__pyx_ptype_6mpi4py_3MPI_Op, &PyMPIOp_New, &PyMPIOp_Get> {};
template <> struct handle_class<Request> : HandleClass<"Request", &__pyx_ptype_6mpi4py_3MPI_Request, &PyMPIRequest_New, &PyMPIRequest_Get> {};
template <> struct handle_class<Message> : HandleClass<"Message", &__pyx_ptype_6mpi4py_3MPI_Message, &PyMPIMessage_New, &PyMPIMessage_Get> {};
template <> struct handle_class<Info> : HandleClass<"Info", &__pyx_ptype_6mpi4py_3MPI_Info, &PyMPIInfo_New, &PyMPIInfo_Get> {};
template <> struct handle_class<Errhandler> : HandleClass<"Errhandler", &__pyx_ptype_6mpi4py_3MPI_Errhandler, &PyMPIErrhandler_New, &PyMPIErrhandler_Get> {};
template <> struct handle_class<Win> : HandleClass<"Win", &__pyx_ptype_6mpi4py_3MPI_Win, &PyMPIWin_New, &PyMPIWin_Get> {};
template <> struct handle_class<File> : HandleClass<"File", &__pyx_ptype_6mpi4py_3MPI_File, &PyMPIFile_New, &PyMPIFile_Get> {};
#ifdef PyMPISession_Get  // mpi4py 4
template <> struct handle_class<Session> : HandleClass<"Session", &__pyx_ptype_6mpi4py_3MPI_Session, &PyMPISession_New, &PyMPISession_Get> {};
#endif
// clang-format on

#pragma GCC diagnostic pop

template <class T>
concept Handled = requires {
    handle_class<T>::name;
};

/// Raises mpi4py.MPI.Exception with the code of an Exception. The text of the Exception is its cause.
inline void raise_in_python(const Exception& error) {
    namespace py = pybind11;
    py::object cause = py::reinterpret_borrow<py::object>(PyExc_RuntimeError)(std::string(error.what()));
    py::object raised = py::module_::import("mpi4py.MPI").attr("Exception")(error.Get_error_code());
    PyException_SetCause(raised.ptr(), cause.release().ptr());
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(raised.ptr())), raised.ptr());
}

/// Returns the datatype of the elements of a buffer of Python's; null if MPI has none.
inline MPI_Datatype element_type(const Py_buffer& view) {
    std::string_view format = view.format != nullptr ? view.format : "B";
    if (!format.empty() && (format[0] == '@' || format[0] == '=' || format[0] == '<'))  // as this machine has it: checked by the size
        format.remove_prefix(1);
    const auto by_size = [&](MPI_Datatype one, MPI_Datatype two, MPI_Datatype four, MPI_Datatype eight) {
        switch (view.itemsize) {
        case 1: return one;
        case 2: return two;
        case 4: return four;
        case 8: return eight;
        default: return MPI_DATATYPE_NULL;
        }
    };
    if (format == "?")
        return MPI_C_BOOL;
    if (format == "c" || format == "s")
        return MPI_CHAR;
    if (format.size() == 1 && std::string_view("bhilqn").find(format[0]) != format.npos)
        return by_size(MPI_INT8_T, MPI_INT16_T, MPI_INT32_T, MPI_INT64_T);
    if (format.size() == 1 && std::string_view("BHILQN").find(format[0]) != format.npos)
        return by_size(MPI_UINT8_T, MPI_UINT16_T, MPI_UINT32_T, MPI_UINT64_T);
    if (format == "f")
        return MPI_FLOAT;
    if (format == "d")
        return MPI_DOUBLE;
    if (format == "g")
        return MPI_LONG_DOUBLE;
    if (format == "Zf")
        return MPI_C_FLOAT_COMPLEX;
    if (format == "Zd")
        return MPI_C_DOUBLE_COMPLEX;
    if (format == "Zg")
        return MPI_C_LONG_DOUBLE_COMPLEX;
    return MPI_DATATYPE_NULL;
}

}  // namespace detail

/// Prepare an extension module: call it first in PYBIND11_MODULE. It imports mpi4py, and has each Exception raised as mpi4py.MPI.Exception. Throws
/// pybind11::import_error if mpi4py is made with another MPI than the module.
inline void import_mpi4py() {
    namespace py = pybind11;
    if (::import_mpi4py() < 0)
        throw py::error_already_set();
    const auto theirs = py::module_::import("mpi4py.MPI").attr("Get_library_version")().cast<std::string>();
    const std::string ours = Get_library_version();
    if (theirs != ours)
        throw py::import_error("this module is made with " + ours.substr(0, ours.find_first_of(",\n")) + ", but mpi4py with " +
                               theirs.substr(0, theirs.find_first_of(",\n")) + ": one process can have only one MPI");
    py::register_exception_translator([](std::exception_ptr thrown) {
        try {
            if (thrown)
                std::rethrow_exception(thrown);
        } catch (const Exception& error) {
            detail::raise_in_python(error);
        }
    });
}

}  // namespace MPI4CXX::python

namespace pybind11::detail {

template <class T>
    requires mpi4cxx::python::detail::Handled<T>
class type_caster<T> {
    using Class = mpi4cxx::python::detail::handle_class<T>;
    static constexpr bool is_consumed = std::is_same_v<T, mpi4cxx::Request> || std::is_same_v<T, mpi4cxx::Message>;

public:
    static constexpr auto name = Class::name;
    template <class U> using cast_op_type = pybind11::detail::cast_op_type<U>;

    type_caster() = default;
    type_caster(const type_caster&) = delete;
    type_caster(type_caster&& other) noexcept : value_(std::move(other.value_)), raw_(std::exchange(other.raw_, nullptr)) {}
    type_caster& operator=(const type_caster&) = delete;
    type_caster& operator=(type_caster&&) = delete;
    ~type_caster() {
        if constexpr (is_consumed)  // Python's object becomes null when the function has completed the request
            if (value_ && raw_ != nullptr)
                *raw_ = std::move(*value_).release();
    }

    bool load(handle source, bool) {
        if (PyObject_TypeCheck(source.ptr(), Class::type()) == 0)
            return false;
        raw_ = Class::get(source.ptr());
        if (raw_ == nullptr)
            throw error_already_set();
        value_.emplace(T::borrow(*raw_));
        return true;
    }
    operator T*() { return &*value_; }
    operator T&() { return *value_; }

    static handle cast(const T& value, return_value_policy, handle) { return made(value.handle()); }
    static handle cast(T& value, return_value_policy, handle) { return made(value.handle()); }
    static handle cast(T&& value, return_value_policy, handle) { return made(std::move(value).release()); }

private:
    static handle made(auto raw) {
        PyObject* const object = Class::make(raw);
        if (object == nullptr)
            throw error_already_set();
        return object;
    }

    std::optional<T> value_;
    decltype(Class::get(nullptr)) raw_ = nullptr;
};

template <> class type_caster<mpi4cxx::Status> {
public:
    static constexpr auto name = const_name("mpi4py.MPI.Status");
    template <class U> using cast_op_type = pybind11::detail::cast_op_type<U>;

    type_caster() = default;
    type_caster(const type_caster&) = delete;
    type_caster(type_caster&& other) noexcept : value_(other.value_), raw_(std::exchange(other.raw_, nullptr)) {}
    type_caster& operator=(const type_caster&) = delete;
    type_caster& operator=(type_caster&&) = delete;
    ~type_caster() {
        if (raw_ != nullptr)
            *raw_ = value_.handle();
    }
    bool load(handle source, bool) {
        if (PyObject_TypeCheck(source.ptr(), &PyMPIStatus_Type) == 0)
            return false;
        raw_ = PyMPIStatus_Get(source.ptr());
        value_ = mpi4cxx::Status(*raw_);
        return true;
    }
    operator mpi4cxx::Status*() { return &value_; }
    operator mpi4cxx::Status&() { return value_; }
    static handle cast(const mpi4cxx::Status& value, return_value_policy, handle) {
        MPI_Status raw = value.handle();
        return PyMPIStatus_New(&raw);
    }

private:
    mpi4cxx::Status value_;
    MPI_Status* raw_ = nullptr;
};

/// A buffer of Python's for as long as the call: an array of NumPy's, bytes, a memoryview. With strides it gets a datatype that has them. One that is
/// read-only is a ConstBuf, but no Buf.
template <class B>
    requires(std::is_same_v<B, mpi4cxx::Buf> || std::is_same_v<B, mpi4cxx::ConstBuf>)
class type_caster<B> {
    static constexpr bool is_written = std::is_same_v<B, mpi4cxx::Buf>;

public:
    static constexpr auto name = const_name<is_written>("writable buffer", "buffer");
    template <class U> using cast_op_type = pybind11::detail::cast_op_type<U>;

    type_caster() = default;
    type_caster(const type_caster&) = delete;
    type_caster(type_caster&& other) noexcept : view_(std::exchange(other.view_, Py_buffer{})), value_(std::move(other.value_)) {}
    type_caster& operator=(const type_caster&) = delete;
    type_caster& operator=(type_caster&&) = delete;
    ~type_caster() {
        if (view_.obj != nullptr)
            PyBuffer_Release(&view_);
    }

    bool load(handle source, bool) {
        if (PyObject_CheckBuffer(source.ptr()) == 0)
            return false;
        if (PyObject_GetBuffer(source.ptr(), &view_, PyBUF_STRIDES | PyBUF_FORMAT | (is_written ? PyBUF_WRITABLE : 0)) != 0) {
            PyErr_Clear();  // pybind11 says which types the function takes
            return false;
        }
        const MPI_Datatype element = mpi4cxx::python::detail::element_type(view_);
        if (element == MPI_DATATYPE_NULL || view_.ndim > static_cast<int>(mpi4cxx::detail::Shape::max_rank))
            return false;
        mpi4cxx::detail::Shape shape;
        for (int i = 0; i < view_.ndim; ++i) {
            if (view_.strides[i] % view_.itemsize != 0)
                return false;
            shape.add(view_.shape[i]);
            shape.dimensions[static_cast<std::size_t>(i)].stride = view_.strides[i] / view_.itemsize;
        }
        const auto use = is_written ? mpi4cxx::detail::MemoryUse::write : mpi4cxx::detail::MemoryUse::read;
        auto layout = mpi4cxx::detail::layout_of(shape, element, static_cast<std::size_t>(view_.itemsize), use, {});
        value_.data = static_cast<decltype(value_.data)>(view_.buf);
        value_.count = layout.count;
        value_.type = layout.type;
        value_.strided = std::move(layout.strided);
        return true;
    }
    operator B*() { return &value_; }
    operator B&() { return value_; }

private:
    Py_buffer view_{};
    B value_;
};

}  // namespace pybind11::detail
