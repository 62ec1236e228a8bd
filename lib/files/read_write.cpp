// The calls that read and write files.
#include "files/transfer.hpp"

#include <cstddef>

namespace MPI4CXX {

using detail::Pointer;
using detail::Reading;
using detail::Writing;

void File::Read_at(Offset offset, const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, offset, buf, status, at);
    reading.alone<MPI_File_read_at>(handle(), offset, buf.data, buf.count, buf.type);
}
void File::Read_at_all(Offset offset, const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, offset, buf, status, at);
    reading.collective<MPI_File_read_at_all>(handle(), offset, buf.data, buf.count, buf.type);
}
void File::Read(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::individual, buf, status, at);
    reading.alone<MPI_File_read>(handle(), buf.data, buf.count, buf.type);
}
void File::Read_all(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::individual, buf, status, at);
    reading.collective<MPI_File_read_all>(handle(), buf.data, buf.count, buf.type);
}
void File::Read_shared(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::shared, buf, status, at);
    reading.alone<MPI_File_read_shared>(handle(), buf.data, buf.count, buf.type);
}
void File::Read_ordered(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::ordered, buf, status, at);
    reading.collective<MPI_File_read_ordered>(handle(), buf.data, buf.count, buf.type);
}

Request File::Iread_at(Offset offset, const Buf& buf, At at) const {
    const Reading reading(*this, offset, buf, nullptr, at);
    return reading.start<MPI_File_iread_at, MPI_File_read_at>(handle(), offset, buf.data, buf.count, buf.type);
}
Request File::Iread_at_all(Offset offset, const Buf& buf, At at) const {
    const Reading reading(*this, offset, buf, nullptr, at);
    return reading.start_together<MPI_File_iread_at_all, MPI_File_read_at>(handle(), offset, buf.data, buf.count, buf.type);
}
Request File::Iread(const Buf& buf, At at) const {
    const Reading reading(*this, Pointer::individual, buf, nullptr, at);
    return reading.start<MPI_File_iread, MPI_File_read>(handle(), buf.data, buf.count, buf.type);
}
Request File::Iread_all(const Buf& buf, At at) const {
    const Reading reading(*this, Pointer::individual, buf, nullptr, at);
    return reading.start_together<MPI_File_iread_all, MPI_File_read>(handle(), buf.data, buf.count, buf.type);
}
Request File::Iread_shared(const Buf& buf, At at) const {
    const Reading reading(*this, Pointer::shared, buf, nullptr, at);
    return reading.start<MPI_File_iread_shared, MPI_File_read_shared>(handle(), buf.data, buf.count, buf.type);
}

void File::Read_at_all_begin(Offset offset, const Buf& buf, At at) const {
    const Reading reading(*this, offset, buf, nullptr, at);
    reading.begin<MPI_File_read_at_all_begin, MPI_File_read_at_all_end, MPI_File_read_at_all>(handle(), offset, buf.data, buf.count, buf.type);
}
void File::Read_at_all_end(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::shared, buf, status, at);
    reading.end<MPI_File_read_at_all_end>(handle(), buf.data);
}
void File::Read_all_begin(const Buf& buf, At at) const {
    const Reading reading(*this, Pointer::individual, buf, nullptr, at);
    reading.begin<MPI_File_read_all_begin, MPI_File_read_all_end, MPI_File_read_all>(handle(), buf.data, buf.count, buf.type);
}
void File::Read_all_end(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::shared, buf, status, at);
    reading.end<MPI_File_read_all_end>(handle(), buf.data);
}
void File::Read_ordered_begin(const Buf& buf, At at) const {
    const Reading reading(*this, Pointer::ordered, buf, nullptr, at);
    reading.begin<MPI_File_read_ordered_begin, MPI_File_read_ordered_end, MPI_File_read_ordered>(handle(), buf.data, buf.count, buf.type);
}
void File::Read_ordered_end(const Buf& buf, Status* status, At at) const {
    const Reading reading(*this, Pointer::shared, buf, status, at);
    reading.end<MPI_File_read_ordered_end>(handle(), buf.data);
}

