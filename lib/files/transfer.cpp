#include "files/transfer.hpp"

#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

namespace MPI4CXX::detail {

namespace {

[[noreturn]] void fail_short(int error_class, std::string_view function, const char* done, Count bytes, Count wanted, const char* why, Place where) {
    throw Exception(error_class, function, std::string(done) + " " + std::to_string(bytes) + " of " + std::to_string(wanted) + " bytes: " + why,
                    where);
}

[[noreturn]] void fail_short_read(std::string_view function, Count bytes, Count wanted, Place where) {
    fail_short(MPI_ERR_IO, function, "read", bytes, wanted, "the file ends there (pass a Status to allow that)", where);
}

[[noreturn]] void fail_short_write(const OpenFile* file, std::string_view function, Count bytes, Count wanted, Place where) {
    std::error_code error;
    const bool is_full =
        file != nullptr && std::filesystem::space(file->absolute, error).available < static_cast<std::uintmax_t>(wanted - bytes) && !error;
    fail_short(is_full ? MPI_ERR_NO_SPACE : MPI_ERR_IO, function, "wrote", bytes, wanted, is_full ? "the disk is full" : "the system took no more",
               where);
}

/// Returns whether a datatype is committed. No function of MPI tells that, but one that packs nothing fails if it is not.
bool is_committed(MPI_Datatype type, MPI_Comm comm) {
    char nothing = 0;
    Count end = 0;
    return failure_of([&] { call<MPI_Pack>(&nothing, Count{0}, type, &nothing, Count{sizeof nothing}, &end, comm); }) == nullptr;
}

/// What the request of a nonblocking call keeps.
class Promised final : public RequestResources {
public:
    explicit Promised(Promise promise) noexcept : promise_(std::move(promise)) { count(1); }
    ~Promised() override { count(-1); }
    Promised(const Promised&) = delete;
    Promised& operator=(const Promised&) = delete;
    [[nodiscard]] bool is_needed() const override { return promise_.memory != nullptr; }
    void leave() noexcept override {
        count(-1);
        promise_.open.reset();
    }
    [[nodiscard]] bool is_checked() const override { return true; }
    void correct(MPI_Status& result) const override {
        const Count bytes = promise_.read.value_or(get<MPI_Get_elements_x>(&result, MPI_BYTE));
        if (const Count right = std::min(bytes, promise_.expected); right != bytes || promise_.read)
            call<MPI_Status_set_elements_x>(&result, MPI_BYTE, right);
    }
    void check(const MPI_Status& result, bool is_asked, At at) const override {
        const Count bytes = get<MPI_Get_elements_x>(&result, MPI_BYTE);
        const OpenFile* const file = promise_.open.get();
        const Place where(at, file != nullptr ? &file->subject : nullptr);
        if (bytes >= promise_.wanted || (promise_.is_read && is_asked))
            return;
        if (promise_.is_read)
            fail_short_read(promise_.function, bytes, promise_.wanted, where);
        fail_short_write(file, promise_.function, bytes, promise_.wanted, where);
    }

private:
    void count(int one) noexcept {
        if (promise_.open != nullptr)
            promise_.open->pending += one;
    }

