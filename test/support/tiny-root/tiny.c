/* One static program for the synthetic sandboxes of the tests, written for them: a small shell that echoes commands as kaem does, and under other names
   the few tools of a tree, and what a hostile program would try. Its tree has the structure of live-bootstrap's and none of its text. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

/* FIPS 180-4 */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int by) { return (x >> by) | (x << (32 - by)); }

static void hash_block(uint32_t h[8], const unsigned char *p) {
  uint32_t w[64], v[8];
  for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[i * 4] << 24 | p[i * 4 + 1] << 16 | p[i * 4 + 2] << 8 | p[i * 4 + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >> 3), b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  memcpy(v, h, 32);
  for (int i = 0; i < 64; i++) {
    uint32_t e = v[4], a = v[0];
    uint32_t x = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + K[i] + w[i];
    uint32_t y = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 28);
    v[4] += x;
    v[0] = x + y;
  }
  for (int i = 0; i < 8; i++) h[i] += v[i];
}

static int hash_file(const char *path, char out[65]) {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char block[128];
  uint64_t total = 0;
  size_t got;
  FILE *file = fopen(path, "rb");
  if (file == NULL) return -1;
  while ((got = fread(block, 1, 64, file)) == 64) {
    hash_block(h, block);
    total += 64;
  }
  total += got;
  memset(block + got, 0, 128 - got);
  block[got] = 0x80;
  size_t size = got < 56 ? 64 : 128;
  for (int i = 0; i < 8; i++) block[size - 1 - i] = (unsigned char)(total * 8 >> (8 * i));
  for (size_t at = 0; at < size; at += 64) hash_block(h, block + at);
  for (int i = 0; i < 8; i++) sprintf(out + i * 8, "%08x", h[i]);
  fclose(file);
  return 0;
}

static int check_sums(const char *list) {
  char line[1024], wanted[65], name[900], actual[65];
  int bad = 0;
  FILE *file = fopen(list, "r");
  if (file == NULL) return 1;
  while (fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "%64s %899s", wanted, name) != 2) continue;
    if (hash_file(name, actual) == 0 && strcmp(actual, wanted) == 0) printf("%s: OK\n", name);
    else {
      printf("%s: FAILED\nWanted:   %s\nReceived: %s\n", name, wanted, actual);
      bad = 1;
    }
  }
  fclose(file);
  return bad;
}

static int copy(const char *from, const char *to) {
  char buffer[65536];
  ssize_t got;
  int in = open(from, O_RDONLY), out;
  unlink(to);
  out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  if (in < 0 || out < 0) return 1;
  while ((got = read(in, buffer, sizeof buffer)) > 0)
    if (write(out, buffer, got) != got) return 1;
  return got < 0;
}

static int put(const char *path, const char *text, int flags) {
  int file = open(path, O_WRONLY | flags, 0644);
  if (file < 0) return -1;
  int written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
  close(file);
  return written ? 0 : -1;
}

/* Out of a changed root by changing it once more (chroot(2), NOTES): as root that works. Then a file is made there. */
static int write_outside(const char *path) {
  int was = open("/", O_RDONLY | O_DIRECTORY);
  mkdir("/cell", 0755);
  if (was >= 0 && chroot("/cell") == 0 && fchdir(was) == 0) {
    for (int i = 0; i < 64; i++) chdir("..");
    chroot(".");
  }
  printf("outside: %s\n", put(path, "x", O_CREAT) == 0 ? "written" : "refused");
  return 0;
}

/* Also by mounting it, or by mounting it anew. Nothing is written. */
static int write_sys(void) {
  mkdir("/sys", 0755);
  if (access("/sys/kernel", F_OK) != 0) mount("sysfs", "/sys", "sysfs", 0, NULL);
  mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND, NULL);
  if (access("/sys/kernel", F_OK) != 0) printf("sys: absent\n");
  else printf("sys: %s\n", access("/sys/kernel/profiling", W_OK) == 0 || access("/sys/block", W_OK) == 0 ? "writable" : "read-only");
  return 0;
}