void File::Write_at(Offset offset, const ConstBufArg& buf, Status* status, At at) const {
    const Writing writing(*this, offset, buf, status, at);
    writing.alone<MPI_File_write_at>(handle(), offset, buf.data, buf.count, buf.type);
}
void File::Write_at_all(Offset offset, const ConstBufArg& buf, Status* status, At at) const {
    const Writing writing(*this, offset, buf, status, at);
    writing.collective<MPI_File_write_at_all>(handle(), offset, buf.data, buf.count, buf.type);
}
void File::Write(const ConstBufArg& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::individual, buf, status, at);
    writing.alone<MPI_File_write>(handle(), buf.data, buf.count, buf.type);
}
void File::Write_all(const ConstBufArg& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::individual, buf, status, at);
    writing.collective<MPI_File_write_all>(handle(), buf.data, buf.count, buf.type);
}
void File::Write_shared(const ConstBufArg& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::shared, buf, status, at);
    writing.alone<MPI_File_write_shared>(handle(), buf.data, buf.count, buf.type);
}
void File::Write_ordered(const ConstBufArg& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::ordered, buf, status, at);
    writing.collective<MPI_File_write_ordered>(handle(), buf.data, buf.count, buf.type);
}

Request File::Iwrite_at(Offset offset, const ConstBuf& buf, At at) const {
    const Writing writing(*this, offset, buf, nullptr, at);
    return writing.start<MPI_File_iwrite_at>(handle(), offset, buf.data, buf.count, buf.type);
}
Request File::Iwrite_at_all(Offset offset, const ConstBuf& buf, At at) const {
    const Writing writing(*this, offset, buf, nullptr, at);
    return writing.start_together<MPI_File_iwrite_at_all>(handle(), offset, buf.data, buf.count, buf.type);
}
Request File::Iwrite(const ConstBuf& buf, At at) const {
    const Writing writing(*this, Pointer::individual, buf, nullptr, at);
    return writing.start<MPI_File_iwrite>(handle(), buf.data, buf.count, buf.type);
}
Request File::Iwrite_all(const ConstBuf& buf, At at) const {
    const Writing writing(*this, Pointer::individual, buf, nullptr, at);
    return writing.start_together<MPI_File_iwrite_all>(handle(), buf.data, buf.count, buf.type);
}
Request File::Iwrite_shared(const ConstBuf& buf, At at) const {
    const Writing writing(*this, Pointer::shared, buf, nullptr, at);
    return writing.start<MPI_File_iwrite_shared>(handle(), buf.data, buf.count, buf.type);
}

void File::Write_at_all_begin(Offset offset, const ConstBuf& buf, At at) const {
    const Writing writing(*this, offset, buf, nullptr, at);
    writing.begin<MPI_File_write_at_all_begin, MPI_File_write_at_all_end>(handle(), offset, buf.data, buf.count, buf.type);
}
void File::Write_at_all_end(const ConstBuf& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::shared, buf, status, at);
    writing.end<MPI_File_write_at_all_end>(handle(), buf.data);
}
void File::Write_all_begin(const ConstBuf& buf, At at) const {
    const Writing writing(*this, Pointer::individual, buf, nullptr, at);
    writing.begin<MPI_File_write_all_begin, MPI_File_write_all_end>(handle(), buf.data, buf.count, buf.type);
}
void File::Write_all_end(const ConstBuf& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::shared, buf, status, at);
    writing.end<MPI_File_write_all_end>(handle(), buf.data);
}
void File::Write_ordered_begin(const ConstBuf& buf, At at) const {
    const Writing writing(*this, Pointer::ordered, buf, nullptr, at);
    writing.begin<MPI_File_write_ordered_begin, MPI_File_write_ordered_end>(handle(), buf.data, buf.count, buf.type);
}
void File::Write_ordered_end(const ConstBuf& buf, Status* status, At at) const {
    const Writing writing(*this, Pointer::shared, buf, status, at);
    writing.end<MPI_File_write_ordered_end>(handle(), buf.data);
}

void File::read_into(detail::AnyVector result, MPI_Datatype type, const Offset* offset, Count count, bool collective, At at) const {
    const char* const method = offset != nullptr ? (collective ? "Read_at_all" : "Read_at") : (collective ? "Read_all" : "Read");
    const Buf buf = detail::room_for_rest(*this, offset, type, count, collective, result, {at, method});
    Status status;
    if (offset != nullptr)
        collective ? Read_at_all(*offset, buf, &status, at) : Read_at(*offset, buf, &status, at);
    else
        collective ? Read_all(buf, &status, at) : Read(buf, &status, at);
    (void)result(static_cast<std::size_t>(status.Get_count(Datatype::borrow(type), at)));
}

}  // namespace MPI4CXX
