/*
 * The native front of sso-cred: prints the credentials of a cache hit, and hands every other run to
 * the program by execve.
 *
 * It knows one command line, `SESSION --account-id ID --role-name ROLE`, one file, and one form of
 * that file. It answers only where src/hit/printCachedCredentials.ts would print the same bytes; at
 * the first doubt the program decides, with the same arguments, environment, folder and
 * descriptors. It allocates nothing, reads no config and makes no request. Fixed buffers are filled
 * by append(), and the file is read by peek() and take(), nowhere else.
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
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <sys/auxv.h>
#endif

/* test/unit/front compares these with the TypeScript. The build defines VERSION. */
#define MAX_FILE_BYTES 65536
#define FRESH_SECONDS 900
#define ACCOUNT_FLAG "--account-id"
#define ROLE_FLAG "--role-name"
#define ROLE_CACHE "/.aws/cli/cache/"
#define EXIT_CONFIG 3
#define EXIT_UNAVAILABLE 7

/* With its final NUL. Linux writes 4096 bytes into a pipe whole or not at all (PIPE_BUF). */
#define BUFFER_BYTES 4096
/* Time-outs for a reader that stops in the middle of the answer, and for the line on stderr. */
#define OUTPUT_WAIT_MS 50000
#define ERROR_WAIT_MS 1000

extern char **environ;

struct text {
  const char *bytes;
  size_t length;
};

struct buffer {
  char bytes[BUFFER_BYTES];
  size_t length;
  int is_full;
};

static struct text text_of(const char *string) {
  return (struct text){string, strlen(string)};
}

