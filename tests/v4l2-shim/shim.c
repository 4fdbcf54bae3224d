// A webcam at /dev/video0 that is not there, for programs that this library is preloaded into: what
// they ask of the device by Video4Linux is answered here, from a folder. No kernel code runs; how
// the real driver answers was taken down once (uvcvideo.trace), and a test compares.
//
//   cc -O2 -shared -fPIC shim.c -o shim.so
//   LD_PRELOAD=shim.so REDA_WEBCAM=FOLDER program
//
// In the folder, each read anew whenever it matters, so that a test can change it meanwhile:
//   formats        a line each, "MJPG 1280 720 30"; the first is the one the device stands at
//   picture.jpg    what it sends in MJPG
//   picture.yuyv   what it sends in YUYV
//   trouble        nothing, or one of: stalled, unplugged, busy, forbidden, abort
//
// One device, opened once at a time by each process; processes do not see each other, hence "busy".
// The descriptor is a file in memory, so that mapping buffers needs no help. The Rust library under
// test calls syscall(SYS_ioctl, …), not ioctl(…): that is the one that is answered.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NODE "/dev/video0"
#define NAME "/sys/class/video4linux/video0/name"
#define FORMATS_MAX 16
#define BUFFERS_MAX 32
#define PATH_MAX_BYTES 512
#define LOOK_AGAIN_US 5000

// The function of this name that would run if this library were not there.
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum trouble { NONE, STALLED, UNPLUGGED, BUSY, FORBIDDEN, ABORT };
static const char *const troubles[] = {"", "stalled", "unplugged", "busy", "forbidden", "abort"};

struct format {
  uint32_t fourcc, width, height, fps;
};

static struct {
  int fd;
  struct format formats[FORMATS_MAX];
  unsigned format_count, format;
  bool streaming;
  unsigned buffer_count, sequence;
  uint8_t *buffers;
  // The queued ones, the oldest first.
  unsigned queue[BUFFERS_MAX], queue_from, queue_count;
  bool queued[BUFFERS_MAX];
  struct timespec due;
} device = {.fd = -1};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// ── The folder

static const char *folder(void) { return getenv("REDA_WEBCAM"); }

// Bytes read from a file of the folder, or -1. Past our own hooks.
static ssize_t load(const char *name, void *into, size_t bytes_max) {
  char path[PATH_MAX_BYTES];
  snprintf(path, sizeof path, "%s/%s", folder(), name);
  int fd = NEXT(open)(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t bytes = 0;
  ssize_t more;
  while (bytes < bytes_max && (more = read(fd, (uint8_t *)into + bytes, bytes_max - bytes)) > 0) bytes += more;
  NEXT(close)(fd);
  return bytes;
}

static enum trouble trouble(void) {
  char text[32] = "";
  ssize_t bytes = load("trouble", text, sizeof text - 1);
  if (bytes <= 0) return NONE;
  text[strcspn(text, "\n")] = 0;
  for (enum trouble known = NONE; known <= ABORT; known++)
    if (!strcmp(text, troubles[known])) return known;
  fprintf(stderr, "webcam shim: unknown trouble \"%s\"\n", text);
  abort();
}

static void load_formats(void) {
  char text[1024] = "";
  if (load("formats", text, sizeof text - 1) < 0) {
    fprintf(stderr, "webcam shim: no formats in %s\n", folder());
    abort();
  }
  device.format_count = 0;
  char *rest = text, *line;
  while ((line = strsep(&rest, "\n")) && device.format_count < FORMATS_MAX) {
    char c[5];
    struct format format;
    if (sscanf(line, "%4s %u %u %u", c, &format.width, &format.height, &format.fps) != 4) continue;
    format.fourcc = v4l2_fourcc(c[0], c[1], c[2], c[3]);
    device.formats[device.format_count++] = format;
  }
}

// ── Pictures

static const struct format *format(void) { return &device.formats[device.format]; }

static bool compressed(uint32_t fourcc) { return fourcc == V4L2_PIX_FMT_MJPEG; }

static size_t picture_bytes(void) { return (size_t)format()->width * format()->height * 2; }

// How far buffers lie apart: whole pages.
static size_t buffer_bytes(void) { return (picture_bytes() + 4095) & ~(size_t)4095; }

// Fills a buffer as the driver does: behind a short picture stays what an older one had there.
static size_t take_picture(uint8_t *into) {
  ssize_t bytes = load(compressed(format()->fourcc) ? "picture.jpg" : "picture.yuyv", into, picture_bytes());
  return bytes < 0 ? 0 : bytes;
}

static bool past(const struct timespec *time) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > time->tv_sec || (now.tv_sec == time->tv_sec && now.tv_nsec >= time->tv_nsec);
}

