#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

std::function<void()> before_start;

}  // namespace

extern "C" int MPI_Grequest_start(MPI_Grequest_query_function* query, MPI_Grequest_free_function* free, MPI_Grequest_cancel_function* cancel,
                                  void* state, MPI_Request* request) {
    if (before_start)
        std::exchange(before_start, nullptr)();
    return PMPI_Grequest_start(query, free, cancel, state, request);
}

TEST_CASE("A request of the user's own is complete when it is said to be", "[grequest]") {
    int freed = 0;
    MPI::Grequest request = MPI::Grequest::Start(
        [](MPI::Status& status) {
            status.Set_source(3);
            status.Set_tag(4);
            status.Set_elements(MPI::INT, 5);
        },
        [&] { ++freed; });
    CHECK_FALSE(request.Test());
    CHECK_FALSE(request.is_null());
    request.Complete();
    MPI::Status status;
    request.Wait(&status);
    CHECK(request.is_null());
    CHECK(status.source() == 3);
    CHECK(status.tag() == 4);
    CHECK(status.Get_count(MPI::INT) == 5);
    CHECK(freed == 1);
}

TEST_CASE("A request of the user's own needs no functions", "[grequest]") {
    MPI::Grequest request = MPI::Grequest::Start();
    CHECK_FALSE(request.Get_status());
    request.complete();
    CHECK(request.Get_status());
    request.wait();
    CHECK(request.is_null());
}

TEST_CASE("Another thread completes a request that has been moved", "[grequest]") {
    for (int i = 0; i < 5; ++i) {
        MPI::Grequest request = MPI::Grequest::Start();
        std::vector<MPI::Request> requests;
        requests.push_back(std::move(request));
        requests.push_back(MPI::Request());
        std::thread worker([&] {
            std::this_thread::yield();
            request.Complete();
        });
        if (i == 0)
            MPI::Request::Waitall(requests);
        else if (i == 1)
            CHECK(MPI::Request::Waitany(requests) == 0);
        else if (i == 2)
            requests[0].Wait();
        else if (i == 3)
            CHECK(MPI::Request::Waitsome(requests) == std::vector<int>{0});
        else
            while (!requests[0].Test()) {}
        worker.join();
        CHECK(requests[0].is_null());
    }
}

TEST_CASE("Cancel asks the user's function", "[grequest]") {
    int asked = 0, late = 0;
    MPI::Grequest request =
        MPI::Grequest::Start([](MPI::Status& status) { status.Set_cancelled(true); }, [] {}, [&](bool complete) { complete ? ++late : ++asked; });
    request.Cancel();
    CHECK(asked == 1);
    request.Complete();
    MPI::Status status;
    request.Wait(&status);
    CHECK(status.Is_cancelled());
    CHECK(late == 0);
}

TEST_CASE("A request of the user's own that is dropped is cancelled and freed", "[grequest]") {
    int freed = 0, cancelled = 0;
    const auto start = [&] { return MPI::Grequest::Start([](MPI::Status&) {}, [&] { ++freed; }, [&](bool) { ++cancelled; }); };
    { const MPI::Grequest request = start(); }
    CHECK(freed == 1);
    CHECK(cancelled == 1);
    {
        MPI::Grequest request = start();
        request.Complete();
    }
    CHECK(freed == 2);
    CHECK(cancelled == 1);
    MPI::Grequest a = start(), b = start();
    a = std::move(b);
    CHECK(freed == 3);
    CHECK(b.is_null());
    a.Complete();
    a.Wait();
    CHECK(freed == 4);
}

TEST_CASE("A request of the user's own may be dropped or freed before its Grequest", "[grequest]") {
    int freed = 0, cancelled = 0;
    const auto start = [&] { return MPI::Grequest::Start([](MPI::Status&) {}, [&] { ++freed; }, [&](bool) { ++cancelled; }); };
    {
        MPI::Grequest dropped = start(), completed = start();
        {
            std::vector<MPI::Request> requests;
            requests.push_back(std::move(dropped));
            requests.push_back(std::move(completed));
        }
        completed.Complete();
    }
    CHECK(freed == 2);
    CHECK(cancelled == 2);
    {
        MPI::Grequest request = start();
        request.Free();
        CHECK(request.is_null());
    }
    CHECK(freed == 3);
    CHECK(cancelled <= 3);  // it is told to end where the MPI keeps it until it is complete
}