static int equals(struct text a, struct text b) {
  return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* An environment variable; empty if it is not set. */
static struct text variable(const char *name) {
  const char *value = getenv(name);
  return text_of(value == NULL ? "" : value);
}

/* Appends, leaving room for a final NUL. What does not fit marks the buffer as full for good. */
static void append(struct buffer *to, struct text from) {
  to->is_full |= from.length >= sizeof to->bytes - to->length;
  if (to->is_full) return;
  memcpy(to->bytes + to->length, from.bytes, from.length);
  to->length += from.length;
  to->bytes[to->length] = '\0';
}

static void add(struct buffer *to, const char *string) {
  append(to, text_of(string));
}

/* --- JSON: objects of strings without escapes, with known keys --- */

struct field {
  const char *key;      /* NULL ends a list */
  struct field *fields; /* of an object; NULL: a string */
  struct text value;    /* its bytes are NULL until the key is seen */
};

/* The next byte, or -1 at the end. */
static int peek(const struct text *from) {
  return from->length > 0 ? (unsigned char)from->bytes[0] : -1;
}

static void skip(struct text *from) {
  from->bytes++, from->length--;
}

/* Takes this byte, and white space before it. */
static int take(struct text *from, int byte) {
  while (peek(from) == ' ' || peek(from) == '\n' || peek(from) == '\r' || peek(from) == '\t') skip(from);
  if (peek(from) != byte) return 0;
  skip(from);
  return 1;
}

/* Takes printable ASCII in quotes, which JSON.stringify and json.dumps write as it is. */
static int take_string(struct text *from, struct text *string) {
  if (!take(from, '"')) return 0;
  for (*string = (struct text){from->bytes, 0}; peek(from) != '"'; string->length++, skip(from)) {
    if (peek(from) < 0x20 || peek(from) > 0x7e || peek(from) == '\\') return 0;
  }
  return take(from, '"');
}

/* An unknown key and one that occurs twice are doubts. `fields` is at most two levels deep. */
static int take_object(struct text *from, struct field *fields) {
  if (!take(from, '{')) return 0;
  do {
    struct field *field = fields;
    struct text key;
    if (!take_string(from, &key)) return 0;
    while (field->key != NULL && !equals(text_of(field->key), key)) field++;
    if (field->key == NULL || field->value.bytes != NULL || !take(from, ':')) return 0;
    field->value.bytes = from->bytes;
    if (field->fields ? !take_object(from, field->fields) : !take_string(from, &field->value)) return 0;
  } while (take(from, ','));
  return take(from, '}');
}

/* --- The file: which one, what is in it, until when --- */

/* Epoch seconds of `YYYY-MM-DDTHH:MM:SSZ`; 0 for other forms and impossible dates. */
static int64_t epoch_seconds(struct text text) {
  static const char form[] = "0000-00-00T00:00:00Z";
  static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t parts[7] = {0}, *part = parts;
  if (text.length != sizeof form - 1) return 0;
  for (size_t i = 0; i < text.length; i++) {
    int is_digit = text.bytes[i] >= '0' && text.bytes[i] <= '9';
    if (form[i] == '0' ? !is_digit : text.bytes[i] != form[i]) return 0;
    if (is_digit) *part = *part * 10 + (text.bytes[i] - '0');
    else part++;
  }
  int64_t year = parts[0], month = parts[1], day = parts[2], hour = parts[3], minute = parts[4], second = parts[5];
  int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return 0;
  if (day < 1 || day > month_days[month - 1] + (month == 2 && is_leap)) return 0;
  int64_t leap_days = (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400 + (month > 2 && is_leap);
  int64_t days = (year - 1970) * 365 + leap_days + day - 1;
  while (--month > 0) days += month_days[month - 1];
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

static uint32_t rotate(uint32_t word, int bits) {
  return word << bits | word >> (32 - bits);
}

/* Appends the 40 hex digits of the SHA-1 (FIPS 180-4, 6.1), which only names the file. */
static void append_sha1(struct buffer *to, const struct buffer *message) {
  uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  /* The message, one bit, zeros up to a multiple of 64 bytes, and the length in bits. */
  unsigned char padded[BUFFER_BYTES + 64] = {0};
  size_t end = (message->length + 8) / 64 * 64 + 64;
  memcpy(padded, message->bytes, message->length);
  padded[message->length] = 0x80;
  padded[end - 2] = (unsigned char)(message->length * 8 >> 8);
  padded[end - 1] = (unsigned char)(message->length * 8);
  for (const unsigned char *block = padded; block < padded + end; block += 64) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int t = 0; t < 80; t++) {
      const unsigned char *word = block + 4 * t;
      w[t] = t < 16 ? (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3]
                    : rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
      uint32_t mixed = t < 20   ? ((b & c) | (~b & d)) + 0x5a827999u
                       : t < 40 ? (b ^ c ^ d) + 0x6ed9eba1u
                       : t < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu
                                : (b ^ c ^ d) + 0xca62c1d6u;
      uint32_t next = rotate(a, 5) + mixed + e + w[t];
      e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 40; i++) append(to, (struct text){&"0123456789abcdef"[h[i / 8] >> (28 - 4 * (i % 8)) & 15], 1});
}

/* The AWS CLI's file for a role: the SHA-1 of minified JSON with sorted keys. */
static int cache_path(struct buffer *path, const char *session, const char *account, const char *role) {
  struct buffer key = {.length = 0};
  struct text home = variable("HOME");
  /* Without a home the program asks the system for it, and it decodes one that is not ASCII. */
  if (home.length == 0) return 0;
  for (size_t i = 0; i < home.length; i++) {
    if ((unsigned char)home.bytes[i] > 0x7e) return 0;
  }
  add(&key, "{\"accountId\":\""), add(&key, account);
  add(&key, "\",\"roleName\":\""), add(&key, role);
  add(&key, "\",\"sessionName\":\""), add(&key, session), add(&key, "\"}");
  append(path, home), add(path, ROLE_CACHE), append_sha1(path, &key), add(path, ".json");
  return !key.is_full && !path->is_full;
}

/* Reads a regular file as a whole. Looks first, because to open a pipe or device has effects. */
static int read_file(const char *path, struct text *file) {
  static char bytes[MAX_FILE_BYTES];
  struct stat found;
  if (stat(path, &found) != 0 || !S_ISREG(found.st_mode)) return 0;
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = read(fd, bytes, sizeof bytes);
  close(fd);
  *file = (struct text){bytes, (size_t)length};
  return length > 0 && length == found.st_size;
}

/* Whether the environment names this portal, which is not AWS's. */
static int is_named(struct text portal) {
  struct text url = variable("AWS_ENDPOINT_URL_SSO");
  if (url.length == 0) url = variable("AWS_ENDPOINT_URL");
  return equals(url, portal) && variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").length == 0;
}

/* The credential_process document out of the file, if it is this account's and fresh. */
static int compose(struct buffer *answer, struct text file, struct text account, int64_t now) {
  struct field credentials[] = {{.key = "AccessKeyId"}, {.key = "SecretAccessKey"}, {.key = "SessionToken"},
                                {.key = "Expiration"},  {.key = "AccountId"},       {.key = NULL}};
  struct field ours[] = {{.key = "endpoint"}, {.key = "session"}, {.key = "accountId"}, {.key = "roleName"},
                         {.key = "startUrl"}, {.key = "region"},  {.key = "config"},    {.key = NULL}};
  struct field top[] = {{.key = "ProviderType"}, {.key = "Credentials", .fields = credentials},
                        {.key = "SsoCred", .fields = ours}, {.key = NULL}};
  if (!take_object(&file, top) || peek(&file) != -1 || !equals(top[0].value, text_of("sso"))) return 0;
  if (credentials[4].value.bytes != NULL && !equals(credentials[4].value, account)) return 0;
  if (ours[0].value.length > 0 && !is_named(ours[0].value)) return 0;
  /* `now` is rounded down, so at least FRESH_SECONDS are left. */
  int64_t expires = epoch_seconds(credentials[3].value);
  if (expires == 0 || expires - now <= FRESH_SECONDS) return 0;
  add(answer, "{\"Version\":1");
  for (int i = 0; i < 4; i++) {
    if (credentials[i].value.length == 0) return 0;
    add(answer, ",\""), add(answer, credentials[i].key), add(answer, "\":\"");
    append(answer, credentials[i].value), add(answer, "\"");
  }
  add(answer, ",\"AccountId\":\""), append(answer, account), add(answer, "\"}\n");
  return !answer->is_full;
}

/* --- The hit --- */

/* Writes once the descriptor has room, which a pipe then has for a whole buffer. */
static ssize_t write_some(int fd, struct text rest, int timeout_ms) {
  struct pollfd out = {.fd = fd, .events = POLLOUT};
  return poll(&out, 1, timeout_ms) == 1 && out.revents == POLLOUT ? write(fd, rest.bytes, rest.length) : -1;
}

/* Says why the run ends, in one line, whatever the folder is called. */
_Noreturn static void fail(int code, const char *what, const char *name, const char *why) {
  struct buffer line = {.length = 0};
  add(&line, "sso-cred: "), add(&line, what), add(&line, name), add(&line, why), add(&line, "\n");
  for (size_t i = 0; i + 1 < line.length; i++) {
    if ((unsigned char)line.bytes[i] < 0x20 || line.bytes[i] == 0x7f) line.bytes[i] = '?';
  }
  signal(SIGPIPE, SIG_IGN);
  write_some(STDERR_FILENO, (struct text){line.bytes, line.length}, ERROR_WAIT_MS);
  _exit(code);
}

/* 0: nothing was written, so the program may still answer. On a terminal it always does. */
static int print(const struct buffer *answer) {
  struct text rest = {answer->bytes, answer->length};
  if (isatty(STDOUT_FILENO)) return 0;
  while (rest.length > 0) {
    int is_begun = rest.length < answer->length;
    ssize_t count = write_some(STDOUT_FILENO, rest, is_begun ? OUTPUT_WAIT_MS : 0);
    if (count <= 0 && !is_begun) return 0;
    if (count <= 0) fail(EXIT_UNAVAILABLE, "the output was cut short", "", "");
    rest.bytes += count, rest.length -= (size_t)count;
  }
  return 1;
}

/* Whether `word` is one that every shell and SDK reads alike, and JSON writes as it is. */
static int is_plain(const char *word) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@/%:+=,-";
  return word[0] != '\0' && word[0] != '-' && word[strspn(word, plain)] == '\0';
}

/* Whether the whole run was a cache hit, and is done. */
static int answers(int argc, char **argv) {
  static struct buffer path, answer;
  struct text file;
  struct timespec now;
  /* The line that init writes. `init` itself is a command. */
  if (argc != 6 || strcmp(argv[2], ACCOUNT_FLAG) != 0 || strcmp(argv[4], ROLE_FLAG) != 0) return 0;
  const char *session = argv[1], *account = argv[3], *role = argv[5];
  if (!is_plain(session) || strcmp(session, "init") == 0 || !is_plain(account) || !is_plain(role)) return 0;
  if (getenv("SSO_CRED_TRACE") != NULL || getenv("SSO_CRED_CACHE") != NULL) return 0;
  return cache_path(&path, session, account, role) && read_file(path.bytes, &file) &&
         clock_gettime(CLOCK_REALTIME, &now) == 0 && compose(&answer, file, text_of(account), now.tv_sec) &&
         print(&answer);
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
  struct buffer given = {.length = 0};
  if (found != NULL) add(&given, found);
  return realpath(given.bytes, path) != NULL;
#endif
}

/* Cuts the last name off an absolute path, and the slash before it. */
static void cut_name(char *path) {
  char *slash = strrchr(path, '/');
  if (slash != NULL) *slash = '\0';
}

/* Whether `path` belongs to us, to root or to the owner of the front. */
static int is_trusted(const struct buffer *path, uid_t installer) {
  struct stat found;
  if (path->is_full || lstat(path->bytes, &found) != 0) return 0;
  if (found.st_uid == 0 || found.st_uid == installer || found.st_uid == geteuid()) return 1;
  errno = EPERM;
  return 0;
}

/* Runs the program in the folder above this file's, where installations have it, or beside it. */
_Noreturn static void hand_on(char **argv) {
  static const char *const names[2][2] = {{"/libexec", "/sso-cred/sso-cred"}, {"/sso-cred-core", ""}};
  static struct buffer places[2];
  static char self[PATH_MAX];
  struct stat own;
  int named = 0, is_missing = 1;
  if (own_path(self)) {
    uid_t installer = stat("/proc/self/exe", &own) == 0 || stat(self, &own) == 0 ? own.st_uid : geteuid();
    cut_name(self), add(&places[1], self);
    cut_name(self), add(&places[0], self);
    for (int i = 0; i < 2; i++) {
      add(&places[i], names[i][0]);
      /* In a folder that is everybody's (/tmp), the owner of libexec could exchange the program. */
      int is_ours = is_trusted(&places[i], installer);
      add(&places[i], names[i][1]);
      if (is_ours && is_trusted(&places[i], installer)) execve(places[i].bytes, argv, environ);
      if (is_missing && errno != ENOENT && errno != ENOTDIR) named = i, is_missing = 0;
    }
  }
  /* The one that is there; of two that are missing the installation's. */
  fail(EXIT_CONFIG, "the front " VERSION " cannot run the program ", places[named].bytes,
       is_missing ? ", which is missing" : "");
}

int main(int argc, char **argv) {
  if (!answers(argc, argv)) hand_on(argv);
  return 0;
}
