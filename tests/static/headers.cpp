// Linked with one translation unit a header: what a header defines twice would clash here.
int main() {}
