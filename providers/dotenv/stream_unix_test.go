//go:build unix

package dotenv

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// unpolled is a stream like those on macOS, where the runtime can't wait for a FIFO.
func unpolled(t *testing.T, ctx context.Context) (s *stream, path string) { //nolint:revive // a test's first argument is t
	t.Helper()
	path = filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, _, err := openPipe(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if s, err = newStream(ctx, f); err != nil {
		t.Fatal(err)
	}
	if err = f.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	s.polled = false
	return s, path
}

func TestStreamWithoutEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, path := unpolled(t, t.Context())
		defer s.stop()
		go func() {
			time.Sleep(time.Second)
			w, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Error(err)
				return
			}
			for _, part := range []string{"one", "two"} {
				_, _ = w.WriteString(part)
				time.Sleep(time.Second)
			}
			_ = w.Close()
		}()
		var got string
		for buffer := make([]byte, 16); ; {
			n, err := s.read(t.Context(), buffer, got == "")
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			got += string(buffer[:n])
		}
		if got != "onetwo" {
			t.Errorf("it read %q", got)
		}
	})
}

func TestStreamWithoutEventsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s, _ := unpolled(t, ctx)
		defer s.stop()
		start := time.Now()
		if _, err := s.read(ctx, make([]byte, 16), true); !errors.Is(err, errNoWriter) || time.Since(start) < 900*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s, _ := unpolled(t, ctx)
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if _, err := s.read(ctx, make([]byte, 16), true); !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("cancelled, after %v: %v", time.Since(start), err)
		}
	})
}

// A reader may give up in the middle. The next reader must not take the rest for the
// whole.
func TestPipeAfterACutRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	slow, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := newPipe(path)
	if _, err = slow.WriteString("A=1\nPASS"); err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if data, _, err := p.read(brief); err == nil {
		t.Fatalf("half of it is %q", data)
	}
	if _, err = slow.WriteString("WORD=x\n"); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		data, _, err := p.read(t.Context())
		if err != nil {
			t.Error(err)
		}
		got <- string(data)
	}()
	_ = slow.Close()
	for {
		select {
		case data := <-got:
			if data != "whole" {
				t.Errorf("it read %q", data)
			}
			return
		case <-time.After(10 * time.Millisecond): // like a program that stops serving a FIFO
		}
		next, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			_, _ = next.WriteString("whole")
			_ = next.Close()
		}
	}
}
