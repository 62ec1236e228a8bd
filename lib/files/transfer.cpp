#include "files/transfer.hpp"

#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

namespace MPI4CXX::detail {

void check_offset(Offset offset, Caller caller) {
    if (offset < 0)
        misuse(caller, "the offset is " + std::to_string(offset) + ", but offsets begin at 0");
}

void Transfer::check_readable(std::string_view function) const {
    if ((file_.Get_amode(at_) & MODE_WRONLY) != 0)
        throw Exception(MPI_ERR_ACCESS, function, "the file is open for writing only", where());
}

Count Transfer::wanted() const { return count_ == 0 ? 0 : count_ * get<MPI_Type_size_x>(type_, where()); }

Count Transfer::etype_size() const { return open_ != nullptr ? open_->etype_size : file_.Get_view(at_).etype.Get_size(at_); }

std::optional<Offset> Transfer::begin() const {
    switch (pointer_) {
    case Pointer::individual: return offset_ ? offset_ : get<MPI_File_get_position>(file_.handle(), where());
    case Pointer::shared: return std::nullopt;  // others may move it meanwhile
    case Pointer::ordered: break;
    }
    if (open_ == nullptr)
        return std::nullopt;
    // Rank 0 moves the pointer first, so only its position counts.
    const Offset own = wanted() / etype_size() + (open_->subject.rank == 0 ? get<MPI_File_get_position_shared>(file_.handle(), where()) : 0);
    Offset before = 0;
    open_->comm.Scan(own, before, SUM, at_);
    return before - wanted() / etype_size();
}

Count Transfer::bytes_within(Offset begin, Count bytes) const {
    const Offset size = get<MPI_File_get_size>(file_.handle(), where());
    const Count unit = etype_size();
    const auto bytes_left = [&](Offset etype) { return size - get<MPI_File_get_byte_offset>(file_.handle(), begin + etype, where()); };
    const Offset etypes = (bytes + unit - 1) / unit;
    if (bytes_left(etypes - 1) >= unit)
        return bytes;
    Offset within = 0, beyond = etypes - 1;  // the first etype that does not lie wholly within the file
    while (within < beyond)
        if (const Offset middle = within + (beyond - within) / 2; bytes_left(middle) >= unit)
            within = middle + 1;
        else
            beyond = middle;
    return std::min(bytes, within * unit + std::max<Count>(bytes_left(within), 0));
}

Count Transfer::bytes_to_end() const {
    const File::View view = file_.Get_view(at_);
    const Offset first = begin().value_or(0), size = get<MPI_File_get_size>(file_.handle(), where());
    const Datatype& tile = view.filetype.is_null() ? view.etype : view.filetype;
    if (size <= view.disp || tile.Get_size(at_) == 0)
        return 0;
    const Count tiles = (size - view.disp) / tile.Get_extent(at_).extent + 1, at_most = tiles * tile.Get_size(at_) - first * etype_size();
    return at_most > 0 ? bytes_within(first, at_most) : 0;
}

Count Transfer::expected() const {
    const Count bytes = wanted();
    const std::optional<Offset> from = begin();
    return bytes == 0 || !from ? bytes : bytes_within(*from, bytes);
}

void Transfer::keep_expected() const {
    if (const Count bytes = expected(); open_ != nullptr)
        open_->begun = bytes;
}

Count Transfer::kept_expected() const { return open_ != nullptr ? std::exchange(open_->begun, std::nullopt).value_or(wanted()) : wanted(); }

void Transfer::finish_read(std::string_view function, const MPI_Status& result, Count expected) const {
    const Count reported = get<MPI_Get_elements_x>(&result, MPI_BYTE, where()), bytes = std::min(reported, expected);
    if (status_ != nullptr) {
        *status_ = Status(result);
        if (bytes != reported)
            status_->Set_elements(BYTE, bytes, at_);
    } else if (bytes < wanted()) {
        fail(MPI_ERR_IO, function, "read", bytes, "the file ends there (pass a Status to allow that)");
    }
}

void Transfer::finish_write(std::string_view function, const MPI_Status& result) const {
    const Count bytes = get<MPI_Get_elements_x>(&result, MPI_BYTE, where());
    if (status_ != nullptr)
        *status_ = Status(result);
    if (bytes < wanted())
        fail_short_write(function, bytes);
}

void Transfer::check_written(std::string_view function, std::optional<Offset> from) const {
    if (!from || wanted() == 0)
        return;
    if (const Count bytes = bytes_within(*from, wanted()); bytes < wanted())
        fail_short_write(function, bytes);
}

void Transfer::fail_short_write(std::string_view function, Count bytes) const {
    std::error_code error;
    const bool is_full = open_ != nullptr && std::filesystem::space(open_->absolute, error).available < static_cast<std::uintmax_t>(wanted() - bytes);
    fail(is_full ? MPI_ERR_NO_SPACE : MPI_ERR_IO, function, "wrote", bytes, is_full && !error ? "the disk is full" : "the system took no more");
}

void Transfer::fail(int error_class, std::string_view function, const char* done, Count bytes, const char* why) const {
    throw Exception(error_class, function, std::string(done) + " " + std::to_string(bytes) + " of " + std::to_string(wanted()) + " bytes: " + why,
                    where());
}

namespace {

class Remainder : public Transfer {
public:
    using Transfer::Transfer;
    [[nodiscard]] Count elements(MPI_Datatype type, Count most) const {
        const Count size = get<MPI_Type_size_x>(type, where()), bytes = bytes_to_end();
        if (bytes % size != 0 && bytes / size < most)
            throw Exception(MPI_ERR_IO, "MPI_File_read",
                            "the file ends inside an element: " + std::to_string(bytes) + " bytes are left, elements have " + std::to_string(size),
                            where());
        return std::min(most, bytes / size);
    }
    [[nodiscard]] Count elements_together(MPI_Datatype type, Count most) const {
        Count result = 0;
        together("MPI_File_read_all", [&] { result = elements(type, most); });
        return result;
    }
};

}  // namespace

Count elements_there(const File& file, const Offset* offset, MPI_Datatype type, Count most, bool collective, Caller caller) {
    const ConstBuf none;
    const Remainder remainder =
        offset != nullptr ? Remainder(file, *offset, none, nullptr, caller) : Remainder(file, Pointer::individual, none, nullptr, caller);
    return collective ? remainder.elements_together(type, most) : remainder.elements(type, most);
}

}  // namespace MPI4CXX::detail
