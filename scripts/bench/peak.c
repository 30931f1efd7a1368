/* Runs a command and prints its peak memory in bytes to stderr; exec keeps a parent's peak. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __APPLE__
#define UNIT 1L
#else
#define UNIT 1024L
#endif

int main(int argc, char **argv) {
  int status;
  struct rusage used;
  pid_t child = argc > 1 ? fork() : -1;
  if (child == 0) execv(argv[1], argv + 1);
  if (child <= 0 || wait4(child, &status, 0, &used) != child || status != 0) return 1;
  fprintf(stderr, "%ld", used.ru_maxrss * UNIT);
  return 0;
}
