package mask

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
)

// Writer masks a stream on its way to another writer. Each run of bytes that is covered by
// values becomes one [redacted:name], even if the values overlap. If no single reference
// covers the run, it becomes [redacted].
//
// A Writer finds a value that is split across writes. Therefore it holds back bytes that
// may be the beginning of a value, and only those. A line end or a prompt is written at
// once, unless it may be inside a value. Held bytes are written when they can no longer be
// part of a value, at Flush and Close, or after Options.Quiet. If they were the beginning
// of a value after all, this beginning is visible. Only the rest of the value is masked.
//
// One Write makes at most one Write on the writer below, so a record of a log stays one
// record. A Write allocates no memory after the buffers have grown.
//
// A Writer is safe for concurrent use: writes don't mix.
type Writer struct {
	_    [0]func()
	core func() *stream // a closure, which no reflection can look into
}

// stream is the content of a Writer.
type stream struct {
	set  *core
	sink io.Writer

	mu       sync.Mutex
	flow     flow
	quiet    *time.Timer
	deadline time.Time // when quiet is due
	failed   error     // the error of the sink, for the next call
	invalid  error     // the error of every call
}

// NewWriter returns a Writer that masks the values of set on their way to w. Close the
// Writer at the end. Otherwise the last bytes may be missing. If w or set is nil, all
// calls fail with ErrInvalid.
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

// Write masks p and writes the bytes that can be shown. It accepts p completely or not at
// all. If it returns len(p) and an error, the writer below failed. The next call first
// tries again to write the rest. If Write returns 0 and an error, it accepted nothing of
// p. After Close it fails with ErrClosed. The other errors are those of the writer below,
// and io.ErrShortWrite.
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

// Flush writes the bytes that are held back. Call it when the rest of a value can't
// follow, for example before a program reads the answer to a prompt, or at the end of a
// request. The errors are those of Write.
func (w *Writer) Flush() error {
	s := w.core()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ready(); err != nil {
		return err
	}
	return s.flush()
}

// Close writes the bytes that are held back and ends the Writer, even if it returns an
// error. It does not close the writer below. A second Close returns nil.
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

// String returns only the name of the type, because the writer below may hold secrets.
func (w *Writer) String() string { return "mask.Writer" }

// ready says why the stream can't continue: the timer met an error, or the sink still
// refuses bytes that it refused before.
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

// send writes the bytes that came out of the flow.
func (s *stream) send() error {
	if len(s.flow.out) == 0 {
		return nil
	}
	out := s.flow.out
	s.flow.out = out[:0]
	n, err := s.sink.Write(out)
	return s.sent(out, n, err)
}

// sent keeps the part of text that the sink did not accept.
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

// wait starts the timer if bytes are held back.
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

// timeout is called by the timer. A write may have moved the deadline in the
// meantime.
func (s *stream) timeout() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.invalid != nil || s.failed != nil || time.Now().Before(s.deadline) {
		return
	}
	s.failed = s.flush()
}
