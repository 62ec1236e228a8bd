#include "bench/command.hpp"

namespace bench {

std::vector<Command> all_commands() { return {helloworld(), ringtest(), pingpong(), allreduce(), futures()}; }

Option quiet(bool& variable) { return flag("-q, --quiet", "says nothing but the verdict", variable); }
void silence(const Command& command) {
    std::string word = "--quiet";
    char* words[] = {word.data()};
    read_options(words, command.options);
}
Option loop(MPI::Count& variable) {
    return amount("-l, --loop", "COUNT", "how often; 0: as often as some 20 ms allow, four times, of which the fastest counts", variable, 0);
}
Option skip(MPI::Count& variable) { return amount("-s, --skip", "COUNT", "how often before that, without measuring", variable, 0); }

}  // namespace bench