static void advance(struct timespec *time, long ns) {
  time->tv_sec += (time->tv_nsec + ns) / 1000000000;
  time->tv_nsec = (time->tv_nsec + ns) % 1000000000;
}

// Waits for a picture, for ever if the time is negative: 1 if there is one, 0 if not in time, -1 if
// the device has gone.
static int wait_for_picture(int ms) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  if (ms > 0) advance(&until, ms * 1000000L);
  for (;;) {
    enum trouble now = trouble();
    if (now == UNPLUGGED) return -1;
    if (now == ABORT) abort();
    if (now != STALLED && device.streaming && device.queue_count && past(&device.due)) return 1;
    if (ms >= 0 && past(&until)) return 0;
    usleep(LOOK_AGAIN_US);
  }
}

// ── What the device is asked. Each answers 0 or an error number.

static int query_capability(struct v4l2_capability *answer) {
  memset(answer, 0, sizeof *answer);
  strcpy((char *)answer->driver, "uvcvideo");
  strcpy((char *)answer->card, "Webcam that is not there");
  strcpy((char *)answer->bus_info, "usb-shim-1");
  answer->version = 0x060100;
  answer->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
  answer->capabilities = answer->device_caps | V4L2_CAP_DEVICE_CAPS;
  return 0;
}

// Whether an earlier format of the list is the same in this respect.
static bool listed(unsigned at, bool by_size) {
  const struct format *this = &device.formats[at];
  for (unsigned i = 0; i < at; i++) {
    const struct format *that = &device.formats[i];
    bool same_size = that->width == this->width && that->height == this->height;
    if (that->fourcc == this->fourcc && (!by_size || same_size)) return true;
  }
  return false;
}

