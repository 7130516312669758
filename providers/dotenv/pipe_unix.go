//go:build unix

package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// hasFIFO reports whether the file system of this system has FIFOs.
const hasFIFO = true

// readPipe reads the content that a writer puts into the FIFO at path, until the
// writer closes it. No system call in it blocks, so it ends with ctx, and the other
// side can't prevent that. It learns of each event at once: a writer that opens the
// FIFO again before its end was noticed would add a second copy to the first. With
// cut, the previous read ended in the middle: the rest of that content is thrown
// away, up to its end.
func readPipe(ctx context.Context, path string, cut bool) intake {
	f, info, err := openPipe(path)
	if err != nil {
		return intake{err: err, cut: cut}
	}
	defer func() { _ = f.Close() }() // nothing was written that closing could lose
	s, err := newStream(ctx, f)
	if err != nil {
		return intake{err: err, cut: cut}
	}
	defer s.stop()
	var data []byte
	for buffer := make([]byte, 1<<16); ; {
		n, err := s.read(ctx, buffer, !cut && len(data) == 0)
		switch {
		case err != nil:
			return intake{err: err, cut: cut || len(data) > 0}
		case n == 0 && !cut:
			return intake{data: data, info: info}
		case cut:
			cut = n > 0
			continue
		}
		if data = append(data, buffer[:n]...); len(data) > steady.MaxSize {
			return intake{err: steady.ErrTooLarge, cut: true}
		}
	}
}

// openPipe opens the FIFO at path for reads that don't block. Opening a device has
// effects, so it looks at the path first, and then at the open file.
func openPipe(path string) (*os.File, fs.FileInfo, error) {
	if _, err := statPipe(path); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, steady.Flags, 0) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Type() != fs.ModeNamedPipe {
		err = errNotFIFO
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// stream waits for content that comes through a FIFO.
type stream struct {
	conn syscall.RawConn
	over time.Time // when to give up, zero for never
	// polled says that the runtime waits for events of this FIFO. On macOS it can't
	// (go.dev/issue/24164), so the stream has to look every millisecond.
	polled bool
	stop   func() bool
}

func newStream(ctx context.Context, f *os.File) (*stream, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &stream{conn: conn, over: giveUp(ctx)}
	s.polled = f.SetReadDeadline(s.over) == nil
	s.stop = context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Unix(1, 0)) })
	return s, nil
}

// read waits until there is something to read, and returns it. It returns 0 bytes
// after the last writer has closed the FIFO. At the start the FIFO may not have a writer yet,
// and that reads like the end.
func (s *stream) read(ctx context.Context, buffer []byte, start bool) (n int, err error) {
	for {
		nothing := false
		waited := s.conn.Read(func(fd uintptr) bool {
			n, err = syscall.Read(int(fd), buffer)
			again := errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR)
			nothing = again || err == nil && n == 0 && start
			return !nothing || !s.polled
		})
		switch {
		case errors.Is(waited, os.ErrDeadlineExceeded):
			return 0, s.late(ctx)
		case waited != nil:
			return 0, waited
		case !nothing:
			return max(n, 0), err
		}
		if err := s.sleep(ctx); err != nil {
			return 0, err
		}
	}
}

// sleep waits until the next look at a FIFO that is not polled.
func (s *stream) sleep(ctx context.Context) error {
	timer := time.NewTimer(time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case now := <-timer.C:
		if !s.over.IsZero() && now.After(s.over) {
			return s.late(ctx)
		}
		return nil
	}
}

// late is the error when the time is over.
func (s *stream) late(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return errNoWriter
}
