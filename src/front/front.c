/*
 * The native front of sso-cred: answers a cache hit, and hands other runs to the program by execve.
 *
 * It knows one command line, `SESSION --account-id ID --role-name ROLE`, one file, and one form of
 * that file. It answers only where src/hit/printCachedCredentials.ts would print the same bytes; at
 * the first doubt the program decides, with the same arguments, environment, folder and
 * descriptors. It allocates nothing, reads no config and makes no request. Fixed buffers are filled
 * by append() and input is read by peek() and take(), nowhere else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <sys/auxv.h>
#endif

#ifndef VERSION
#define VERSION "0.0.0"
#endif

/* test/unit/front compares these with the TypeScript. */
#define MAX_FILE_BYTES 65536
#define FRESH_MS 900000
#define ACCOUNT_FLAG "--account-id"
#define ROLE_FLAG "--role-name"
#define ROLE_CACHE "/.aws/cli/cache/"
#define EXIT_CONFIG 3
#define EXIT_UNAVAILABLE 7

/* Linux writes up to PIPE_BUF, 4096 bytes, into a pipe whole or not at all. */
#define MAX_ANSWER_BYTES 4095
#define BUFFER_BYTES 4096
/* Time-outs for a reader that stops in the middle of the answer, and for the line on stderr. */
#define OUTPUT_WAIT_MS 50000
#define ERROR_WAIT_MS 1000

/* Where the program may be: from the folder above this file's, and beside it, in this order. */
#define INSTALLED_PROGRAM "libexec/sso-cred/sso-cred"
#define PROGRAM_BESIDE "sso-cred-core"

extern char **environ;

/* --- Text: a view of bytes, a buffer, a cursor --- */

struct text {
  const char *bytes;
  size_t length;
};

struct buffer {
  char bytes[BUFFER_BYTES];
  size_t length;
  int is_full;
};

struct cursor {
  const char *at;
  const char *end;
};

static struct text text_of(const char *string) {
  return (struct text){string, strlen(string)};
}

static int equals(struct text a, struct text b) {
  return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* Appends, leaving room for a final NUL. What does not fit marks the buffer as full for good. */
static void append(struct buffer *to, struct text from) {
  if (to->is_full || from.length >= sizeof to->bytes - to->length) {
    to->is_full = 1;
    return;
  }
  memcpy(to->bytes + to->length, from.bytes, from.length);
  to->length += from.length;
  to->bytes[to->length] = '\0';
}

static void empty(struct buffer *buffer) {
  buffer->length = 0;
  buffer->is_full = 0;
  buffer->bytes[0] = '\0';
}

static void add(struct buffer *to, const char *string) {
  append(to, text_of(string));
}

/* The next byte, or -1 at the end. */
static int peek(const struct cursor *from) {
  return from->at < from->end ? (unsigned char)*from->at : -1;
}

static int take(struct cursor *from, int byte) {
  if (peek(from) != byte) return 0;
  from->at++;
  return 1;
}

/* --- JSON: objects of strings without escapes, with known keys --- */

struct field {
  const char *key;      /* NULL ends a list */
  struct field *fields; /* of an object; NULL: a string */
  struct text value;
  int is_seen;
};

static void skip_blanks(struct cursor *from) {
  while (take(from, ' ')) continue;
}

static int take_string(struct cursor *from, struct text *string) {
  if (!take(from, '"')) return 0;
  string->bytes = from->at;
  /* Printable ASCII: what JSON.stringify and json.dumps write as it is. */
  while (peek(from) >= 0x20 && peek(from) <= 0x7e && peek(from) != '"' && peek(from) != '\\') from->at++;
  string->length = (size_t)(from->at - string->bytes);
  return take(from, '"');
}

static struct field *find(struct field *fields, struct text key) {
  for (; fields->key != NULL; fields++) {
    if (equals(text_of(fields->key), key)) return fields;
  }
  return NULL;
}

/* An unknown key and one that occurs twice are doubts. `fields` is at most two levels deep. */
static int take_object(struct cursor *from, struct field *fields) {
  if (!take(from, '{')) return 0;
  do {
    struct text key;
    skip_blanks(from);
    if (!take_string(from, &key)) return 0;
    struct field *field = find(fields, key);
    if (field == NULL || field->is_seen) return 0;
    field->is_seen = 1;
    skip_blanks(from);
    if (!take(from, ':')) return 0;
    skip_blanks(from);
    if (field->fields ? !take_object(from, field->fields) : !take_string(from, &field->value)) return 0;
    skip_blanks(from);
  } while (take(from, ','));
  return take(from, '}');
}

/* --- Time --- */

/* The number that stands at `at`: so many digits. */
static int64_t number(struct text digits, size_t at, size_t count) {
  int64_t value = 0;
  for (size_t i = at; i < at + count && i < digits.length; i++) value = value * 10 + (digits.bytes[i] - '0');
  return value;
}

/* Reads `YYYY-MM-DDTHH:MM:SSZ` as epoch milliseconds; 0 for other forms and impossible dates. */
static int parse_timestamp(struct text text, int64_t *epoch_ms) {
  static const char form[] = "0000-00-00T00:00:00Z";
  static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (text.length != sizeof form - 1) return 0;
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.bytes[i];
    if (form[i] == '0' ? byte < '0' || byte > '9' : byte != form[i]) return 0;
  }
  int64_t year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
  int64_t hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return 0;
  int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day > month_days[month - 1] + (month == 2 && is_leap)) return 0;
  int64_t before = year - 1;
  int64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;
  for (int64_t m = 1; m < month; m++) days += month_days[m - 1] + (m == 2 && is_leap);
  *epoch_ms = (((days + day - 1) * 24 + hour) * 60 + minute) * 60000 + second * 1000;
  return 1;
}

