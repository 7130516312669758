package mask

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// Writer masks a stream on its way to another writer: each run of bytes that
// occurrences of values cover, overlapping ones included, becomes one
// [redacted:name], or [redacted] where no single reference covers it.
//
// It finds a value that is split across writes. For that it holds back bytes that
// may be the beginning of a value, and only those: a line end or a prompt goes
// out at once unless some value goes on just there. Held bytes go out when they
// prove harmless, with Flush and Close, or after Options.Quiet. Then it is shown,
// and only the rest of the value is masked when it still comes.
//
// One Write makes at most one Write on the writer below, so that a record of a log
// stays one record. It allocates nothing once its buffers have grown.
//
// A Writer is safe for concurrent use: writes don't mix.
type Writer struct {
	_    [0]func()
	core func() *stream // a closure, which no reflection can look into
}

// stream is what a Writer holds.
type stream struct {
	set  *core
	sink io.Writer

	mu       sync.Mutex
	flow     flow
	quiet    *time.Timer
	deadline time.Time // when quiet is due
	failed   error     // of the sink, for the next call
	invalid  error     // of every call
}

// NewWriter returns a Writer that masks the values of set on their way to w. Close
// it, or its last bytes may be missing. All calls fail with ErrInvalid where w or
// set is nil.
func NewWriter(w io.Writer, set *Set) *Writer {
	s := &stream{sink: w}
	if w == nil || set == nil || set.core == nil {
		s.invalid = secretmux.Invalid("mask", "the writer or the set is nil", "make the set with mask.New")
	} else {
		s.set = set.core()
		s.flow.use(s.set.current())
	}
	return &Writer{core: func() *stream { return s }}
}

// Write masks p and writes what can be shown. It takes p as a whole or not at
// all: with len(p) and an error, the writer below failed, and what it did not
// take is tried again, before anything else, by the next call. If it returns 0
// and an error, nothing of p was taken. After Close it fails with ErrClosed.
func (w *Writer) Write(p []byte) (int, error) {
	s := w.core()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ready(); err != nil {
		return 0, err
	}
	s.flow.use(s.set.current())
	err := s.push(p)
	s.wait()
	return len(p), err
}

// Flush writes what is held back. Call it where the rest of a value can't follow:
// before a prompt's answer is read, at the end of a request. It returns the
// errors of Write.
func (w *Writer) Flush() error {
	s := w.core()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ready(); err != nil {
		return err
	}
	return s.flush()
}

// Close writes what is held back and ends the Writer. It does not close the writer
// below. A second Close returns nil.
func (w *Writer) Close() error {
	s := w.core()
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.invalid, secretmux.ErrClosed) {
		return nil
	}
	if s.invalid != nil {
		return s.invalid
	}
	err := s.ready()
	err = errors.Join(err, s.flush())
	s.invalid = &secretmux.Error{Op: "mask", Class: secretmux.ErrClosed, Hint: "the Writer was closed"}
	if s.quiet != nil {
		s.quiet.Stop()
	}
	return err
}

// String names the type. The writer below may print what it holds.
func (w *Writer) String() string { return "mask.Writer" }

// ready says why the stream can't go on: what the timer met, or a sink that still
// refuses what it refused before.
func (s *stream) ready() error {
	if s.invalid != nil {
		return s.invalid
	}
	if err := s.failed; err != nil {
		s.failed = nil
		return err
	}
	return s.send()
}

// push lets p through. If nothing in it needs masking, it is passed on unchanged.
func (s *stream) push(p []byte) error {
	if s.flow.push(p) {
		n, err := s.sink.Write(p)
		return s.sent(p, n, err)
	}
	return s.send()
}

func (s *stream) flush() error {
	s.flow.flush()
	return s.send()
}

// send writes what came out of the flow.
func (s *stream) send() error {
	if len(s.flow.out) == 0 {
		return nil
	}
	out := s.flow.out
	s.flow.out = out[:0]
	n, err := s.sink.Write(out)
	return s.sent(out, n, err)
}

// sent keeps what the sink did not take of text.
func (s *stream) sent(text []byte, n int, err error) error {
	n = min(max(n, 0), len(text))
	if n == len(text) {
		if cap(s.flow.out) > maxBuffer {
			s.flow.out = nil
		}
		return err
	}
	if err == nil {
		err = io.ErrShortWrite
	}
	s.flow.out = append(s.flow.out[:0], text[n:]...)
	return err
}

// maxBuffer bounds the memory that one long write leaves behind.
const maxBuffer = 1 << 20

// wait starts the timer where bytes are held back.
func (s *stream) wait() {
	after := s.set.opts.quiet()
	if after < 0 || s.flow.idle() {
		return
	}
	s.deadline = time.Now().Add(after)
	if s.quiet == nil {
		s.quiet = time.AfterFunc(after, s.timeout)
		return
	}
	s.quiet.Reset(after)
}

// timeout is called by the timer. A write may have moved the deadline meanwhile.
func (s *stream) timeout() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.invalid != nil || s.failed != nil || time.Now().Before(s.deadline) {
		return
	}
	s.failed = s.flush()
}
