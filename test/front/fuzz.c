/* A libFuzzer target (npm run fuzz -- front): the front composes a whole answer or none. */
#define VERSION "fuzzed"
#define main front_main
#include "../../src/front/front.c"
#undef main

#define BEGIN "{\"Version\":1,\"AccessKeyId\":\""
#define END "\",\"AccountId\":\"123456789011\"}\n"

/* Of an answer: six keys, five texts. */
#define QUOTES 22

static void check(const struct buffer *answer) {
  size_t quotes = 0;
  for (size_t i = 0; i + 1 < answer->length; i++) {
    if (answer->bytes[i] < 0x20 || answer->bytes[i] > 0x7e || answer->bytes[i] == '\\') abort();
    quotes += answer->bytes[i] == '"';
  }
  if (quotes != QUOTES || answer->length >= BUFFER_BYTES || answer->length < sizeof BEGIN + sizeof END) abort();
  if (memcmp(answer->bytes, BEGIN, sizeof BEGIN - 1) != 0) abort();
  if (memcmp(answer->bytes + answer->length - (sizeof END - 1), END, sizeof END - 1) != 0) abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  /* 1970, and 2097 in which most of it has expired. */
  static const int64_t clocks[] = {0, 4007836800};
  struct buffer answer = {.length = 0}, path = {.length = 0};
  if (size > MAX_FILE_BYTES) return 0;
  for (int i = 0; i < 2; i++) {
    if (compose(&answer, (struct text){(const char *)data, size}, text_of("123456789011"), clocks[i])) check(&answer);
    answer = (struct buffer){.length = 0};
  }
  /* The same bytes as a role's name: plain ones name a file, of the length of every other. */
  char role[512];
  size_t length = size < sizeof role ? size : sizeof role - 1;
  memcpy(role, data, length);
  role[length] = '\0';
  if (is_plain(role) && cache_path(&path, "s", "123456789011", role)) {
    if (path.length != strlen(getenv("HOME")) + strlen(ROLE_CACHE) + 40 + strlen(".json")) abort();
  }
  return 0;
}
