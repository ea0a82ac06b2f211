// krait: the executable.
int main() { return 0; }