static int64_t now_ms(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return INT64_MAX;
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- SHA-1 (FIPS 180-4, 6.1), which only names the file, as in every AWS tool --- */

static uint32_t rotate(uint32_t word, int bits) {
  return word << bits | word >> (32 - bits);
}

static void sha1_block(uint32_t state[5], const unsigned char block[64]) {
  uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int t = 0; t < 16; t++) {
    const unsigned char *word = block + 4 * t;
    w[t] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
  }
  for (int t = 16; t < 80; t++) w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  for (int t = 0; t < 80; t++) {
    uint32_t mixed = t < 20   ? ((b & c) | (~b & d)) + 0x5a827999u
                     : t < 40 ? (b ^ c ^ d) + 0x6ed9eba1u
                     : t < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu
                              : (b ^ c ^ d) + 0xca62c1d6u;
    uint32_t next = rotate(a, 5) + mixed + e + w[t];
    e = d, d = c, c = rotate(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/* Appends the 40 hex digits of the SHA-1 of `message`. */
static void append_sha1(struct buffer *to, struct text message) {
  uint32_t state[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  /* The message, one bit, zeros up to a multiple of 64, and its length in bits. */
  size_t blocks = (message.length + 8) / 64 + 1;
  for (size_t i = 0; i < blocks; i++) {
    unsigned char block[64];
    for (size_t j = 0; j < sizeof block; j++) {
      size_t at = i * 64 + j, left = blocks * 64 - 1 - at;
      block[j] = at < message.length    ? (unsigned char)message.bytes[at]
                 : at == message.length ? 0x80
                 : left < 4             ? (unsigned char)((uint32_t)message.length * 8 >> 8 * left)
                                        : 0;
    }
    sha1_block(state, block);
  }
  for (int i = 0; i < 40; i++) {
    append(to, (struct text){&"0123456789abcdef"[state[i / 8] >> (28 - 4 * (i % 8)) & 15], 1});
  }
}

/* --- The hit --- */

/* Whether `word` is one that every shell and SDK reads alike, and JSON writes as it is. */
static int is_plain(const char *word) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@/%:+=,-";
  return word[0] != '\0' && word[0] != '-' && word[strspn(word, plain)] == '\0';
}

static int is_account(const char *word) {
  return strlen(word) == 12 && strspn(word, "0123456789") == 12;
}

/* The AWS CLI's file for a role: the SHA-1 of minified JSON with sorted keys. */
static int cache_path(struct buffer *path, const char *session, const char *account, const char *role) {
  static struct buffer key;
  const char *home = getenv("HOME");
  /* Without a home the program asks the system for it, and it decodes one that is not ASCII. */
  if (home == NULL || home[0] == '\0') return 0;
  for (const char *at = home; *at != '\0'; at++) {
    if ((unsigned char)*at > 0x7e) return 0;
  }
  empty(&key);
  add(&key, "{\"accountId\":\""), add(&key, account);
  add(&key, "\",\"roleName\":\""), add(&key, role);
  add(&key, "\",\"sessionName\":\""), add(&key, session), add(&key, "\"}");
  empty(path);
  add(path, home), add(path, ROLE_CACHE);
  append_sha1(path, (struct text){key.bytes, key.length});
  add(path, ".json");
  return !key.is_full && !path->is_full;
}

/* Reads a regular file of ≤ MAX_FILE_BYTES. Checks first: opening a pipe or device has effects. */
static int read_file(const char *path, char *bytes, size_t *length) {
  struct stat found;
  if (stat(path, &found) != 0 || !S_ISREG(found.st_mode)) return 0;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t got = -1;
  *length = 0;
  if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_size <= MAX_FILE_BYTES) {
    while (*length <= MAX_FILE_BYTES && (got = read(fd, bytes + *length, MAX_FILE_BYTES + 1 - *length)) > 0) {
      *length += (size_t)got;
    }
  }
  close(fd);
  return got == 0 && *length <= MAX_FILE_BYTES;
}

/* The portal that the environment names. Empty where there is none, or where it may not count. */
static struct text portal_variable(void) {
  static const char *const names[] = {"AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"};
  const char *ignored = getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  for (size_t i = 0; i < 2 && (ignored == NULL || ignored[0] == '\0'); i++) {
    const char *url = getenv(names[i]);
    if (url != NULL && url[0] != '\0') return text_of(url);
  }
  return (struct text){"", 0};
}

/* The credential_process document out of the file's bytes, if it is this account's and fresh. */
static int compose(struct buffer *answer, struct text file, struct text account, int64_t now) {
  struct field credentials[] = {
      {.key = "AccessKeyId"}, {.key = "SecretAccessKey"}, {.key = "SessionToken"},
      {.key = "Expiration"},  {.key = "AccountId"},       {.key = NULL},
  };
  struct field ours[] = {
      {.key = "endpoint"}, {.key = "session"}, {.key = "accountId"}, {.key = "roleName"},
      {.key = "startUrl"}, {.key = "region"},  {.key = "config"},    {.key = NULL},
  };
  struct field top[] = {
      {.key = "ProviderType"},
      {.key = "Credentials", .fields = credentials},
      {.key = "SsoCred", .fields = ours},
      {.key = NULL},
  };
  struct cursor from = {file.bytes, file.bytes + file.length};
  if (!take_object(&from, top) || peek(&from) != -1) return 0;
  if (!top[0].is_seen || !equals(top[0].value, text_of("sso")) || !top[1].is_seen) return 0;
  if (credentials[4].is_seen && !equals(credentials[4].value, account)) return 0;
  if (ours[0].value.length != 0 && !equals(ours[0].value, portal_variable())) return 0;
  int64_t expires;
  if (!parse_timestamp(credentials[3].value, &expires) || expires - now < FRESH_MS) return 0;
  empty(answer);
  add(answer, "{\"Version\":1");
  for (int i = 0; i < 4; i++) {
    if (credentials[i].value.length == 0) return 0;
    add(answer, ",\""), add(answer, credentials[i].key), add(answer, "\":\"");
    append(answer, credentials[i].value), add(answer, "\"");
  }
  add(answer, ",\"AccountId\":\""), append(answer, account), add(answer, "\"}\n");
  return !answer->is_full && answer->length <= MAX_ANSWER_BYTES;
}

/* Waits for room, then writes without blocking: a socket by a flag, a pipe because it has room. */
static ssize_t write_some(int fd, struct text rest, int timeout_ms) {
  struct pollfd out = {.fd = fd, .events = POLLOUT};
  if (poll(&out, 1, timeout_ms) != 1 || out.revents != POLLOUT) return -1;
  ssize_t count = send(fd, rest.bytes, rest.length, MSG_DONTWAIT);
  return count < 0 && errno == ENOTSOCK ? write(fd, rest.bytes, rest.length) : count;
}

/* Says why the run ends. */
static void complain(const char *what, const char *name, const char *why) {
  static struct buffer line;
  empty(&line);
  add(&line, "sso-cred: "), add(&line, what), add(&line, name), add(&line, why), add(&line, "\n");
  /* One line, whatever the folder is called. */
  for (size_t i = 0; i + 1 < line.length; i++) {
    if ((unsigned char)line.bytes[i] < 0x20 || line.bytes[i] == 0x7f) line.bytes[i] = '?';
  }
  signal(SIGPIPE, SIG_IGN);
  write_some(STDERR_FILENO, (struct text){line.bytes, line.length}, ERROR_WAIT_MS);
}

/* 0: nothing was written, so the program may still answer. On a terminal it always does. */
static int print(const struct buffer *answer) {
  struct sigaction ignored = {.sa_handler = SIG_IGN}, before;
  if (isatty(STDOUT_FILENO) || sigaction(SIGPIPE, &ignored, &before) != 0) return 0;
  struct text rest = {answer->bytes, answer->length};
  int timeout_ms = 0;
  while (rest.length > 0) {
    ssize_t count = write_some(STDOUT_FILENO, rest, timeout_ms);
    if (count <= 0) break;
    rest.bytes += count;
    rest.length -= (size_t)count;
    timeout_ms = OUTPUT_WAIT_MS;
  }
  if (rest.length == answer->length) {
    sigaction(SIGPIPE, &before, NULL);
    return 0;
  }
  if (rest.length > 0) {
    complain("the output was cut short", "", "");
    _exit(EXIT_UNAVAILABLE);
  }
  return 1;
}

/* Whether the whole run was a cache hit, and is done. */
static int answers(int argc, char **argv) {
  static char file[MAX_FILE_BYTES + 1];
  static struct buffer path, answer;
  size_t length;
  if (argc != 6 || strcmp(argv[2], ACCOUNT_FLAG) != 0 || strcmp(argv[4], ROLE_FLAG) != 0) return 0;
  const char *session = argv[1], *account = argv[3], *role = argv[5];
  if (!is_plain(session) || strcmp(session, "init") == 0 || !is_account(account) || !is_plain(role)) return 0;
  if (getenv("SSO_CRED_TRACE") != NULL || getenv("SSO_CRED_CACHE") != NULL) return 0;
  return cache_path(&path, session, account, role) && read_file(path.bytes, file, &length) &&
         compose(&answer, (struct text){file, length}, text_of(account), now_ms()) && print(&answer);
}

/* --- The program --- */

/* The path of this file, links resolved; an upgrade may have changed its name, not its folder. */
static int own_path(char path[PATH_MAX]) {
#ifdef __APPLE__
  char given[PATH_MAX];
  uint32_t size = sizeof given;
  return _NSGetExecutablePath(given, &size) == 0 && realpath(given, path) != NULL;
#else
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length > 0 && length < PATH_MAX - 1) {
    path[length] = '\0';
    return 1;
  }
  /* No /proc: the kernel's name for it. Copied: it ends with the stack; zig's strnlen reads on. */
  const char *found = (const char *)getauxval(AT_EXECFN);
  char given[PATH_MAX] = {0};
  for (int i = 0; found != NULL && i < PATH_MAX - 1 && found[i] != '\0'; i++) given[i] = found[i];
  return given[0] != '\0' && realpath(given, path) != NULL;
#endif
}

/*
 * The folder above may be writable for others (/tmp): a program there must belong to us,
 * to root or to the owner of the front.
 */
static int is_trusted(const char *program, uid_t installer) {
  struct stat found;
  if (lstat(program, &found) != 0) return 0;
  if (found.st_uid == 0 || found.st_uid == installer || found.st_uid == geteuid()) return 1;
  errno = EPERM;
  return 0;
}

/* Cuts the last name off an absolute path, and leaves the slash before it. */
static struct text folder_of(struct text path) {
  do path.length -= path.length > 1;
  while (path.length > 1 && path.bytes[path.length - 1] != '/');
  return path;
}

_Noreturn static void hand_on(char **argv) {
  static struct buffer places[2];
  static char self[PATH_MAX];
  struct stat own;
  int named = 0, is_missing = 1;
  if (own_path(self)) {
    uid_t installer = stat(self, &own) == 0 ? own.st_uid : geteuid();
    struct text folder = folder_of(text_of(self));
    append(&places[0], folder_of(folder)), add(&places[0], INSTALLED_PROGRAM);
    append(&places[1], folder), add(&places[1], PROGRAM_BESIDE);
    for (int i = 0; i < 2; i++) {
      if (!places[i].is_full && is_trusted(places[i].bytes, installer)) execve(places[i].bytes, argv, environ);
      if (is_missing && errno != ENOENT && errno != ENOTDIR) named = i, is_missing = 0;
    }
  }
  /* The one that is there; of two that are missing the first, where an installation has it. */
  complain("the front " VERSION " cannot run the program ", places[named].bytes, is_missing ? ", which is missing" : "");
  _exit(EXIT_CONFIG);
}

int main(int argc, char **argv) {
  if (!answers(argc, argv)) hand_on(argv);
  return 0;
}