    Promise promise_;
};

}  // namespace

Request take_promised(MPI_Request raw, Promise promise) { return Request::take(raw, std::make_unique<Promised>(std::move(promise))); }

void Transfer::refuse_count(Count count) const { throw Exception(MPI_ERR_COUNT, caller_.method, "the count is " + std::to_string(count), where()); }

void Transfer::check_buffer() const {
    const auto refuse = [this](int error_class, const std::string& text) { throw Exception(error_class, caller_.method, text, where()); };
    if (count_ < 0)
        refuse_count(count_);
    if (count_ == 0)
        return;
    const Datatype type = Datatype::borrow(type_);
    // Datatypes of absolute addresses have the null pointer, but begin elsewhere.
    if (data_ == nullptr && wanted() != 0 && type.Get_true_extent(caller_.at).lb == 0)
        refuse(MPI_ERR_BUFFER, "the buffer of " + std::to_string(count_) + " elements has no memory: its address is the null pointer");
    if (open_ != nullptr && !type.is_predefined(caller_.at) && !is_committed(type_, open_->comm.handle()))
        refuse(MPI_ERR_TYPE, "the datatype of the buffer is not committed: call its Commit() first");
}

void Transfer::check_place() const {
    if (pointer_ != Pointer::individual)
        check_shared_view(open_, caller_);
    if (offset_.value_or(0) < 0)
        misuse(caller_, "the offset is " + std::to_string(*offset_) + ", but offsets begin at 0");
    if (open_ != nullptr && open_->shows_nothing && wanted() != 0)
        misuse(caller_, "the view shows nothing of the file on this process, but the buffer has " + std::to_string(wanted()) + " bytes");
    if (open_ != nullptr && open_->etype_size > 1 && wanted() % open_->etype_size != 0)
        misuse(caller_, "the buffer has " + std::to_string(wanted()) + " bytes, which is no whole number of the view's elements of " +
                            std::to_string(open_->etype_size) + " bytes");
}

void Transfer::check_split(std::string_view end) const {
    if (open_ == nullptr || open_->split_end == end)
        return;
    if (open_->split_end.empty())
        misuse(caller_, "there is no call to end");
    misuse(caller_, "the call under way ends with " + std::string(open_->split_end));
}

void Transfer::check_readable(std::string_view function) const {
    if ((file_.amode_of_opening(caller_.at) & MODE_WRONLY) != 0)
        throw Exception(MPI_ERR_ACCESS, function, "the file is open for writing only", where());
}

Count Transfer::wanted() const { return count_ == 0 ? 0 : count_ * get<MPI_Type_size_x>(type_, where()); }

Count Transfer::etype_size() const {
    const Count size = open_ != nullptr ? open_->etype_size : file_.Get_view(caller_.at).etype.Get_size(caller_.at);
    if (size == 0)  // as C may have set it
        misuse(caller_, "the etype of the view has no bytes");
    return size;
}

Count Transfer::etype_reach() const {
    return open_ != nullptr ? open_->etype_reach : file_.Get_view(caller_.at).etype.Get_true_extent(caller_.at).extent;
}

std::optional<Offset> Transfer::begin() const {
    switch (pointer_) {
    case Pointer::individual: return offset_ ? offset_ : get<MPI_File_get_position>(file_.handle(), where());
    case Pointer::shared: return std::nullopt;  // others may move it meanwhile
    case Pointer::ordered: break;
    }
    if (open_ == nullptr || (open_->amode & MODE_SEQUENTIAL) != 0)  // a sequential file has no position
        return std::nullopt;
    // Rank 0 moves the pointer first, so only its position counts.
    Offset own = 0, start = 0, before = 0;
    const std::exception_ptr failure = failure_of([&] {
        own = wanted() / etype_size();
        start = open_->subject.rank == 0 ? get<MPI_File_get_position_shared>(file_.handle(), where()) : 0;
    });
    open_->comm.Scan(start + own, before, SUM, caller_.at);  // also where that has failed: others wait
    if (failure)
        std::rethrow_exception(failure);
    return before - own;
}

std::optional<Offset> Transfer::checked_begin() const {
    const std::exception_ptr wrong = failure_of([this] { check_arguments(); });
    if (wrong && pointer_ != Pointer::ordered)
        std::rethrow_exception(wrong);
    const std::optional<Offset> result = begin();  // in an ordered call the others need this process to find it
    if (wrong)
        std::rethrow_exception(wrong);
    return result;
}

Count Transfer::bytes_within(Offset begin, Count bytes) const {
    const Offset size = get<MPI_File_get_size>(file_.handle(), where());
    const Count unit = etype_size(), reach = etype_reach();
    const auto bytes_left = [&](Offset etype) { return size - get<MPI_File_get_byte_offset>(file_.handle(), begin + etype, where()); };
    const Offset etypes = (bytes + unit - 1) / unit;
    if (bytes_left(etypes - 1) >= reach)
        return bytes;
    Offset within = 0, beyond = etypes - 1;  // the first etype that does not lie wholly within the file
    while (within < beyond)
        if (const Offset middle = within + (beyond - within) / 2; bytes_left(middle) >= reach)
            within = middle + 1;
        else
            beyond = middle;
    // What is left of that etype in the file may be holes in part, so it need not be fewer bytes than a whole one has.
    return std::min(bytes, within * unit + std::clamp<Count>(bytes_left(within), 0, unit - 1));
}

Count Transfer::bytes_to_end() const {
    const File::View view = file_.Get_view(caller_.at);
    const Offset first = begin().value_or(0), size = get<MPI_File_get_size>(file_.handle(), where());
    const Datatype& tile = view.filetype.is_null() ? view.etype : view.filetype;
    const Count extent = tile.Get_extent(caller_.at).extent;
    if (size <= view.disp || (open_ != nullptr && open_->shows_nothing) || tile.Get_size(caller_.at) == 0 || extent <= 0)
        return 0;
    const Count tiles = (size - view.disp) / extent + 1, at_most = tiles * tile.Get_size(caller_.at) - first * etype_size();
    return at_most > 0 ? bytes_within(first, at_most) : 0;
}

Count Transfer::expected() const {
    const std::optional<Offset> from = checked_begin();
    const Count bytes = wanted();
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
            status_->Set_elements(BYTE, bytes, caller_.at);
    } else if (bytes < wanted()) {
        fail_short_read(function, bytes, wanted(), where());
    }
}