TEST_CASE("A request of the user's own that is dropped may be completed by the function that cancels it", "[grequest]") {
    int freed = 0, cancelled = 0;
    {
        MPI::Grequest request = MPI::Grequest::Start([](MPI::Status&) {}, [&] { ++freed; },
                                                     [&](bool complete) {
                                                         ++cancelled;
                                                         if (!complete)
                                                             request.Complete();
                                                     });
    }
    CHECK(freed == 1);
    CHECK(cancelled == 1);
    MPI::Grequest request = MPI::Grequest::Start([](MPI::Status&) {}, [] {}, [&](bool) { request.Complete(); });
    request = MPI::Grequest::Start();  // the old one's function cannot complete this
    CHECK_FALSE(request.Test());
    request.Complete();
    request.Wait();
}

TEST_CASE("A request of the user's own that is dropped while it is cancelled is freed afterwards", "[grequest]") {
    int freed = 0, cancelled = 0, freed_meanwhile = -1;
    MPI::Request request;
    {
        MPI::Grequest dropped = MPI::Grequest::Start([](MPI::Status&) {}, [&] { ++freed; },
                                                     [&](bool) {
                                                         ++cancelled;
                                                         { const MPI::Request old = std::move(request); }
                                                         freed_meanwhile = freed;
                                                     });
        request = std::move(dropped);
    }
    CHECK(cancelled == 1);
    CHECK(freed_meanwhile == 0);
    CHECK(freed == 1);
}

TEST_CASE("A request of the user's own can be completed while another begins", "[grequest]") {
    if (MPI::Query_thread() != MPI::THREAD_MULTIPLE)
        return;
    MPI::Grequest request = MPI::Grequest::Start();
    std::future<void> completed;
    bool is_complete = false;
    before_start = [&] {
        completed = std::async(std::launch::async, [&] { request.Complete(); });
        is_complete = completed.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
    };
    MPI::Grequest other = MPI::Grequest::Start();
    CHECK(is_complete);
    completed.get();
    request.Wait();
    other.Complete();
    other.Wait();
}

TEST_CASE("A request of the user's own completes once", "[grequest]") {
    MPI::Grequest request = MPI::Grequest::Start();
    request.Complete();
    CHECK(contains(error_of_class(MPI::ERR_REQUEST, [&] { request.Complete(); }), "MPI_Grequest_complete: it is complete already"));
    request.Wait();
    CHECK(contains(error_of_class(MPI::ERR_REQUEST, [] { MPI::Grequest().Complete(); }), "MPI_Grequest_complete: it is complete already"));
}

TEST_CASE("An exception in a function of the user's own request is the error of the call", "[grequest]") {
    MPI::Grequest request = MPI::Grequest::Start([](MPI::Status&) { throw MPI::Exception(MPI::ERR_NO_SPACE); });
    request.Complete();
    int error = MPI::SUCCESS;
    try {
        request.Wait();
    } catch (const MPI::Exception& e) {
        error = e.Get_error_class();
    }
#ifdef OMPI_MPI_H
    CHECK((error == MPI::SUCCESS || error == MPI::ERR_NO_SPACE));
#else
    CHECK(error == MPI::ERR_NO_SPACE);
#endif
    MPI::Grequest other = MPI::Grequest::Start([](MPI::Status&) { throw std::runtime_error("no exception of MPI"); });
    other.Complete();
    error = MPI::SUCCESS;
    try {
        other.Wait();
    } catch (const MPI::Exception& e) {
        error = e.Get_error_class();
    }
    CHECK((error == MPI::ERR_OTHER || error == MPI::SUCCESS));
}