/* How many processes there are, as far as it can see. */
static int count_processes(void) {
  int count = 0;
  struct dirent *entry;
  mkdir("/proc", 0755);
  if (access("/proc/self", F_OK) != 0) mount("proc", "/proc", "proc", 0, NULL);
  DIR *folder = opendir("/proc");
  while (folder != NULL && (entry = readdir(folder)) != NULL)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') count++;
  printf("processes: %d\n", count);
  return 0;
}

static int reach(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int line = socket(AF_INET, SOCK_STREAM, 0);
  printf("network: %s\n", line >= 0 && connect(line, (struct sockaddr *)&to, sizeof to) == 0 ? "reached" : "refused");
  return 0;
}

/* Children that ignore what can be ignored. */
static int fork_many(int count) {
  int made = 0;
  for (; made < count; made++) {
    pid_t child = fork();
    if (child < 0) break;
    if (child > 0) continue;
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    setsid();
    for (;;) pause();
  }
  printf("forked: %d\n", made);
  return 0;
}

static int answer(void) {
  char line[200];
  printf("Command: ");
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL) return 1;
  line[strcspn(line, "\r\n")] = 0;
  printf("\nanswered: %s\n", line);
  return 0;
}

static int chatter(int lines) {
  for (int i = 0; i < lines; i++) printf("line %d of %d, and it goes on to the right for a while\n", i + 1, lines);
  return 0;
}

static int run_script(const char *path);

static int tool(int argc, char **argv) {
  const char *name = strrchr(argv[0], '/') == NULL ? argv[0] : strrchr(argv[0], '/') + 1;
  const char *first = argc > 1 ? argv[1] : "", *second = argc > 2 ? argv[2] : "";
  if (strcmp(name, "cp") == 0) return copy(first, second);
  if (strcmp(name, "mkdir") == 0) return mkdir(first, 0755) != 0 && errno != EEXIST;
  if (strcmp(name, "sha256sum") == 0) return check_sums(second);
  if (strcmp(name, "append") == 0) return chmod(first, 0644) != 0 || put(first, "x", O_APPEND) != 0;
  if (strcmp(name, "write-outside") == 0) return write_outside(first);
  if (strcmp(name, "write-sys") == 0) return write_sys();
  if (strcmp(name, "count-processes") == 0) return count_processes();
  if (strcmp(name, "reach") == 0) return reach(atoi(first));
  if (strcmp(name, "fork-many") == 0) return fork_many(atoi(first));
  if (strcmp(name, "answer") == 0) return answer();
  if (strcmp(name, "chatter") == 0) return chatter(atoi(first));
  if (strcmp(name, "wait") == 0) return sleep(atoi(first)) * 0;
  if (strcmp(name, "fail") == 0) return 1;
  /* kaem, and the seed that starts everything */
  return run_script(strcmp(first, "--file") == 0 ? second : "/kaem.x86");
}

static int run_line(char *line) {
  char *words[32];
  int count = 0, status;
  for (char *word = strtok(line, " "); word != NULL && count < 31; word = strtok(NULL, " ")) words[count++] = word;
  words[count] = NULL;
  if (count == 0 || strchr(words[0], '=') != NULL) return 0;
  if (strcmp(words[0], "cd") == 0) return chdir(words[1]);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int end = tool(count, words);
    fflush(stdout);
    _exit(end);
  }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int run_script(const char *path) {
  char line[1024];
  FILE *file = fopen(path, "r");
  if (file == NULL) return 1;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    if (line[0] == 0 || line[0] == '#') continue;
    printf(" +> %s \n", line);
    fflush(stdout);
    if (run_line(line) != 0) {
      printf("Subprocess error 1\nABORTING HARD\n");
      fflush(stdout);
      return 1;
    }
  }
  fclose(file);
  return 0;
}

int main(int argc, char **argv) {
  int end = tool(argc, argv);
  fflush(stdout);
  return end;
}