void Transfer::finish_write(std::string_view function, const MPI_Status& result) const {
    const Count bytes = get<MPI_Get_elements_x>(&result, MPI_BYTE, where());
    if (status_ != nullptr)
        *status_ = Status(result);
    if (bytes < wanted())
        fail_short_write(open_, function, bytes, wanted(), where());
}

void Transfer::check_written(std::string_view function, std::optional<Offset> from) const {
    if (!from || wanted() == 0)
        return;
    if (const Count bytes = bytes_within(*from, wanted()); bytes < wanted())
        fail_short_write(open_, function, bytes, wanted(), where());
}

namespace {

class Remainder : public Transfer {
public:
    using Transfer::Transfer;
    template <class F> void run_together(F step) const { together("MPI_File_read_all", step); }
    [[nodiscard]] Count elements(MPI_Datatype type, Count most) const {
        if (most < 0)
            refuse_count(most);
        check_arguments();
        const Count size = get<MPI_Type_size_x>(type, where()), bytes = bytes_to_end();
        if (bytes % size != 0 && bytes / size < most)
            throw Exception(MPI_ERR_IO, "MPI_File_read",
                            "the file ends inside an element: " + std::to_string(bytes) + " bytes are left, elements have " + std::to_string(size),
                            where());
        return std::min(most, bytes / size);
    }
};

}  // namespace

Buf room_for_rest(const File& file, const Offset* offset, MPI_Datatype type, Count most, bool collective, AnyVector result, Caller caller) {
    const ConstBuf none;
    const Remainder remainder =
        offset != nullptr ? Remainder(file, *offset, none, nullptr, caller) : Remainder(file, Pointer::individual, none, nullptr, caller);
    Count count = 0;
    void* data = nullptr;
    const auto make_room = [&] {
        count = remainder.elements(type, most);
        data = result(static_cast<std::size_t>(count));
    };
    collective ? remainder.run_together(make_room) : make_room();
    return {data, count, Datatype::borrow(type)};
}

}  // namespace MPI4CXX::detail
