// Takes down what a program asks of cameras by Video4Linux, and what it is answered: a line for each
// question, with its number, the error and what matters of the answer. Changes nothing. In a real
// kernel or before the shim (preloaded first), the lines must be the same.
//
//   cc -O2 -shared -fPIC trace.c -o trace.so
//   LD_PRELOAD=trace.so REDA_TRACE=FILE program
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static void details(FILE *to, uint32_t request, const void *argument) {
  switch (request) {
    case VIDIOC_ENUM_FMT: {
      const struct v4l2_fmtdesc *a = argument;
      fprintf(to, " %u %.4s flags %u", a->index, (const char *)&a->pixelformat, a->flags);
      break;
    }
    case VIDIOC_ENUM_FRAMESIZES: {
      const struct v4l2_frmsizeenum *a = argument;
      fprintf(to, " %u type %u %u %u", a->index, a->type, a->discrete.width, a->discrete.height);
      break;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
      const struct v4l2_frmivalenum *a = argument;
      fprintf(to, " %u type %u %u/%u", a->index, a->type, a->discrete.numerator, a->discrete.denominator);
      break;
    }
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT: {
      const struct v4l2_pix_format *a = &((const struct v4l2_format *)argument)->fmt.pix;
      fprintf(to, " %.4s %u %u line %u image %u field %u", (const char *)&a->pixelformat, a->width, a->height,
              a->bytesperline, a->sizeimage, a->field);
      break;
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
      const struct v4l2_captureparm *a = &((const struct v4l2_streamparm *)argument)->parm.capture;
      fprintf(to, " %u/%u", a->timeperframe.numerator, a->timeperframe.denominator);
      break;
    }
    case VIDIOC_REQBUFS:
      fprintf(to, " count %u", ((const struct v4l2_requestbuffers *)argument)->count);
      break;
    case VIDIOC_QUERYBUF:
    case VIDIOC_QBUF:
    case VIDIOC_DQBUF: {
      const struct v4l2_buffer *a = argument;
      fprintf(to, " index %u length %u memory %u field %u", a->index, a->length, a->memory, a->field);
      break;
    }
  }
}

static void note(uint32_t request, const void *argument, int error) {
  FILE *to = fopen(getenv("REDA_TRACE"), "ae");
  if (!to) return;
  fprintf(to, "%u %s", request & 0xff, error ? strerrorname_np(error) : "ok");
  if (!error) details(to, request, argument);
  fputc('\n', to);
  fclose(to);
}

long syscall(long number, ...) {
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  long answer = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (number == SYS_ioctl && ((a[1] >> 8) & 0xff) == 'V') {
    int error = answer < 0 ? errno : 0;
    note(a[1], (const void *)a[2], error);
    errno = error;
  }
  return answer;
}
