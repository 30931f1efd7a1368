/* What a cache hit costs without any runtime: reads the file it is given and prints it. */
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static char text[65536];
  int file = argc > 1 ? open(argv[1], O_RDONLY) : -1;
  if (file < 0) return 1;
  ssize_t length = read(file, text, sizeof text);
  return length > 0 && write(1, text, (size_t)length) == length ? 0 : 1;
}