static int list_formats(struct v4l2_fmtdesc *answer) {
  if (answer->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return EINVAL;
  unsigned index = 0;
  for (unsigned i = 0; i < device.format_count; i++) {
    if (listed(i, false) || index++ != answer->index) continue;
    answer->pixelformat = device.formats[i].fourcc;
    answer->flags = compressed(answer->pixelformat) ? V4L2_FMT_FLAG_COMPRESSED : 0;
    strcpy((char *)answer->description, compressed(answer->pixelformat) ? "Motion-JPEG" : "YUYV 4:2:2");
    return 0;
  }
  return EINVAL;
}

static int list_sizes(struct v4l2_frmsizeenum *answer) {
  unsigned index = 0;
  for (unsigned i = 0; i < device.format_count; i++) {
    const struct format *this = &device.formats[i];
    if (this->fourcc != answer->pixel_format || listed(i, true) || index++ != answer->index) continue;
    answer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    answer->discrete = (struct v4l2_frmsize_discrete){this->width, this->height};
    return 0;
  }
  return EINVAL;
}

static int list_rates(struct v4l2_frmivalenum *answer) {
  unsigned index = 0;
  for (unsigned i = 0; i < device.format_count; i++) {
    const struct format *this = &device.formats[i];
    bool meant = this->fourcc == answer->pixel_format && this->width == answer->width && this->height == answer->height;
    if (!meant || index++ != answer->index) continue;
    answer->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    answer->discrete = (struct v4l2_fract){1, this->fps};
    return 0;
  }
  return EINVAL;
}

static int get_format(struct v4l2_format *answer) {
  if (answer->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return EINVAL;
  struct v4l2_pix_format *pix = &answer->fmt.pix;
  memset(pix, 0, sizeof *pix);
  pix->width = format()->width;
  pix->height = format()->height;
  pix->pixelformat = format()->fourcc;
  pix->field = V4L2_FIELD_NONE;
  pix->bytesperline = compressed(pix->pixelformat) ? 0 : pix->width * 2;
  pix->sizeimage = picture_bytes();
  pix->colorspace = V4L2_COLORSPACE_SRGB;
  return 0;
}

static int set_format(struct v4l2_format *wanted) {
  if (wanted->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return EINVAL;
  if (device.buffer_count || trouble() == BUSY) return EBUSY;
  const struct v4l2_pix_format *pix = &wanted->fmt.pix;
  long nearest = -1;
  for (unsigned i = 0; i < device.format_count; i++) {
    const struct format *this = &device.formats[i];
    long distance = labs((long)this->width - pix->width) + labs((long)this->height - pix->height);
    if (this->fourcc != pix->pixelformat) distance += 1000000;
    if (nearest >= 0 && distance >= nearest) continue;
    nearest = distance;
    device.format = i;
  }
  return get_format(wanted);
}

static int get_rate(struct v4l2_streamparm *answer) {
  if (answer->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return EINVAL;
  memset(&answer->parm, 0, sizeof answer->parm);
  answer->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
  answer->parm.capture.timeperframe = (struct v4l2_fract){1, format()->fps};
  return 0;
}

static int set_rate(struct v4l2_streamparm *wanted) {
  if (wanted->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return EINVAL;
  if (device.streaming || trouble() == BUSY) return EBUSY;
  struct v4l2_fract interval = wanted->parm.capture.timeperframe;
  for (unsigned i = 0; i < device.format_count; i++) {
    const struct format *this = &device.formats[i], *now = format();
    bool same = this->fourcc == now->fourcc && this->width == now->width && this->height == now->height;
    if (same && interval.numerator && this->fps == interval.denominator / interval.numerator) device.format = i;
  }
  return get_rate(wanted);
}

static void drop_buffers(void) {
  if (device.buffers) munmap(device.buffers, buffer_bytes() * device.buffer_count);
  device.buffers = NULL;
  device.buffer_count = device.queue_count = 0;
  memset(device.queued, 0, sizeof device.queued);
}

static int make_buffers(struct v4l2_requestbuffers *wanted) {
  if (wanted->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || wanted->memory != V4L2_MEMORY_MMAP) return EINVAL;
  if (device.streaming || trouble() == BUSY) return EBUSY;
  drop_buffers();
  unsigned count = wanted->count < BUFFERS_MAX ? wanted->count : BUFFERS_MAX;
  wanted->count = count;
  wanted->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
  if (!count) return 0;
  size_t bytes = buffer_bytes() * count;
  if (ftruncate(device.fd, bytes)) return ENOMEM;
  void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, device.fd, 0);
  if (mapped == MAP_FAILED) return ENOMEM;
  device.buffers = mapped;
  device.buffer_count = count;
  return 0;
}

static void describe_buffer(struct v4l2_buffer *buffer) {
  buffer->length = picture_bytes();
  buffer->m.offset = buffer->index * buffer_bytes();
  buffer->memory = V4L2_MEMORY_MMAP;
  buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  if (device.queued[buffer->index]) buffer->flags |= V4L2_BUF_FLAG_QUEUED;
}

static int query_buffer(struct v4l2_buffer *buffer) {
  if (buffer->index >= device.buffer_count) return EINVAL;
  describe_buffer(buffer);
  return 0;
}

static int queue_buffer(struct v4l2_buffer *buffer) {
  if (buffer->index >= device.buffer_count || device.queued[buffer->index]) return EINVAL;
  device.queue[(device.queue_from + device.queue_count++) % BUFFERS_MAX] = buffer->index;
  device.queued[buffer->index] = true;
  describe_buffer(buffer);
  return 0;
}

static int take_buffer(struct v4l2_buffer *buffer) {
  if (!device.streaming) return EINVAL;
  if (wait_for_picture(-1) < 0) return ENODEV;
  unsigned index = device.queue[device.queue_from];
  device.queue_from = (device.queue_from + 1) % BUFFERS_MAX;
  device.queue_count--;
  device.queued[index] = false;
  buffer->index = index;
  buffer->bytesused = take_picture(device.buffers + index * buffer_bytes());
  buffer->sequence = device.sequence++;
  buffer->field = V4L2_FIELD_NONE;
  describe_buffer(buffer);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  buffer->timestamp.tv_sec = now.tv_sec;
  buffer->timestamp.tv_usec = now.tv_nsec / 1000;
  advance(&device.due, 1000000000L / format()->fps);
  // Who comes late gets the next picture at its time, not all that were missed.
  if (past(&device.due)) device.due = now;
  return 0;
}

static int start(void) {
  if (!device.queue_count) return EINVAL;
  device.streaming = true;
  return clock_gettime(CLOCK_MONOTONIC, &device.due);
}

static int stop(void) {
  device.streaming = false;
  device.queue_count = 0;
  memset(device.queued, 0, sizeof device.queued);
  return 0;
}

static int answer(unsigned long request, void *argument) {
  if (trouble() == UNPLUGGED) return ENODEV;
  switch ((uint32_t)request) {
    case VIDIOC_QUERYCAP: return query_capability(argument);
    case VIDIOC_ENUM_FMT: return list_formats(argument);
    case VIDIOC_ENUM_FRAMESIZES: return list_sizes(argument);
    case VIDIOC_ENUM_FRAMEINTERVALS: return list_rates(argument);
    case VIDIOC_G_FMT: return get_format(argument);
    case VIDIOC_S_FMT: return set_format(argument);
    case VIDIOC_G_PARM: return get_rate(argument);
    case VIDIOC_S_PARM: return set_rate(argument);
    case VIDIOC_REQBUFS: return make_buffers(argument);
    case VIDIOC_QUERYBUF: return query_buffer(argument);
    case VIDIOC_QBUF: return queue_buffer(argument);
    case VIDIOC_DQBUF: return take_buffer(argument);
    case VIDIOC_STREAMON: return start();
    case VIDIOC_STREAMOFF: return stop();
    // It has no controls.
    case VIDIOC_QUERY_EXT_CTRL:
    case VIDIOC_QUERYCTRL:
    case VIDIOC_G_CTRL:
    case VIDIOC_S_CTRL: return EINVAL;
    default: return ENOTTY;
  }
}

static int open_device(int flags) {
  switch (trouble()) {
    case UNPLUGGED: errno = ENOENT; return -1;
    case FORBIDDEN: errno = EACCES; return -1;
    default: break;
  }
  if (device.fd >= 0) {
    errno = EBUSY;
    return -1;
  }
  load_formats();
  device.format = device.queue_from = device.sequence = 0;
  return device.fd = memfd_create("webcam", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
}

// ── The C library's functions, where they concern the device

static bool there(void) { return folder() && trouble() != UNPLUGGED; }

#define OPEN(name)                                                        \
  int name(const char *path, int flags, ...) {                            \
    char instead[PATH_MAX_BYTES];                                         \
    mode_t mode = 0;                                                      \
    if (flags & (O_CREAT | __O_TMPFILE)) {                                \
      va_list list;                                                       \
      va_start(list, flags);                                              \
      mode = va_arg(list, mode_t);                                        \
      va_end(list);                                                       \
    }                                                                     \
    if (folder() && !strcmp(path, NODE)) {                                \
      pthread_mutex_lock(&lock);                                          \
      int fd = open_device(flags);                                        \
      pthread_mutex_unlock(&lock);                                        \
      return fd;                                                          \
    }                                                                     \
    if (!strcmp(path, NAME) && there()) {                                 \
      snprintf(instead, sizeof instead, "%s/formats", folder());          \
      path = instead;                                                     \
    }                                                                     \
    return NEXT(name)(path, flags, mode);                                 \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd == device.fd) {
    pthread_mutex_lock(&lock);
    stop();
    drop_buffers();
    device.fd = -1;
    pthread_mutex_unlock(&lock);
  }
  return NEXT(close)(fd);
}

long syscall(long number, ...) {
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  if (number != SYS_ioctl || device.fd < 0 || a[0] != device.fd)
    return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  pthread_mutex_lock(&lock);
  int error = answer(a[1], (void *)a[2]);
  pthread_mutex_unlock(&lock);
  if (!error) return 0;
  errno = error;
  return -1;
}

int poll(struct pollfd *fds, nfds_t count, int ms) {
  if (count != 1 || device.fd < 0 || fds->fd != device.fd) return NEXT(poll)(fds, count, ms);
  int ready = device.streaming ? wait_for_picture(ms) : -1;
  fds->revents = ready < 0 ? POLLERR : ready ? POLLIN | POLLRDNORM : 0;
  return ready != 0;
}

// The listing of /dev has our node, and none of the computer's own.
static DIR *devices;
static bool listed_node;

DIR *opendir(const char *path) {
  DIR *dir = NEXT(opendir)(path);
  if (dir && folder() && !strcmp(path, "/dev")) {
    devices = dir;
    listed_node = false;
  }
  return dir;
}

#define READDIR(name, entry)                                              \
  struct entry *name(DIR *dir) {                                          \
    static struct entry node = {.d_ino = 1, .d_type = DT_CHR, .d_name = "video0"}; \
    if (dir != devices) return NEXT(name)(dir);                   \
    struct entry *found;                                                  \
    do found = NEXT(name)(dir);                                           \
    while (found && !strncmp(found->d_name, "video", 5));                 \
    if (found || listed_node || !there()) return found;                   \
    listed_node = true;                                                   \
    node.d_reclen = sizeof node;                                          \
    return &node;                                                         \
  }
READDIR(readdir, dirent)
READDIR(readdir64, dirent64)
